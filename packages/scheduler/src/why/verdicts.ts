import type { Pod } from '@coxswain/api/types/core-v1';
import type { Decision } from '../cycle/schedule-pod.ts';
import type { SchedulerView } from './view.ts';

/** The last word of the scheduler about a pod, shaped as every reason of the house. */
export interface SchedulingReason {
  readonly about: {
    readonly kind: 'Pod';
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
  readonly component: string;
  readonly atMs: number;
  readonly verdict: 'placed' | 'unschedulable' | 'error' | 'deleting';
  readonly facts: Readonly<Record<string, string | number>>;
  /** What nodes said, one entry for each reason. */
  readonly because: readonly Rejected[];
}

export interface Rejected {
  readonly verdict: 'rejected';
  readonly facts: {
    readonly plugin: string;
    readonly reason: string;
    readonly nodes: number;
    readonly node?: string; // one of them
  };
}

/** What a verdict says beside whom and when. */
export type Verdict = Pick<SchedulingReason, 'verdict' | 'facts' | 'because'>;

/** Pods whose last verdict is kept; the ones decided on longest ago are forgotten first. */
const podsMax = 10_000;

/** The last verdict about each pod, and the scheduler's present sight of the cluster. */
export interface Verdicts {
  /** Called by the scheduler at its start; `undefined` at its end. */
  show(view: (() => SchedulerView) | undefined): void;
  /** What the scheduler sees now; undefined while none runs. */
  view(): SchedulerView | undefined;
  keep(pod: Pod, component: string, atMs: number, verdict: Verdict): void;
  forget(uid: string): void;
  of(uid: string): SchedulingReason | undefined;
  all(): readonly SchedulingReason[];
}

export function createVerdicts(): Verdicts {
  const byUid = new Map<string, SchedulingReason>();
  let look: (() => SchedulerView) | undefined;
  return {
    show: (view) => void (look = view),
    view: () => look?.(),
    keep({ metadata: { namespace = '', name, uid = '' } }, component, atMs, verdict) {
      byUid.delete(uid);
      byUid.set(uid, { about: { kind: 'Pod', namespace, name, uid }, component, atMs, ...verdict });
      if (byUid.size > podsMax) for (const oldest of byUid.keys()) return void byUid.delete(oldest);
    },
    forget: (uid) => void byUid.delete(uid),
    of: (uid) => byUid.get(uid),
    all: () => [...byUid.values()],
  };
}

/** A decision as a verdict; `attempt` counts from 1. */
export function verdictOf(decision: Decision, attempt: number): Verdict {
  if (decision.is === 'placed') {
    const { node, evaluated, feasible } = decision;
    return { verdict: 'placed', facts: { node, evaluated, feasible, attempt }, because: [] };
  }
  const { nodes, rejections, refused, plugins } = decision.diagnosis;
  const facts = { nodes, attempt, ...(refused !== undefined && { refused }) };
  const because = [...rejections].map(([reason, { plugin, nodes: count, example }]): Rejected => ({
    verdict: 'rejected',
    facts: { plugin, reason, nodes: count, ...(example !== undefined && { node: example }) },
  }));
  return {
    verdict: 'unschedulable',
    facts: { ...facts, plugins: [...plugins].join(' ') },
    because,
  };
}
