export {
  countName,
  inScopes,
  type QuotaEvaluator,
  type QuotaReads,
  type QuotaWrite,
  scopesOf,
} from './evaluator.ts';
export { evaluatorFor, evaluators, usageOf } from './usage.ts';
export { addLists, excessOf, maxLists, pick, sameLists, withoutZeros } from './lists.ts';
export { type AmountKind, containerAmounts, isPodLevel, podAmounts } from './pod-amounts.ts';
export { attributesClasses, claimUsageChanges } from './claims.ts';
export { isExtended, isTerminating, takesResources } from './pods.ts';
