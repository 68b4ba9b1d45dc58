import { fitsRequired, matchesTerm } from '@coxswain/api/nodes';
import type { Pod, PreferredSchedulingTerm } from '@coxswain/api/types/core-v1';
import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';

const noMatch = rejected("node(s) didn't match Pod's node affinity/selector", false);

/** Keeps a pod to nodes with the labels it requires, and prefers those with the labels it would like. */
export const nodeAffinity: SchedulerPlugin<Pod, readonly PreferredSchedulingTerm[]> = {
  name: 'NodeAffinity',
  wakeOn: [
    {
      event: 'node/add',
      cures: (pod, event) => event.type === 'node/add' && fitsRequired(pod.spec, event.node),
    },
    {
      event: 'node/labels',
      cures: (pod, event) =>
        event.type === 'node/labels' &&
        fitsRequired(pod.spec, event.node) &&
        !fitsRequired(pod.spec, event.before),
    },
  ],
  prepare(pod) {
    if (!pod.spec.nodeSelector && !required(pod)) return { is: 'skip' };
    const nodes = namedNodes(pod);
    if (nodes?.size === 0) return { is: 'rejected', reason: 'pod affinity terms conflict' };
    return { is: 'ready', state: pod, ...(nodes && { nodes }) };
  },
  filter: (pod, { node }) => (fitsRequired(pod.spec, node) ? fits : noMatch),
  scoring: {
    weight: 2,
    prepare: ({ spec }) => {
      const terms = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
      return terms?.length ? terms : undefined;
    },
    score: (terms, { node }) =>
      terms.reduce(
        (sum, { weight, preference }) => sum + (matchesTerm(preference, node) ? weight : 0),
        0,
      ),
    normalize: 'higherIsBetter',
  },
};

const required = ({ spec }: Pod) =>
  spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;

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
