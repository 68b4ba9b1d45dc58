import { formatTime, type KubeObject } from '@coxswain/api';
import type { Facts } from '@coxswain/base';
import type { ObjectRef, Reason } from '@coxswain/control';
import type { Placement } from '@coxswain/scheduler';
import { durationText } from './duration.ts';
import type { CauseName, StepName } from './messages/en.ts';

export type { Facts };

/** What a cause is known by. `reason` is what a component kept; the others are the API's. */
export interface Evidence {
  readonly from: 'reason' | 'event' | 'condition' | 'status' | 'spec' | 'log' | 'rule';
  /** Where: `replicaset-controller`, `Ready`, `spec.nodeSelector`, `app (previous)`. */
  readonly at: string;
  readonly text: string;
  readonly timeMs?: number;
  /** How often, for events that came more than once. */
  readonly count?: number;
}

/** Something to do next. */
export interface Step {
  readonly step: StepName;
  readonly facts: Facts;
  /** To be typed as it stands. */
  readonly command?: string;
}

/** One link of the chain from what is seen down to its root. */
export interface Cause {
  readonly cause: CauseName;
  readonly facts: Facts;
  readonly about: ObjectRef;
  readonly evidence: readonly Evidence[];
  readonly steps: readonly Step[];
  readonly because: readonly Cause[];
  /** Where a waiting pod stands with every node. */
  readonly placement?: Placement;
}

type Parts = Partial<Omit<Cause, 'cause' | 'about'>>;

export const causeOf = (cause: CauseName, about: ObjectRef, parts: Parts = {}): Cause => ({
  ...{ cause, about, facts: {}, evidence: [], steps: [], because: [] },
  ...parts,
});

export const stepOf = (step: StepName, facts: Facts = {}, command?: string): Step => ({
  step,
  facts,
  ...(command !== undefined && { command }),
});

/** An object as causes name it. */
export const refOf = (kind: string, { metadata }: KubeObject): ObjectRef => ({
  kind,
  name: metadata.name,
  ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
  ...(metadata.uid !== undefined && { uid: metadata.uid }),
});

/** `pod/web-1`, as kubectl names it. */
export const nameOf = ({ kind, name }: ObjectRef): string => `${kind.toLowerCase()}/${name}`;

/** ` -n shop`, for commands. */
export const inNamespace = ({ namespace }: ObjectRef): string =>
  namespace === undefined || namespace === 'default' ? '' : ` -n ${namespace}`;

/** What a component kept, as evidence: its verdict and its facts, told alike for all. */
export const kept = ({ component, verdict, facts, atMs }: Reason): Evidence => {
  const told = Object.entries(facts)
    .filter(([, value]) => value !== '')
    .toSorted(([a], [b]) => Number(a === 'message') - Number(b === 'message'))
    .map(([name, value]) => factText(name, value));
  const text = told.length > 0 ? `${verdict}: ${told.join(', ')}` : verdict;
  return { from: 'reason', at: component, text, timeMs: atMs };
};

/** Times and spans are for people to read. */
function factText(name: string, value: string | number): string {
  if (name === 'message') return String(value);
  if (!name.endsWith('Ms')) return `${name} ${value}`;
  const isInstant = Number(value) > 1e12;
  return `${name.slice(0, -2)} ${isInstant ? formatTime(Number(value)) : durationText(Number(value))}`;
}

/** A condition of an object as the API has it. */
export interface ConditionLike {
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
}

export const conditionEvidence = (condition: ConditionLike | undefined): readonly Evidence[] => {
  if (!condition) return [];
  const { type, status, reason = '', message = '', lastTransitionTime } = condition;
  const text = [`${status}${reason ? ` (${reason})` : ''}`, message].filter(Boolean).join(': ');
  const timeMs = lastTransitionTime ? Date.parse(lastTransitionTime) : undefined;
  return [{ from: 'condition', at: type, text, ...(timeMs !== undefined && { timeMs }) }];
};

export const conditionOf = <C extends ConditionLike>(
  of: { readonly status?: { readonly conditions?: readonly C[] | undefined } | undefined },
  type: string,
): C | undefined => of.status?.conditions?.find((each) => each.type === type);

export const specEvidence = (at: string, text: string): Evidence => ({ from: 'spec', at, text });
export const statusEvidence = (at: string, text: string): Evidence => ({
  from: 'status',
  at,
  text,
});
