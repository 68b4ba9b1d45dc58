export { contextDeadline, Deadline } from './deadline.ts';
export { resolveService, type ServicePlace } from './service-place.ts';
export { type WebhookCall, WebhookClient, type WebhookTarget } from './webhook-client.ts';
