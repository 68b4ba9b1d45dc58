import { forbidden, Nodes, PodDisruptionBudgets, Pods, selectorOf } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { PodDisruptionBudget } from '@coxswain/api/types/policy-v1';
import type { Objection, Row } from '@coxswain/scheduler';
import { isReadyPod } from './about/pods-of.ts';
import type { Facts } from './cause.ts';
import type { DrainName } from './messages/en.ts';
import type { Look } from './look.ts';

/** What becomes of one pod of a node that is drained. */
export interface Leaving {
  readonly namespace: string;
  readonly name: string;
  readonly owner: string; // `ReplicaSet/web-1`, or ''
  readonly does: 'leaves' | 'waits' | 'stays' | 'blocks';
  readonly why: readonly { readonly reason: DrainName; readonly facts: Facts }[];
  /** Where its like would be placed. */
  readonly goesTo?: string;
  /** No node would take it, and what they say. */
  readonly nowhere?: readonly {
    readonly nodes: number;
    readonly objections: readonly Objection[];
  }[];
}

export interface DrainPlan {
  readonly node: string;
  readonly pods: readonly Leaving[];
  /** Whether the scheduler of this cluster was asked where pods would go. */
  readonly isPlaced: boolean;
}

const controllerOf = ({ metadata }: Pod) =>
  metadata.ownerReferences?.find(({ controller }) => controller);
const isMirror = ({ metadata }: Pod): boolean =>
  metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
const hasEnded = ({ status }: Pod): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed';
const nameOf = (a: Pod): string => `${a.metadata.namespace}/${a.metadata.name}`;

/** What a drain of `node` would do, pod by pod; nothing is touched. Undefined: there is no such node. Throws 403 where pods may not be read. */
export async function planDrain(node: string, look: Look): Promise<DrainPlan | undefined> {
  if (!(await look.get(Nodes, node))) return undefined;
  const pods = (await look.list(Pods, { fields: `spec.nodeName=${node}` })).toSorted((a, b) =>
    nameOf(a) < nameOf(b) ? -1 : 1,
  );
  if (look.hidden.has('pods'))
    throw forbidden(
      { group: '', resource: 'pods', name: '' },
      'who may not list pods may not ask what a drain would do to them',
    );
  const budgets = await look.list(PodDisruptionBudgets);
  const left = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]));
  const judged = pods.map((pod) => judge(pod, budgets, left));
  const leaving = pods.filter(
    (pod, at) =>
      ['leaves', 'waits'].includes(judged[at]!.does) && controllerOf(pod) && !hasEnded(pod),
  );
  const landings = look.landings(node, leaving);
  const lands = new Map(landings?.map((each) => [each.pod, each]));
  return {
    node,
    isPlaced: landings !== undefined,
    pods: judged.map((each, at) => {
      const landing = lands.get(pods[at]!);
      if (!landing) return each;
      if ('node' in landing) return { ...each, goesTo: landing.node };
      return {
        ...each,
        nowhere: landing.rows.map(({ nodes, objections }: Row) => ({ nodes, objections })),
      };
    }),
  };
}

function judge(
  pod: Pod,
  budgets: readonly PodDisruptionBudget[],
  left: Map<PodDisruptionBudget, number>,
): Leaving {
  const owner = controllerOf(pod);
  const about = {
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    owner: owner ? `${owner.kind}/${owner.name}` : '',
  };
  const stays = (reason: DrainName, facts: Facts = {}): Leaving => ({
    ...about,
    does: 'stays',
    why: [{ reason, facts }],
  });
  if (isMirror(pod)) return stays('is-static');
  if (owner?.kind === 'DaemonSet') return stays('is-daemon', { owner: owner.name });
  if (pod.metadata.deletionTimestamp)
    return { ...about, does: 'leaves', why: [{ reason: 'is-leaving', facts: {} }] };
  const why: { reason: DrainName; facts: Facts }[] = [];
  if (hasEnded(pod)) return { ...about, does: 'leaves', why: [{ reason: 'has-ended', facts: {} }] };
  if (!owner) why.push({ reason: 'has-no-owner', facts: {} });
  const local = (pod.spec.volumes ?? []).filter(({ emptyDir }) => emptyDir).map(({ name }) => name);
  if (local.length > 0)
    why.push({ reason: 'has-local-data', facts: { volumes: local.join(', ') } });
  const budget = byBudget(pod, budgets, left);
  if (budget) why.push(budget);
  const isWaiting = budget?.reason === 'budget-used-up';
  const blocks = why.some(({ reason }) => reason !== 'budget-used-up');
  return { ...about, does: blocks ? 'blocks' : isWaiting ? 'waits' : 'leaves', why };
}

/** What disruption budgets say of the eviction, as the eviction subresource decides; takes its share of those that allow it. */
function byBudget(
  pod: Pod,
  budgets: readonly PodDisruptionBudget[],
  left: Map<PodDisruptionBudget, number>,
): { readonly reason: DrainName; readonly facts: Facts } | undefined {
  const own = budgets.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.metadata.namespace &&
      selectorOf(spec?.selector).matches(pod.metadata.labels),
  );
  if (own.length === 0 || pod.status?.phase === 'Pending') return undefined;
  if (own.length > 1)
    return {
      reason: 'has-many-budgets',
      facts: { budgets: own.map(({ metadata }) => metadata.name).join(', ') },
    };
  const [budget] = own;
  const { currentHealthy = 0, desiredHealthy = 0, disruptionsAllowed = 0 } = budget!.status ?? {};
  const isEnough = currentHealthy >= desiredHealthy && desiredHealthy > 0;
  if (!isReadyPod(pod) && (budget!.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' || isEnough))
    return undefined;
  const free = left.get(budget!)!;
  left.set(budget!, free - 1);
  if (free > 0) return undefined;
  const facts = {
    budget: budget!.metadata.name,
    healthy: currentHealthy,
    desired: desiredHealthy,
    allowed: disruptionsAllowed,
  };
  return { reason: disruptionsAllowed > 0 ? 'budget-used-up' : 'budget-allows-none', facts };
}
