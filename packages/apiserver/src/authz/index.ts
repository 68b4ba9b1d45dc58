export type { Authorizer, Decision } from './authorizer.ts';
export { rbacEscalation } from './escalation.ts';
export { ruleAllows } from './rules.ts';
export { alwaysAllow } from './fixed.ts';
export {
  type AuthorizationConfiguration,
  authorizationConfiguration,
  authorizationErrors,
  conditionsOf,
  type RuleContext,
} from './configuration.ts';
export { authorizersFor, ChangingAuthorizers, chosenModes, type ChosenMode } from './modes.ts';
export { NodeGraph } from './node-graph.ts';
export type { Objects } from './objects.ts';
export { RbacIndex } from './rbac-index.ts';
export type { WebhookTarget } from '../webhook-client/index.ts';
