export { chain } from './chain/chain.ts';
export type { RequestInfo } from './chain/request-info.ts';
export type { Connection, Next, Request, RequestBody, Response, Station } from './chain/station.ts';
export type { Kind } from './kinds/kind.ts';
export { serviceStock } from './rest/allocate/service-stock.ts';
export type { Call, ComponentProbe, Engine, Review, Subresource, Verb } from './rest/index.ts';
export {
  type ApiServer,
  type ApiServerOptions,
  createApiServer,
  type ServerParts,
} from './server.ts';
