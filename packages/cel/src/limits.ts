/** Upstream's bounds on expressions, in its units of cost and in bytes. */
export const limits = {
  /** One run of one expression. */
  perCall: 1_000_000,
  /** All expressions of one policy binding, or of the rules of one custom resource. */
  runtimeBudget: 10_000_000,
  /** All match conditions of one webhook or policy. */
  matchConditionsBudget: 2_500_000,
  /** What one rule of a CRD may be estimated at. */
  staticRule: 10_000_000,
  /** What all rules of a CRD may be estimated at together. */
  staticTotal: 100_000_000,
  /** What a messageExpression may come to. */
  messageBytes: 5120,
  /** The size of a request, by which sizes are estimated that no schema bounds. */
  requestBytes: 3_145_728,
} as const;
