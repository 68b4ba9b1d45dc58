import {
  CSINodes,
  PersistentVolumeClaims,
  PersistentVolumes,
  Pods,
  StorageClasses,
  VolumeAttributesClasses,
} from '@coxswain/api';
import type { PersistentVolume, PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import { classOf } from '@coxswain/api/volumes';
import { labelsText } from '../../printers/table.ts';
import { type Ask, type Describer, describer } from './describer.ts';
import {
  boolText,
  labelsOf,
  type Lines,
  listText,
  named,
  quantityText,
  row,
  section,
  timeText,
  values,
  watchedConditions,
} from './lines.ts';
import { terminating } from './pod.ts';
import { claimLines, clusterSource, modesText } from './volumes.ts';

interface Expression {
  readonly key: string;
  readonly operator?: string;
  readonly values?: readonly string[] | undefined;
}

/** `Term 0:  zone in [a, b]`, its further expressions below. */
const termLines = (terms: readonly (readonly Expression[] | undefined)[]): Lines =>
  terms.flatMap((term, at) =>
    values(
      `Term ${at}`,
      (term ?? []).map(
        ({ key, operator = 'In', values: given }) =>
          `${key} ${operator.toLowerCase()}${given?.length ? ` [${given.join(', ')}]` : ''}`,
      ),
    ),
  );

function nodeAffinity({ spec }: PersistentVolume): Lines {
  const required = spec?.nodeAffinity?.required;
  if (!required) return ['Node Affinity:\t<none>'];
  const terms = required.nodeSelectorTerms ?? [];
  return [
    'Node Affinity:\t',
    [
      `Required Terms:\t${terms.length === 0 ? '<none>' : ''}`,
      termLines(terms.map(({ matchExpressions }) => matchExpressions)),
    ],
  ];
}

/** The phase, unless it is about to go. */
const stateText = (
  { metadata, status }: PersistentVolume | PersistentVolumeClaim,
  nowMs: number,
): string => (metadata.deletionTimestamp ? terminating(metadata, nowMs) : (status?.phase ?? ''));

/** A PersistentVolume. */
export const persistentVolume: Describer = describer({
  resource: PersistentVolumes,
  lines(object, _, nowMs) {
    const { metadata, spec, status } = object;
    const { claimRef } = spec;
    return [
      ...named(metadata),
      `Finalizers:\t${listText(metadata.finalizers)}`,
      `StorageClass:\t${classOf(object)}`,
      `Status:\t${stateText(object, nowMs)}`,
      `Claim:\t${claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : ''}`,
      `Reclaim Policy:\t${spec.persistentVolumeReclaimPolicy ?? ''}`,
      `Access Modes:\t${modesText(spec.accessModes)}`,
      row('VolumeMode', spec.volumeMode),
      `Capacity:\t${quantityText(spec.capacity?.['storage'])}`,
      ...nodeAffinity(object),
      `Message:\t${status?.message ?? ''}`,
      'Source:',
      ...clusterSource(spec),
    ];
  },
});

/** The pods that use a claim, or that it was made for. */
async function usersOf(ask: Ask, { metadata }: PersistentVolumeClaim): Promise<readonly string[]> {
  const owners = new Set(
    (metadata.ownerReferences ?? []).filter(({ kind }) => kind === 'Pod').map(({ uid }) => uid),
  );
  return (await ask.list(Pods, metadata.namespace ?? ''))
    .flatMap((pod) => {
      const uses = (pod.spec.volumes ?? []).filter(
        ({ persistentVolumeClaim: claim }) => claim?.claimName === metadata.name,
      );
      const isOwner = uses.length === 0 && owners.has(pod.metadata.uid ?? '');
      return isOwner ? [pod.metadata.name] : uses.map(() => pod.metadata.name);
    })
    .toSorted();
}

/** A PersistentVolumeClaim. */
export const persistentVolumeClaim: Describer = describer({
  resource: PersistentVolumeClaims,
  ask: usersOf,
  lines: (object, pods, nowMs) => [
    ...claimLines(object, true, stateText(object, nowMs)),
    ...values('Used By', pods),
    ...watchedConditions(
      'LastProbeTime',
      (object.status?.conditions ?? []).map((each) => ({ ...each, at: each.lastProbeTime })),
    ),
  ],
});

const defaultClass = /^storageclass\.(beta\.)?kubernetes\.io\/is-default-class$/;

/** A StorageClass. */
export const storageClass: Describer = describer({
  resource: StorageClasses,
  lines(object) {
    const { metadata, mountOptions = [], allowedTopologies } = object;
    const isDefault = Object.entries(metadata.annotations ?? {}).some(
      ([key, value]) => defaultClass.test(key) && value === 'true',
    );
    return [
      `Name:\t${metadata.name}`,
      `IsDefaultClass:\t${isDefault ? 'Yes' : 'No'}`,
      `Annotations:\t${labelsText(metadata.annotations)}`,
      `Provisioner:\t${object.provisioner}`,
      `Parameters:\t${labelsText(object.parameters)}`,
      `AllowVolumeExpansion:\t${boolText(object.allowVolumeExpansion)}`,
      mountOptions.length === 0 ? 'MountOptions:\t<none>' : 'MountOptions:',
      mountOptions,
      row('ReclaimPolicy', object.reclaimPolicy),
      row('VolumeBindingMode', object.volumeBindingMode),
      allowedTopologies && `AllowedTopologies:\t${allowedTopologies.length === 0 ? '<none>' : ''}`,
      termLines((allowedTopologies ?? []).map((term) => term.matchLabelExpressions)),
    ];
  },
});

/** A VolumeAttributesClass. */
export const volumeAttributesClass: Describer = describer({
  resource: VolumeAttributesClasses,
  lines: ({ metadata, driverName, parameters }) => [
    `Name:\t${metadata.name}`,
    `Annotations:\t${labelsText(metadata.annotations)}`,
    `DriverName:\t${driverName}`,
    `Parameters:\t${labelsText(parameters)}`,
  ],
});

/** A CSINode. */
export const csiNode: Describer = describer({
  resource: CSINodes,
  lines: ({ metadata, spec }) => [
    `Name:\t${metadata.name}`,
    ...labelsOf(metadata),
    `CreationTimestamp:\t${timeText(metadata.creationTimestamp)}`,
    'Spec:',
    spec.drivers && [
      'Drivers:',
      spec.drivers.flatMap(({ name, nodeID, allocatable, topologyKeys }): Lines => [
        `${name}:`,
        [
          `Node ID:\t${nodeID}`,
          ...section(
            'Allocatables:',
            typeof allocatable?.count === 'number' ? [`Count:\t${allocatable.count}`] : [],
          ),
          topologyKeys && `Topology Keys:\t${listText(topologyKeys)}`,
        ],
      ]),
    ],
  ],
});
