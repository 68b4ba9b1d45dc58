export { Catalog, type Served } from './catalog.ts';
export type { Call, ComponentProbe, Engine, Review, Subresource, Verb } from './engine.ts';
export { rest } from './rest.ts';
