export { tracingSettings } from './configuration.ts';
export type { TracingSettings } from './export.ts';
export type { Span, Tracer } from './span.ts';
export { tracedStations, tracedVerb, tracedWrite } from './stations.ts';
