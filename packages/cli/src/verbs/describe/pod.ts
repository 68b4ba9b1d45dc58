import { humanDuration, Pods } from '@coxswain/api';
import type {
  Pod,
  PodSchedulingGroup,
  PodTemplateSpec,
  Toleration,
  TopologySpreadConstraint,
} from '@coxswain/api/types/core-v1';
import type { ObjectMeta } from '@coxswain/api/types/meta';
import { containerLines, resourceLines } from './containers.ts';
import { type Describer, describer } from './describer.ts';
import {
  annotated,
  labelled,
  labelsOf,
  type Lines,
  placed,
  row,
  section,
  selected,
  timeText,
  values,
} from './lines.ts';
import { volumeLines } from './volumes.ts';

/** `ReplicaSet/web`, where the object has a controller. */
export function controller({ ownerReferences }: ObjectMeta): string | false {
  const owner = ownerReferences?.find(({ controller: is }) => is);
  return owner ? `Controlled By:\t${owner.kind}/${owner.name}` : false;
}

/** How long the object has been about to go. */
export const terminating = ({ deletionTimestamp }: ObjectMeta, nowMs: number): string =>
  `Terminating (lasts ${humanDuration(nowMs - Date.parse(deletionTimestamp!))})`;

function tolerationText({
  key = '',
  value,
  effect,
  operator,
  tolerationSeconds,
}: Toleration): string {
  const what = `${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}`;
  const exists = operator === 'Exists' && !value ? `${key || effect ? ' ' : ''}op=Exists` : '';
  return `${what}${exists}${typeof tolerationSeconds === 'number' ? ` for ${tolerationSeconds}s` : ''}`;
}

const byKey =
  <T>(key: (of: T) => string): ((a: T, b: T) => number) =>
  (a, b) =>
    key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;

const tolerated = (tolerations: readonly Toleration[] = []): Lines =>
  values('Tolerations', tolerations.toSorted(byKey(({ key = '' }) => key)).map(tolerationText));

const spread = (constraints: readonly TopologySpreadConstraint[] = []): Lines =>
  constraints.length === 0
    ? []
    : values(
        'Topology Spread Constraints',
        constraints
          .toSorted(byKey(({ topologyKey }) => topologyKey))
          .map(
            ({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }) =>
              `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${labelSelector ? ` for selector ${selected(labelSelector)}` : ''}`,
          ),
      );

const grouped = (group: PodSchedulingGroup | undefined, margin = ''): Lines =>
  section(`${margin}SchedulingGroup:`, group && [`PodGroupName:\t${group.podGroupName ?? ''}`]);

/** The pods that a controller makes. */
export function templateLines(template: PodTemplateSpec | undefined): Lines {
  if (!template) return ['Pod Template:', ['<unset>']];
  const { metadata, spec } = template;
  const annotations = metadata?.annotations;
  return [
    'Pod Template:',
    [
      ...labelled('Labels', metadata?.labels),
      ...(Object.keys(annotations ?? {}).length > 0 ? annotated('Annotations', annotations) : []),
      row('Service Account', spec?.serviceAccountName),
    ],
    ...((spec?.initContainers ?? []).length > 0
      ? containerLines({ title: 'Init Containers', containers: spec?.initContainers }, ' ')
      : []),
    ...containerLines({ title: 'Containers', containers: spec?.containers }, ' '),
    ...volumeLines(spec?.volumes, ' '),
    [
      ...spread(spec?.topologySpreadConstraints),
      row('Priority Class Name', spec?.priorityClassName),
      ...labelled('Node-Selectors', spec?.nodeSelector),
      ...tolerated(spec?.tolerations),
    ],
    ...grouped(spec?.schedulingGroup, '  '),
  ];
}

function readiness({ spec, status }: Pod): Lines {
  if (!spec.readinessGates?.length) return [];
  return [
    'Readiness Gates:',
    [
      'Type\tStatus',
      ...spec.readinessGates.map(({ conditionType }) => {
        const found = status?.conditions?.find(({ type }) => type === conditionType);
        return `${conditionType} \t${found?.status ?? '<none>'} `;
      }),
    ],
  ];
}

const conditions = ({ status }: Pod): Lines =>
  section(
    'Conditions:',
    status?.conditions?.length
      ? ['Type\tStatus', ...status.conditions.map((each) => `${each.type} \t${each.status} `)]
      : [],
  );

function state({ metadata, status }: Pod, nowMs: number): Lines {
  const isOver = status?.phase === 'Failed' || status?.phase === 'Succeeded';
  if (!metadata.deletionTimestamp || isOver) return [`Status:\t${status?.phase ?? ''}`];
  return [
    `Status:\t${terminating(metadata, nowMs)}`,
    `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds}s`,
  ];
}

function containers(pod: Pod): Lines {
  const { spec, status } = pod;
  const { initContainers, ephemeralContainers } = spec;
  const groups = [
    initContainers?.length && {
      ...{ title: 'Init Containers', containers: initContainers, pod },
      statuses: status?.initContainerStatuses,
    },
    {
      ...{ title: 'Containers', containers: spec.containers, pod },
      statuses: status?.containerStatuses,
    },
    ephemeralContainers?.length && {
      ...{ title: 'Ephemeral Containers', containers: ephemeralContainers, pod },
      statuses: status?.ephemeralContainerStatuses,
    },
  ];
  return groups.flatMap((group) => (group ? containerLines(group) : []));
}

function lines(pod: Pod, _: undefined, nowMs: number): Lines {
  const { metadata, spec, status } = pod;
  const seccomp = spec.securityContext?.seccompProfile;
  const ips = status?.podIPs ?? [];
  return [
    ...placed(metadata),
    row('Priority', spec.priority),
    row('Priority Class Name', spec.priorityClassName),
    row('Runtime Class Name', spec.runtimeClassName),
    row('Service Account', spec.serviceAccountName),
    `Node:\t${spec.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>'}`,
    status?.startTime && `Start Time:\t${timeText(status.startTime)}`,
    ...labelsOf(metadata),
    ...state(pod, nowMs),
    row('Reason', status?.reason),
    row('Message', status?.message),
    seccomp && `SeccompProfile:\t${seccomp.type}`,
    seccomp?.type === 'Localhost' && `LocalhostProfile:\t${seccomp.localhostProfile ?? ''}`,
    `IP:\t${status?.podIP ?? ''}`,
    ips.length > 0 ? 'IPs:' : 'IPs:\t<none>',
    ips.map(({ ip }) => `IP:\t${ip}`),
    controller(metadata),
    row('NominatedNodeName', status?.nominatedNodeName),
    spec.resources && 'Resources:',
    resourceLines(spec.resources),
    ...containers(pod),
    ...readiness(pod),
    ...conditions(pod),
    ...volumeLines(spec.volumes),
    `QoS Class:\t${status?.qosClass ?? ''}`,
    ...labelled('Node-Selectors', spec.nodeSelector),
    ...tolerated(spec.tolerations),
    ...spread(spec.topologySpreadConstraints),
    ...grouped(spec.schedulingGroup),
  ];
}

const mirrorOf = 'kubernetes.io/config.mirror';

/** A Pod. */
export const pod: Describer = describer({
  resource: Pods,
  lines,
  events: ({ metadata }) => [
    {
      kind: '',
      metadata: { ...metadata, uid: metadata.annotations?.[mirrorOf] ?? metadata.uid },
    },
  ],
});
