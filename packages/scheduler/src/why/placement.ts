import type { Pod } from '@coxswain/api/types/core-v1';
import { prepare } from '../cycle/prepare.ts';
import { schedulePod, sceneOf, type Snapshot } from '../cycle/schedule-pod.ts';
import { nobodyNominated } from '../cycle/find-nodes.ts';
import { preempt } from '../cycle/preempt.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { Profile } from '../framework/profile.ts';
import { amountText } from './amount-text.ts';
import { type Cure, curesFor } from './cures.ts';
import { type Detail, detailsBy } from './details.ts';
import type { Facts, SchedulerView } from './view.ts';

/** What one plugin has against a pod on the nodes of a row. */
export interface Objection {
  readonly plugin: string;
  /** The plugin's own sentences. */
  readonly reasons: readonly string[];
  /** With numbers, where it has any: `free` is the smallest, `freeMost` the largest of the nodes. */
  readonly facts: readonly Facts[];
}

/** Nodes of which the same is to be said. */
export interface Row {
  readonly nodes: number;
  /** Some of them. */
  readonly names: readonly string[];
  /** None: the pod fits there. */
  readonly objections: readonly Objection[];
}

/** What preemption came to. */
export interface PreemptionTried {
  readonly helps: boolean;
  readonly priority: number;
  /** Pods of lower priority on nodes where others are in the way. */
  readonly lower: number;
  readonly node?: string;
  readonly victims?: readonly string[]; // namespace/name
  /** In the scheduler's own words. */
  readonly text?: string;
}

/** Where a pod stands with every node, and what would change it. */
export interface Placement {
  readonly nodes: number;
  readonly fits: number;
  readonly rows: readonly Row[];
  /** Set when a plugin refused the pod before any node was looked at. */
  readonly refused?: { readonly plugins: readonly string[]; readonly reason: string };
  readonly preemption?: PreemptionTried;
  readonly cures: readonly Cure[];
}

const namesMax = 3;

/** The table of nodes and plugins for `pod`, asked of all of them, with the cures that the cycle confirms on a copy. Undefined: no profile places it. */
export function placementOf(view: SchedulerView, pod: Pod): Placement | undefined {
  const profile = view.profileOf(pod);
  if (!profile) return undefined;
  const { snapshot } = view;
  const free: Pod = { ...pod, spec: { ...pod.spec, nodeName: '' } };
  const waiting = profile.plugins.flatMap(
    ({ admit }) => admit?.(free, sceneOf(snapshot).around) ?? [],
  );
  const gated = waiting.find(({ is }) => is === 'rejected');
  const ready = prepare(free, profile.plugins, sceneOf(snapshot));
  const nodes = snapshot.list.length;
  if (gated?.is === 'rejected' || ready.is === 'refused') {
    const refused =
      gated?.is === 'rejected'
        ? { plugins: ['SchedulingGates'], reason: gated.reasons.join('; ') }
        : { plugins: [...(ready as Refused).plugins], reason: (ready as Refused).refused };
    return { nodes, fits: 0, rows: [], refused, cures: curesFor(view, profile, free, []) };
  }
  const excluded = (name: string): boolean => ready.names?.has(name) === false;
  const rows = new Map<string, Grouped>();
  for (const info of snapshot.list) {
    const found = excluded(info.name)
      ? [
          {
            plugin: [...ready.narrowedBy].join(' '),
            reasons: [`it is not one of its nodes`],
            details: [],
          },
        ]
      : objectionsOn(free, ready.filters, info);
    const key = JSON.stringify(
      found.map(({ plugin, reasons, details }) => [
        plugin,
        reasons,
        details.map(({ fixed }) => fixed),
      ]),
    );
    const row = rows.get(key);
    if (row) row.push({ info, found });
    else rows.set(key, [{ info, found }]);
  }
  const table = [...rows.values()].map(rowOf).toSorted((a, b) => b.nodes - a.nodes);
  const fits = table.find(({ objections }) => objections.length === 0)?.nodes ?? 0;
  if (fits > 0) return { nodes, fits, rows: table, cures: [] };
  const infos = [...rows.values()].map((row) => row.map(({ info }) => info));
  const preemption = tryPreemption(view, profile, free);
  const cures = curesFor(view, profile, free, infos);
  return { nodes, fits, rows: table, ...(preemption && { preemption }), cures };
}

type Refused = Extract<ReturnType<typeof prepare>, { is: 'refused' }>;
type Ready = Extract<ReturnType<typeof prepare>, { is: 'ready' }>;
type Found = {
  readonly plugin: string;
  readonly reasons: readonly string[];
  readonly details: readonly Detail[];
};
type Grouped = { readonly info: NodeInfo; readonly found: readonly Found[] }[];

/** All plugins are asked, not only the first that refuses. */
export const objectionsOn = (
  pod: Pod,
  filters: Ready['filters'],
  info: NodeInfo,
): readonly Found[] =>
  filters.flatMap(({ plugin, state }): Found[] => {
    const verdict = plugin.filter!(state, info, pod);
    if (verdict.is === 'fits') return [];
    const told = detailsBy[plugin.name]?.(pod, info, verdict.reasons);
    // What follows from another objection is not told twice.
    if (told?.length === 0 && plugin.name === 'TaintToleration') return [];
    const details = told ?? [];
    return [{ plugin: plugin.name, reasons: verdict.reasons, details }];
  });

function rowOf(group: Grouped): Row {
  const [first] = group;
  return {
    nodes: group.length,
    names: group.slice(0, namesMax).map(({ info }) => info.name),
    objections: first!.found.map(({ plugin, reasons, details }, at) => ({
      plugin,
      reasons,
      facts: details.map((detail, which) =>
        together(
          detail,
          group.map(({ found }) => found[at]!.details[which]!),
        ),
      ),
    })),
  };
}

/** One detail over all nodes of a row. */
function together({ fixed, varies }: Detail, all: readonly Detail[]): Facts {
  if (!varies) return fixed;
  if ('found' in varies) {
    const found = new Set(all.map((each) => (each.varies as { found: string }).found));
    const shown = [...found].filter(Boolean).slice(0, namesMax).join(', ');
    return { ...fixed, found: found.size > namesMax ? `${shown}, ...` : shown };
  }
  const amounts = all.map((each) => (each.varies as { amount: number }).amount);
  const resource = String(fixed['resource']);
  const [least, most] = [Math.min(...amounts), Math.max(...amounts)];
  return {
    ...fixed,
    needs: amountText(resource, Number(fixed['needs'])),
    free: amountText(resource, least),
    ...(most > least && { freeMost: amountText(resource, most) }),
  };
}

/** Whether less important pods could make room, by the scheduler's own preemption on its own sight; nobody is touched. */
function tryPreemption(
  view: SchedulerView,
  profile: Profile,
  pod: Pod,
): PreemptionTried | undefined {
  const { decision } = schedulePod(pod, profile.plugins, exact(view.snapshot), first);
  if (decision.is === 'placed' || !profile.preemption) return undefined;
  const priority = pod.spec.priority ?? 0;
  const lower = decision.curable
    .flatMap((info) => [...info.pods])
    .filter(({ spec }) => (spec.priority ?? 0) < priority).length;
  const outcome = preempt({
    ...{ pod, filters: decision.filters, curable: decision.curable },
    ...{ nodes: decision.diagnosis.nodes, random: first, candidates: profile.preemption },
    nominated: view.snapshot.nominated ?? nobodyNominated,
    budgets: view.budgets(),
    present: undefined,
  });
  if (outcome.is === 'useless') return { helps: false, priority, lower, text: outcome.text };
  const { node, victims } = outcome.preemption;
  const names = victims.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return { helps: true, priority, lower, node, victims: names };
}

const first = (): number => 0;

/** The same nodes, all of them looked at. */
export const exact = (snapshot: Snapshot): Snapshot => ({ ...snapshot, percentage: 100, start: 0 });
