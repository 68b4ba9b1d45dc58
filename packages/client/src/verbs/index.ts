export { clientOver } from './client-over.ts';
export { pathOf, queryOf } from './path.ts';
export type { Request, Transport } from './transport.ts';
