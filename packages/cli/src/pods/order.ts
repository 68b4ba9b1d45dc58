import type { ContainerStatus, Pod } from '@coxswain/api/types/core-v1';

/** Says which of two pods goes first; 0 goes on to the next rule. */
type Rule = (a: Pod, b: Pod) => number;

const phases: Readonly<Record<string, number>> = { Running: 0, Unknown: 1, Pending: 2 };
const phaseOf = ({ status }: Pod): number => phases[status?.phase ?? ''] ?? 0;

const readyCondition = ({ status }: Pod) =>
  status?.conditions?.find((each) => each.type === 'Ready' && each.status === 'True');
const truth = (is: boolean): number => (is ? 0 : 1);
const timeOf = (text: string | undefined): number => (text ? Date.parse(text) : Infinity);
const less = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

const assigned: Rule = (a, b) =>
  truth(Boolean(a.spec?.nodeName)) - truth(Boolean(b.spec?.nodeName));
const phase: Rule = (a, b) => phaseOf(a) - phaseOf(b);
const ready: Rule = (a, b) => truth(Boolean(readyCondition(a))) - truth(Boolean(readyCondition(b)));
const readyLonger: Rule = (a, b) =>
  less(
    timeOf(readyCondition(a)?.lastTransitionTime),
    timeOf(readyCondition(b)?.lastTransitionTime),
  );
const created: Rule = (a, b) =>
  less(timeOf(a.metadata?.creationTimestamp), timeOf(b.metadata?.creationTimestamp));

const most = (statuses: readonly ContainerStatus[] = []): number =>
  Math.max(0, ...statuses.map(({ restartCount }) => restartCount));

/** Restarts of containers, then of sidecars. */
function restarts({ spec, status }: Pod): readonly [containers: number, sidecars: number] {
  const always = (spec?.initContainers ?? []).filter((each) => each.restartPolicy === 'Always');
  const ofSidecars = status?.initContainerStatuses?.filter(({ name }) =>
    always.some((each) => each.name === name),
  );
  return [most(status?.containerStatuses), most(ofSidecars)];
}

const restartedMore: Rule = (a, b) => {
  const [own, other] = [restarts(a), restarts(b)];
  return other[0] - own[0] || other[1] - own[1];
};
const leaving: Rule = (a, b) =>
  truth(!a.metadata?.deletionTimestamp) - truth(!b.metadata?.deletionTimestamp);
const leavingLater: Rule = (a, b) =>
  -less(timeOf(a.metadata?.deletionTimestamp), timeOf(b.metadata?.deletionTimestamp));
const reversed =
  (rule: Rule): Rule =>
  (a, b) =>
    rule(b, a);

const inOrder =
  (rules: readonly Rule[]): Rule =>
  (a, b) => {
    for (const rule of rules) {
      const order = rule(a, b);
      if (order !== 0 && !Number.isNaN(order)) return order;
    }
    return 0;
  };

/** The pod whose log tells most goes first. */
export const byLogging: Rule = inOrder([
  ...[assigned, phase, ready, readyLonger, restartedMore, created],
]);

/** The pod that is most alive goes first. */
export const byActivity: Rule = inOrder([
  ...[assigned, phase, ready, leaving, leavingLater, readyLonger],
  ...[reversed(restartedMore), created],
]);
