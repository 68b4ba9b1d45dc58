import { fitsRequired, matchesTerm } from '@coxswain/api/nodes';
import type { Node, NodeAffinity, Pod, PreferredSchedulingTerm } from '@coxswain/api/types/core-v1';
import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';

const noMatch = rejected("node(s) didn't match Pod's node affinity/selector", false);

const notEnforced = rejected("node(s) didn't match scheduler-enforced node affinity", false);

/** Keeps a pod to nodes with the labels it requires, and prefers those with the labels it would like; `added` holds for every pod. */
export const nodeAffinityWith = (
  added: NodeAffinity = {},
): SchedulerPlugin<Pod, readonly PreferredSchedulingTerm[]> => {
  const preferred = added.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return {
    name: 'NodeAffinity',
    wakeOn: [
      {
        event: 'node/add',
        cures: (pod, event) =>
          event.type === 'node/add' &&
          isAllowed(added, event.node) &&
          fitsRequired(pod.spec, event.node),
      },
      {
        event: 'node/labels',
        cures: (pod, event) =>
          event.type === 'node/labels' &&
          isAllowed(added, event.node) &&
          fitsRequired(pod.spec, event.node) &&
          !(isAllowed(added, event.before) && fitsRequired(pod.spec, event.before)),
      },
    ],
    likeness: ({ spec: { nodeSelector, affinity } }) =>
      nodeSelector || affinity?.nodeAffinity
        ? JSON.stringify([nodeSelector, affinity?.nodeAffinity])
        : '',
    prepare(pod) {
      if (!pod.spec.nodeSelector && !required(pod) && !requiredBy(added)) return { is: 'skip' };
      const nodes = namedNodes(pod);
      if (nodes?.size === 0) return { is: 'rejected', reason: 'pod affinity terms conflict' };
      return { is: 'ready', state: pod, ...(nodes && { nodes }) };
    },
    filter(pod, { node }) {
      if (!isAllowed(added, node)) return notEnforced;
      return fitsRequired(pod.spec, node) ? fits : noMatch;
    },
    scoring: {
      weight: 2,
      prepare: ({ spec }) => {
        const own = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
        const terms = [...preferred, ...(own ?? [])];
        return terms.length > 0 ? terms : undefined;
      },
      score: (terms, { node }) =>
        terms.reduce(
          (sum, { weight, preference }) => sum + (matchesTerm(preference, node) ? weight : 0),
          0,
        ),
      normalize: 'higherIsBetter',
    },
  };
};

/** As in the default profile. */
export const nodeAffinity: SchedulerPlugin = nodeAffinityWith();

const requiredBy = (affinity: NodeAffinity | undefined) =>
  affinity?.requiredDuringSchedulingIgnoredDuringExecution;

const isAllowed = (added: NodeAffinity, node: Node): boolean =>
  requiredBy(added)?.nodeSelectorTerms.some((term) => matchesTerm(term, node)) ?? true;

const required = ({ spec }: Pod) => requiredBy(spec.affinity?.nodeAffinity);

/** Names of the only nodes in question, when every term names some: as those of daemon pods do. */
function namedNodes(pod: Pod): ReadonlySet<string> | undefined {
  const terms = required(pod)?.nodeSelectorTerms;
  if (!terms?.length) return undefined;
  const names = new Set<string>();
  for (const { matchFields } of terms) {
    const lists = (matchFields ?? [])
      .filter(({ key, operator }) => key === 'metadata.name' && operator === 'In')
      .map(({ values }) => new Set(values));
    const [first, ...others] = lists;
    if (!first) return undefined;
    const common = others.reduce((left, right) => left.intersection(right), first);
    for (const name of common) names.add(name);
  }
  return names;
}
