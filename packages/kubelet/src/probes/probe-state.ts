import type { Probe } from '@coxswain/api/types/core-v1';

export type ProbeType = 'startup' | 'liveness' | 'readiness';

/** What a row of answers amounts to. */
export interface ProbeState {
  /** The verdict in force; undefined: a startup probe that has not decided. */
  readonly verdict: boolean | undefined;
  readonly last: boolean | undefined;
  readonly inARow: number;
}

/** Before any answer: alive, not ready, not known to have started. */
export const initialState = (type: ProbeType): ProbeState => ({
  verdict: type === 'startup' ? undefined : type === 'liveness',
  last: undefined,
  inARow: 0,
});

/** The state after one more answer: a verdict turns only after as many equal answers in a row as the thresholds ask. */
export function afterAnswer(state: ProbeState, isSuccess: boolean, probe: Probe): ProbeState {
  const inARow = state.last === isSuccess ? state.inARow + 1 : 1;
  const threshold = isSuccess ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
  return { verdict: inARow < threshold ? state.verdict : isSuccess, last: isSuccess, inARow };
}
