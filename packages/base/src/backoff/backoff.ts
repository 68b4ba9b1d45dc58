/** How waits grow: `firstMs`, times `factor` with each failure, up to `maxMs`; `jitter` of 0.1 adds up to a tenth. */
export interface BackoffRule {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly factor?: number; // 2 when absent
  readonly jitter?: number; // 0 when absent
}

/** The wait after `failures` failures in a row, the first being 1; never above `maxMs` times one plus jitter. */
export function backoffMs(rule: BackoffRule, failures: number, random: () => number): number {
  const grown = rule.firstMs * (rule.factor ?? 2) ** Math.max(0, failures - 1);
  const capped = Math.min(grown, rule.maxMs);
  return capped + (rule.jitter ? capped * rule.jitter * random() : 0);
}

/** Counts failures in a row and names the wait after each. */
export interface Backoff {
  /** One more failure: how long to wait now. */
  next(): number;
  /** It worked: the next wait is the first again. */
  reset(): void;
}

export function createBackoff(rule: BackoffRule, random: () => number): Backoff {
  let failures = 0;
  return {
    next: () => backoffMs(rule, ++failures, random),
    reset() {
      failures = 0;
    },
  };
}
