import type { Pod } from '@coxswain/api/types/core-v1';
import { nobodyNominated } from '../cycle/find-nodes.ts';
import { preempt } from '../cycle/preempt.ts';
import { prepare } from '../cycle/prepare.ts';
import { schedulePod, sceneOf, type Snapshot } from '../cycle/schedule-pod.ts';
import type { Profile } from '../framework/profile.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { type Change, changesBy, oneMoreNode, type Trial, ungate } from './changes.ts';
import type { Facts, SchedulerView } from './view.ts';

/** Changes that together let the pod be placed: the cycle itself was run on a copy with them made, and said so. */
export interface Cure {
  readonly changes: readonly { readonly change: Change['change']; readonly facts: Facts }[];
  /** Where it would go. */
  readonly node: string;
}

/** Cycles that one question may run on copies, and cures that are told. */
const triesMax = 48;
const curesMax = 6;
/** Changes in one cure. */
const together = 4;

/** The smallest changes that make `pod` fit, each confirmed. `rows`: nodes of which the same is said. */
export function curesFor(
  view: SchedulerView,
  profile: Profile,
  pod: Pod,
  rows: readonly (readonly NodeInfo[])[],
): readonly Cure[] {
  const { snapshot } = view;
  const start: Trial = { pod, nodes: snapshot.list };
  const gates = pod.spec.schedulingGates?.length ? [ungate(pod)] : [];
  const combined = rows.flatMap((row) => combinations(pod, row, profile, snapshot));
  const another = oneMoreNode(pod, snapshot.list);
  const wanted = [
    ...combined,
    ...(gates.length > 0 ? [gates] : []),
    ...(another ? [[...gates, another]] : []),
  ].toSorted((a, b) => a.length - b.length);
  const cures: Cure[] = [];
  const seen = new Set<string>();
  let tries = 0;
  for (const changes of wanted) {
    const key = keyOf(changes);
    if (seen.has(key) || cures.some((cure) => isWithin(cure, changes))) continue;
    seen.add(key);
    if (cures.length >= curesMax || tries++ >= triesMax) break;
    const node = placeWith(
      profile,
      snapshot,
      changes.reduce((trial, each) => each.apply(trial), start),
    );
    if (node !== undefined)
      cures.push({ changes: changes.map(({ change, facts }) => ({ change, facts })), node });
  }
  const raised = gates.length === 0 ? byPriority(view, profile, pod) : undefined;
  return raised ? [...cures, raised] : cures;
}

const keyOf = (changes: readonly Pick<Change, 'change' | 'facts'>[]): string =>
  changes
    .map(({ change, facts }) => JSON.stringify([change, facts]))
    .toSorted()
    .join();

const isWithin = ({ changes }: Cure, others: readonly Change[]): boolean => {
  const keys = new Set(others.map((each) => keyOf([each])));
  return changes.every((each) => keys.has(keyOf([each])));
};

/** Where the scheduler's cycle puts the pod of a trial. */
function placeWith(
  profile: Profile,
  snapshot: Snapshot,
  { pod, nodes }: Trial,
): string | undefined {
  const { around } = sceneOf(snapshot);
  if (profile.plugins.some(({ admit }) => admit?.(pod, around).is === 'rejected')) return undefined;
  const { decision } = schedulePod(pod, profile.plugins, copyOf(snapshot, nodes), () => 0);
  return decision.is === 'placed' ? decision.node : undefined;
}

/** A snapshot of other nodes: nothing that is counted over the nodes there are is taken along. */
export function copyOf(snapshot: Snapshot, nodes: readonly NodeInfo[]): Snapshot {
  const byName = new Map(nodes.map((info) => [info.name, info]));
  const { around, nominated } = snapshot;
  return {
    ...{ list: nodes, byName, start: 0, percentage: 100 },
    ...(around && { around }),
    ...(nominated && { nominated }),
  };
}

/** One way out of every objection on a node of the row: the first choice of each, and each other choice once. */
function combinations(
  pod: Pod,
  row: readonly NodeInfo[],
  profile: Profile,
  snapshot: Snapshot,
): readonly (readonly Change[])[] {
  const ready = prepare(pod, profile.plugins, sceneOf(snapshot));
  const [node] = row;
  if (ready.is === 'refused' || !node || ready.names?.has(node.name) === false) return [];
  const choices: (readonly Change[])[] = [];
  for (const { plugin, state } of ready.filters) {
    if (plugin.filter!(state, node, pod).is === 'fits') continue;
    const own = changesBy[plugin.name]?.(pod, node, row);
    if (!own || own.some((each) => each.length === 0)) return [];
    choices.push(...own);
  }
  if (choices.length === 0 || choices.length > together) return [];
  const usual = choices.map((each) => each[0]!);
  const others = choices.flatMap((each, at) => each.slice(1).map((other) => usual.with(at, other)));
  return [usual, ...others];
}

/** A higher priority, where less important pods would then leave. */
function byPriority(
  { snapshot, budgets }: SchedulerView,
  profile: Profile,
  pod: Pod,
): Cure | undefined {
  if (!profile.preemption) return undefined;
  let least = Infinity;
  for (const info of snapshot.list)
    for (const { spec } of info.pods) least = Math.min(least, spec.priority ?? 0);
  const own = pod.spec.priority ?? 0;
  if (least === Infinity || least < own) return undefined; // nobody there, or it outranks somebody already
  const important: Pod = {
    ...pod,
    spec: { ...pod.spec, priority: least + 1, preemptionPolicy: 'PreemptLowerPriority' },
  };
  const { decision } = schedulePod(
    important,
    profile.plugins,
    copyOf(snapshot, snapshot.list),
    () => 0,
  );
  if (decision.is === 'placed') return undefined;
  const found = preempt({
    ...{ pod: important, filters: decision.filters, curable: decision.curable },
    ...{ nodes: snapshot.list.length, random: () => 0, candidates: profile.preemption },
    nominated: snapshot.nominated ?? nobodyNominated,
    budgets: budgets(),
    present: undefined,
  });
  if (found.is === 'useless' || found.preemption.violations > 0) return undefined;
  const { node, victims } = found.preemption;
  const names = victims.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(', ');
  return { changes: [{ change: 'raise-priority', facts: { above: least, victims: names } }], node };
}
