import type { ContainerStatus, Pod } from '@coxswain/api/types/core-v1';
import type { TableRowCondition } from '@coxswain/api/types/meta';
import type { Column } from '../kind.ts';
import { ageColumn, nameColumn, textColumn, wide } from '../rules/columns.ts';
import { ago, type Parts, type PartsReader, partsReader } from '@coxswain/api';

interface Summary {
  readonly ready: number;
  readonly total: number;
  readonly reason: string;
  readonly restarts: number;
  readonly restartedAt: string | undefined;
}

type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

const endedText = (prefix: string, { reason, signal, exitCode }: Terminated): string =>
  prefix + (reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`));

const later = (a: string | undefined, b: string | undefined): string | undefined =>
  !a || (b && Date.parse(b) > Date.parse(a)) ? b : a;

const restartsOf = (
  statuses: readonly ContainerStatus[],
): Pick<Summary, 'restarts' | 'restartedAt'> => ({
  restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
  restartedAt: statuses.reduce<string | undefined>(
    (last, { lastState }) => later(last, lastState?.terminated?.finishedAt),
    undefined,
  ),
});

/** Where the pod stands in its init containers: the reason to show while one of them is not done. */
function initializing(
  pod: Pod,
  sidecars: ReadonlySet<string>,
): { reason?: string; ready: number; seen: number } {
  const statuses = pod.status?.initContainerStatuses ?? [];
  let ready = 0;
  for (const [index, { name, state, started, ready: isReady }] of statuses.entries()) {
    const { terminated, waiting } = state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecars.has(name) && started) {
      if (isReady) ready += 1;
      continue;
    }
    const seen = index + 1;
    if (terminated) return { reason: endedText('Init:', terminated), ready, seen };
    if (waiting?.reason && waiting.reason !== 'PodInitializing')
      return { reason: `Init:${waiting.reason}`, ready, seen };
    return { reason: `Init:${index}/${pod.spec.initContainers?.length ?? 0}`, ready, seen };
  }
  return { ready, seen: statuses.length };
}

/** The reason that the main containers give, the first of them having the last word. */
function running(pod: Pod, fallback: string): { reason: string; ready: number } {
  let reason = fallback;
  let ready = 0;
  for (const { state, ready: isReady } of (pod.status?.containerStatuses ?? []).toReversed())
    if (state?.waiting?.reason) reason = state.waiting.reason;
    else if (state?.terminated) reason = endedText('', state.terminated);
    else if (isReady && state?.running) ready += 1;
  if (reason === 'Completed' && ready > 0)
    reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  return { reason, ready };
}

const hasCondition = ({ status }: Pod, type: string): boolean =>
  status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;

function summarize(pod: Pod): Summary {
  const { status = {}, spec, metadata } = pod;
  const initStatuses = status.initContainerStatuses ?? [];
  const sidecars = new Set(
    (spec.initContainers ?? [])
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  );
  const gated = status.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  let reason = gated ? 'SchedulingGated' : status.reason || (status.phase ?? '');
  const init = initializing(pod, sidecars);
  let { restarts, restartedAt } = restartsOf(initStatuses.slice(0, init.seen));
  let { ready } = init;
  if (init.reason) reason = init.reason;
  if (!init.reason || hasCondition(pod, 'Initialized')) {
    const own = running(pod, reason);
    reason = own.reason;
    ready += own.ready;
    const kept = initStatuses.slice(0, init.seen).filter(({ name }) => sidecars.has(name));
    ({ restarts, restartedAt } = restartsOf([...kept, ...(status.containerStatuses ?? [])]));
  }
  if (metadata.deletionTimestamp) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (status.phase !== 'Failed' && status.phase !== 'Succeeded') reason = 'Terminating';
  }
  return {
    ready,
    total: (spec.containers?.length ?? 0) + sidecars.size,
    reason,
    restarts,
    restartedAt,
  };
}

let last: { readonly pod: Pod; readonly summary: Summary } | undefined;

/** The cells of a row ask one after the other for the same pod, and a pod never changes. */
function summaryOf(pod: Pod): Summary {
  if (last?.pod !== pod) last = { pod, summary: summarize(pod) };
  return last.summary;
}

function gatesText({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (!gates.length) return '<none>';
  const passed = gates.filter(
    ({ conditionType }) =>
      status?.conditions?.find(({ type }) => type === conditionType)?.status === 'True',
  );
  return `${passed.length}/${gates.length}`;
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  textColumn('Ready', 'How many of its containers are ready.', (pod) => {
    const { ready, total } = summaryOf(pod);
    return `${ready}/${total}`;
  }),
  textColumn(
    'Status',
    'What its containers are doing, in one word.',
    (pod) => summaryOf(pod).reason,
  ),
  textColumn(
    'Restarts',
    'How often its containers were started again, and when last.',
    (pod, { nowMs }) => {
      const { restarts, restartedAt } = summaryOf(pod);
      return restarts && restartedAt
        ? `${restarts} (${ago(restartedAt, nowMs)} ago)`
        : String(restarts);
    },
  ),
  ageColumn,
  wide(
    textColumn(
      'IP',
      'Its address.',
      ({ status }) => status?.podIPs?.[0]?.ip || status?.podIP || '<none>',
    ),
  ),
  wide(textColumn('Node', 'The node it is bound to.', ({ spec }) => spec.nodeName || '<none>')),
  wide(
    textColumn(
      'Nominated Node',
      'The node where room is being made for it.',
      ({ status }) => status?.nominatedNodeName || '<none>',
    ),
  ),
  wide(textColumn('Readiness Gates', 'How many of its extra conditions are true.', gatesText)),
];

const containers: Parts = {
  ...{ name: true, ready: true, restartCount: true, started: true },
  state: { waiting: { reason: true }, running: {}, terminated: true },
  lastState: { terminated: { finishedAt: true } },
};

/** All that a row of a pod shows: a tenth of it. */
export const readPodRow: PartsReader = partsReader({
  metadata: { name: true, creationTimestamp: true, deletionTimestamp: true },
  spec: {
    ...{ nodeName: true, readinessGates: true, containers: {} },
    initContainers: { name: true, restartPolicy: true },
  },
  status: {
    ...{ phase: true, reason: true, nominatedNodeName: true, podIP: true, podIPs: { ip: true } },
    ...{ conditions: { type: true, status: true, reason: true } },
    ...{ containerStatuses: containers, initContainerStatuses: containers },
  },
});

const ended = (reason: string, message: string): readonly TableRowCondition[] => [
  { type: 'Completed', status: 'True', reason, message },
];
const succeeded = ended('Succeeded', 'The pod has completed successfully.');
const failed = ended('Failed', 'The pod failed.');
const none: readonly TableRowCondition[] = [];

export const podRowConditions = ({ status }: Pod): readonly TableRowCondition[] =>
  status?.phase === 'Succeeded' ? succeeded : status?.phase === 'Failed' ? failed : none;
