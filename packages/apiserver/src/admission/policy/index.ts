export { Authority } from './authority.ts';
export type { Given } from './evaluate.ts';
export { compileConditions, matchConditions } from './match-conditions.ts';
export type { Conditions, Matched } from './match-conditions.ts';
export { mutatingPolicies } from './mutating.ts';
export { validatingPolicies } from './validating.ts';
