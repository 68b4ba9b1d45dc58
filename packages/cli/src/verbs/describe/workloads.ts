import {
  CronJobs,
  DaemonSets,
  Deployments,
  humanDuration,
  Jobs,
  Pods,
  ReplicaSets,
  ReplicationControllers,
  selectorFromLabels,
  selectorOf,
  selectorText,
  StatefulSets,
  type KubeObject,
  type Selector,
} from '@coxswain/api';
import type { Deployment, ReplicaSet } from '@coxswain/api/types/apps-v1';
import type { Job, JobTemplateSpec } from '@coxswain/api/types/batch-v1';
import type { PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import { classOf } from '@coxswain/api/volumes';
import { labelsText } from '../../printers/table.ts';
import { type Ask, type Describer, describer } from './describer.ts';
import {
  boolText,
  intOrString,
  labelled,
  labelsOf,
  type Lines,
  listText,
  placed,
  quantityText,
  row,
  selected,
  shortConditions,
  timeText,
} from './lines.ts';
import { controller, templateLines } from './pod.ts';

const phases = { Running: 'Running', Waiting: 'Pending', Succeeded: 'Succeeded', Failed: 'Failed' };

/** `1 Running / 0 Waiting ...` of the pods that the object controls. */
async function podsOf(ask: Ask, { metadata }: KubeObject, selector: Selector): Promise<string> {
  const pods = await ask.list(Pods, metadata.namespace ?? '', { labels: selectorText(selector) });
  const own = pods.filter(({ metadata: { ownerReferences } }) =>
    ownerReferences?.some((owner) => owner.controller && owner.uid === metadata.uid),
  );
  return Object.entries(phases)
    .map(([name, phase]) => `${own.filter(({ status }) => status?.phase === phase).length} ${name}`)
    .join(' / ');
}

/** A selector, nothing where it selects nothing by name. */
const bare = (selector: Parameters<typeof selectorOf>[0]): string =>
  selectorText(selectorOf(selector));

/** A ReplicationController. */
export const replicationController: Describer = describer({
  resource: ReplicationControllers,
  ask: (ask, object) => podsOf(ask, object, selectorFromLabels(object.spec?.selector)),
  lines: ({ metadata, spec, status }, pods) => [
    ...placed(metadata),
    `Selector:\t${labelsText(spec?.selector)}`,
    ...labelsOf(metadata),
    `Replicas:\t${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired`,
    `Pods Status:\t${pods}`,
    ...templateLines(spec?.template),
    ...shortConditions(status?.conditions),
  ],
});

/** A ReplicaSet. */
export const replicaSet: Describer = describer({
  resource: ReplicaSets,
  ask: (ask, object) =>
    podsOf(ask, object, selectorOf(object.spec.selector)).catch(
      (error: Error) => `error in fetching pods: ${error.message}`,
    ),
  lines: ({ metadata, spec, status }, pods) => [
    ...placed(metadata),
    `Selector:\t${selected(spec.selector)}`,
    ...labelsOf(metadata),
    controller(metadata),
    `Replicas:\t${status?.replicas ?? 0} current / ${spec.replicas ?? 0} desired`,
    `Pods Status:\t${pods}`,
    ...templateLines(spec.template),
    ...shortConditions(status?.conditions),
  ],
});

/** A DaemonSet. */
export const daemonSet: Describer = describer({
  resource: DaemonSets,
  ask: (ask, object) => podsOf(ask, object, selectorOf(object.spec.selector)),
  lines: ({ metadata, spec, status }, pods) => [
    ...placed(metadata),
    `Selector:\t${bare(spec.selector)}`,
    `Node-Selector:\t${labelsText(spec.template.spec?.nodeSelector)}`,
    ...labelsOf(metadata),
    `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`,
    `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`,
    `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}`,
    `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}`,
    `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`,
    `Pods Status:\t${pods}`,
    ...templateLines(spec.template),
  ],
});

const claimTemplates = (templates: readonly PersistentVolumeClaim[] | undefined): Lines =>
  templates?.length
    ? [
        'Volume Claims:',
        templates.flatMap((claim) => [
          `Name:\t${claim.metadata.name}`,
          `StorageClass:\t${classOf(claim)}`,
          ...labelled('Labels', claim.metadata.labels),
          ...labelled('Annotations', claim.metadata.annotations), // printed as labels are
          `Capacity:\t${quantityText(claim.spec.resources?.requests?.['storage']).replace(/^0$/, '<default>')}`,
          `Access Modes:\t${listText(claim.spec.accessModes)}`,
        ]),
      ]
    : ['Volume Claims:\t<none>'];

/** A StatefulSet. */
export const statefulSet: Describer = describer({
  resource: StatefulSets,
  ask: (ask, object) => podsOf(ask, object, selectorOf(object.spec.selector)),
  lines({ metadata, spec, status }, pods) {
    const rolling = spec.updateStrategy?.rollingUpdate;
    const isPartial = typeof rolling?.partition === 'number';
    return [
      ...placed(metadata),
      `CreationTimestamp:\t${timeText(metadata.creationTimestamp)}`,
      `Selector:\t${bare(spec.selector)}`,
      ...labelsOf(metadata),
      `Replicas:\t${spec.replicas ?? 0} desired | ${status?.replicas ?? 0} total`,
      `Update Strategy:\t${spec.updateStrategy?.type ?? ''}`,
      isPartial && [
        `Partition:\t${rolling.partition}`,
        row('MaxUnavailable', rolling.maxUnavailable),
      ],
      `Pods Status:\t${pods}`,
      ...templateLines(spec.template),
      ...claimTemplates(spec.volumeClaimTemplates),
    ];
  },
});

interface Replicas {
  readonly old: readonly ReplicaSet[];
  readonly new?: ReplicaSet | undefined;
}

const hashLabel = 'pod-template-hash';

/** A template without the label that tells its sets apart, keys in order. */
function templateKey({ spec: { template } }: ReplicaSet | Deployment): string {
  const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {};
  return JSON.stringify(
    { ...template, metadata: { ...template?.metadata, labels } },
    (_key, value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value as object).toSorted(([a], [b]) => (a < b ? -1 : 1)),
          )
        : (value as unknown),
  );
}

const ageKey = ({ metadata }: ReplicaSet): string =>
  `${metadata.creationTimestamp ?? ''} ${metadata.name}`;

async function replicaSetsOf(ask: Ask, object: Deployment): Promise<Replicas> {
  const sets = await ask
    .list(ReplicaSets, object.metadata.namespace ?? '', {
      labels: bare(object.spec.selector),
    })
    .catch(() => []);
  const owned = sets
    .filter(({ metadata: { ownerReferences } }) =>
      ownerReferences?.some(({ controller: is, uid }) => is && uid === object.metadata.uid),
    )
    .toSorted((a, b) => (ageKey(a) < ageKey(b) ? -1 : 1));
  const wanted = templateKey(object);
  const current = owned.find((set) => templateKey(set) === wanted);
  return { old: owned.filter((set) => set !== current), new: current };
}

const setsText = (sets: readonly ReplicaSet[]): string =>
  sets
    .map(
      ({ metadata, spec, status }) =>
        `${metadata.name} (${status?.replicas ?? 0}/${spec.replicas ?? 0} replicas created)`,
    )
    .join(', ') || '<none>';

/** A Deployment. */
export const deployment: Describer = describer({
  resource: Deployments,
  ask: replicaSetsOf,
  lines({ metadata, spec, status = {} }, { old, new: current }) {
    const rolling = spec.strategy?.rollingUpdate;
    const sets = current ? [...old, current] : old;
    return [
      ...placed(metadata),
      `CreationTimestamp:\t${timeText(metadata.creationTimestamp)}`,
      ...labelsOf(metadata),
      `Selector:\t${bare(spec.selector)}`,
      `Replicas:\t${spec.replicas ?? 0} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`,
      `StrategyType:\t${spec.strategy?.type ?? ''}`,
      `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`,
      rolling &&
        `RollingUpdateStrategy:\t${intOrString(rolling.maxUnavailable)} max unavailable, ${intOrString(rolling.maxSurge)} max surge`,
      ...templateLines(spec.template),
      ...shortConditions(status.conditions),
      sets.length > 0 && `OldReplicaSets:\t${setsText(old)}`,
      sets.length > 0 && `NewReplicaSet:\t${setsText(current ? [current] : [])}`,
    ];
  },
});

const or = (value: unknown, unit = ''): string =>
  value === undefined || value === null ? '<unset>' : `${String(value)}${unit}`;

/** Characters of the list of indexes that are shown, up to the next comma. */
const indexesMax = 50;

function indexesText(indexes = ''): string {
  if (indexes === '') return '<none>';
  const end = indexes.indexOf(',', indexesMax);
  return end < 0 ? indexes : `${indexes.slice(0, end + 1)}...`;
}

function jobProgress({ spec, status = {} }: Job): Lines {
  const { startTime, completionTime, ready } = status;
  const tookMs = startTime && completionTime && Date.parse(completionTime) - Date.parse(startTime);
  return [
    startTime && `Start Time:\t${timeText(startTime)}`,
    completionTime && `Completed At:\t${timeText(completionTime)}`,
    typeof tookMs === 'number' && `Duration:\t${humanDuration(tookMs)}`,
    typeof spec.activeDeadlineSeconds === 'number' &&
      `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`,
    `Pods Statuses:\t${status.active ?? 0} Active${typeof ready === 'number' ? ` (${ready} Ready)` : ''} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`,
    spec.completionMode === 'Indexed' &&
      `Completed Indexes:\t${indexesText(status.completedIndexes)}`,
  ];
}

/** A Job. */
export const job: Describer = describer({
  resource: Jobs,
  lines(object) {
    const { metadata, spec } = object;
    return [
      ...placed(metadata),
      `Selector:\t${bare(spec?.selector)}`,
      ...labelsOf(metadata),
      controller(metadata),
      row('Parallelism', spec?.parallelism),
      `Completions:\t${or(spec?.completions)}`,
      row('Completion Mode', spec?.completionMode),
      row('Suspend', spec?.suspend),
      row('Backoff Limit', spec?.backoffLimit),
      row('TTL Seconds After Finished', spec?.ttlSecondsAfterFinished),
      ...jobProgress(object),
      ...templateLines(spec?.template),
    ];
  },
});

const jobTemplate = ({ spec }: JobTemplateSpec): Lines => [
  `Selector:\t${spec?.selector ? bare(spec.selector) : '<unset>'}`,
  `Parallelism:\t${or(spec?.parallelism)}`,
  `Completions:\t${or(spec?.completions)}`,
  typeof spec?.activeDeadlineSeconds === 'number' &&
    `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`,
  ...templateLines(spec?.template),
];

/** A CronJob. */
export const cronJob: Describer = describer({
  resource: CronJobs,
  lines: ({ metadata, spec, status }) => [
    ...placed(metadata),
    ...labelsOf(metadata),
    `Schedule:\t${spec?.schedule ?? ''}`,
    `Concurrency Policy:\t${spec?.concurrencyPolicy ?? ''}`,
    `Suspend:\t${boolText(spec?.suspend)}`,
    `Time Zone:\t${or(spec?.timeZone)}`,
    `Successful Job History Limit:\t${or(spec?.successfulJobsHistoryLimit)}`,
    `Failed Job History Limit:\t${or(spec?.failedJobsHistoryLimit)}`,
    `Starting Deadline Seconds:\t${or(spec?.startingDeadlineSeconds, 's')}`,
    ...(spec ? jobTemplate(spec.jobTemplate) : []),
    `Last Schedule Time:\t${status?.lastScheduleTime ? timeText(status.lastScheduleTime) : '<unset>'}`,
    `Active Jobs:\t${(status?.active ?? []).map(({ name }) => name).join(', ') || '<none>'}`,
  ],
});
