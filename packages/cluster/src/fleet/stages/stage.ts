import { durationMs } from '../../boot/go-duration.ts';
import { jqPath } from './jq-path.ts';

/** What a Stage does to an object, in this order. */
export type StageStep =
  | {
      readonly do: 'patch';
      readonly root: string;
      readonly subresource: string | undefined;
      readonly type: 'json' | 'merge' | 'strategic';
      readonly template: string;
    }
  | {
      readonly do: 'event';
      readonly type: 'Normal' | 'Warning';
      readonly reason: string;
      readonly message: string;
    }
  | {
      readonly do: 'finalizers';
      readonly add: readonly string[];
      readonly remove: readonly string[] | 'all';
    }
  | { readonly do: 'delete' };

/** A Stage of KWOK's, as it is applied. */
export interface Stage {
  readonly name: string;
  readonly kind: 'Pod' | 'Node';
  readonly matches: (object: unknown) => boolean;
  /** How likely it is chosen among those that match. */
  readonly weight: (object: unknown) => number;
  /** When it is applied after it matched, drawn between two bounds. */
  readonly delayMs: (object: unknown, nowMs: number, random: () => number) => number;
  readonly steps: readonly StageStep[];
}

interface Expression {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
  readonly jq?: {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  };
}
interface From {
  readonly expressionFrom?: string;
  readonly jq?: { readonly expression: string };
}
interface Finalizers {
  readonly add?: readonly { readonly value: string }[];
  readonly remove?: readonly { readonly value: string }[];
  readonly empty?: boolean;
}
interface Event {
  readonly type?: 'Normal' | 'Warning';
  readonly reason?: string;
  readonly message?: string;
}
interface Patch {
  readonly root?: string;
  readonly subresource?: string;
  readonly type?: string;
  readonly template: string;
}
interface Next {
  readonly statusTemplate?: string;
  readonly statusSubresource?: string;
  readonly patches?: readonly Patch[];
  readonly event?: Event;
  readonly finalizers?: Finalizers;
  readonly delete?: boolean;
}

/** The object as its file has it; both of KWOK's spellings, `next` and `steps`. */
export interface StageObject {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
  readonly spec: {
    readonly resourceRef: { readonly apiGroup?: string; readonly kind: string };
    readonly selector?: {
      readonly matchLabels?: Readonly<Record<string, string>>;
      readonly matchAnnotations?: Readonly<Record<string, string>>;
      readonly matchExpressions?: readonly Expression[];
    };
    readonly weight?: number;
    readonly weightFrom?: From;
    readonly delay?: {
      readonly durationMilliseconds?: number;
      readonly durationFrom?: From;
      readonly jitterDurationMilliseconds?: number;
      readonly jitterDurationFrom?: From;
    };
    readonly next?: Next;
    readonly steps?: readonly (Omit<Next, 'patches'> & { readonly patch?: Patch })[];
  };
}

/** Reads one Stage. Throws for one that speaks of other kinds than Pods and Nodes, or in expressions that are not understood. */
export function stageOf({ metadata, spec }: StageObject): Stage {
  const { kind } = spec.resourceRef;
  const name = metadata?.name ?? '';
  if (kind !== 'Pod' && kind !== 'Node')
    throw new Error(`Stage ${name}: only stages of Pods and Nodes are understood, not of ${kind}`);
  const { weight = 0, weightFrom, selector } = spec;
  const from = valueFrom(weightFrom);
  const parts = spec.steps ?? (spec.next ? [spec.next] : []);
  return {
    ...{ name, kind, matches: matcher(selector), delayMs: delay(spec.delay) },
    weight: (object) => Number(from(object) ?? weight),
    steps: parts.flatMap(stepsOf),
  };
}

function stepsOf(next: Next & { readonly patch?: Patch }): StageStep[] {
  const { event, finalizers, patches = [], patch, statusTemplate, statusSubresource } = next;
  const steps: StageStep[] = [];
  if (event) {
    const { type = 'Normal', reason = '', message = '' } = event;
    steps.push({ do: 'event', type, reason, message });
  }
  if (finalizers)
    steps.push({
      do: 'finalizers',
      add: (finalizers.add ?? []).map(({ value }) => value),
      remove: finalizers.empty ? 'all' : (finalizers.remove ?? []).map(({ value }) => value),
    });
  if (next.delete) return [...steps, { do: 'delete' }];
  const status = { root: 'status', subresource: statusSubresource ?? 'status' };
  if (statusTemplate)
    steps.push({ do: 'patch', ...status, type: 'merge', template: statusTemplate });
  for (const { root = '', subresource, type = 'merge', template } of patch ? [patch] : patches)
    steps.push({ do: 'patch', root, subresource, type: type as 'merge', template });
  return steps;
}

type Selector = StageObject['spec']['selector'];

function matcher(selector: Selector): Stage['matches'] {
  const { matchLabels = {}, matchAnnotations = {}, matchExpressions = [] } = selector ?? {};
  const expressions = matchExpressions.map(({ jq, ...plain }) => {
    const { key = '', operator, values = [] } = jq ?? plain;
    return { find: jqPath(key), operator, values };
  });
  const has = (given: unknown, wanted: Readonly<Record<string, string>>): boolean =>
    Object.entries(wanted).every(
      ([key, value]) => (given as Record<string, string>)?.[key] === value,
    );
  return (object) => {
    const { metadata } = object as { metadata: { labels?: unknown; annotations?: unknown } };
    if (!has(metadata.labels, matchLabels) || !has(metadata.annotations, matchAnnotations))
      return false;
    return expressions.every(({ find, operator, values }) => {
      const found = find(object).map(String);
      const isIn = found.some((value) => values.includes(value));
      if (operator === 'In') return isIn;
      if (operator === 'NotIn') return !isIn;
      return (operator === 'Exists') === found.length > 0;
    });
  };
}

const valueFrom = (from: From | undefined): ((object: unknown) => unknown) => {
  const expression = from?.jq?.expression ?? from?.expressionFrom;
  const find = expression === undefined ? undefined : jqPath(expression);
  return (object) => find?.(object)[0];
};

/** A duration, or an instant to come: how long from now. */
function lengthMs(value: unknown, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  const instantMs = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instantMs) ? durationMs(text) : Math.max(0, instantMs - nowMs);
}

function delay(of: StageObject['spec']['delay']): Stage['delayMs'] {
  const duration = valueFrom(of?.durationFrom);
  const jitter = valueFrom(of?.jitterDurationFrom);
  return (object, nowMs, random) => {
    const leastMs = lengthMs(duration(object), nowMs) ?? of?.durationMilliseconds ?? 0;
    const mostMs = lengthMs(jitter(object), nowMs) ?? of?.jitterDurationMilliseconds;
    if (mostMs === undefined) return leastMs;
    return mostMs < leastMs ? mostMs : leastMs + random() * (mostMs - leastMs);
  };
}

/** One of `stages` that match, drawn by their weights; with none of a weight, any. */
export function chooseStage(
  stages: readonly Stage[],
  object: unknown,
  random: () => number,
): Stage | undefined {
  const found = stages.filter((stage) => stage.matches(object));
  if (found.length < 2) return found[0];
  const weights = found.map((stage) => stage.weight(object));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0) return found[Math.floor(random() * found.length)];
  let drawn = random() * sum;
  return found.find((_, at) => (drawn -= weights[at]!) < 0);
}
