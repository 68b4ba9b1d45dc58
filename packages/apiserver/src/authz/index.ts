export type { Authorizer, Decision } from './authorizer.ts';
export { rbacEscalation } from './escalation.ts';
export { authorizersFor } from './modes.ts';
export { NodeGraph } from './node-graph.ts';
export type { Objects } from './objects.ts';
export { RbacIndex } from './rbac-index.ts';
