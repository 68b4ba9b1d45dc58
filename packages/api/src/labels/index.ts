export { parseRequirements } from './parse.ts';
export { meets, requirement, requirementText, SelectorError } from './requirement.ts';
export type { Labels, Operator, Requirement } from './requirement.ts';
export * from './selector.ts';
