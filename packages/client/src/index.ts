export * from './cache/index.ts';
export * from './client.ts';
export * from './events/index.ts';
export * from './kubeconfig/index.ts';
export * from './lease/index.ts';
export { clientOver, pathOf, queryOf, type Request, type Transport } from './verbs/index.ts';
