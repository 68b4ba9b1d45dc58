export { contextDeadline, Deadline } from './deadline.ts';
export { withRetries } from './retry.ts';
export { resolveClusterIp, resolveService, type ServicePlace } from './service-place.ts';
export { TtlCache } from './ttl-cache.ts';
export { type WebhookCall, WebhookClient, type WebhookTarget } from './webhook-client.ts';
