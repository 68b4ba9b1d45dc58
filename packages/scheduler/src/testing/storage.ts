/** Claims, volumes and classes for tests, and pods that use them. */
import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Volume,
} from '@coxswain/api/types/core-v1';
import type { CSINode, StorageClass } from '@coxswain/api/types/storage-v1';
import { noStorage, type Storage } from '../framework/storage.ts';
import { node, pod } from './objects.ts';

export const zoneKey = 'topology.kubernetes.io/zone';
export const done = { 'pv.kubernetes.io/bind-completed': 'yes' };

export function claim(
  name: string,
  spec: PersistentVolumeClaim['spec'] = {},
  annotations: Record<string, string> = spec.volumeName ? done : {},
): PersistentVolumeClaim {
  const metadata = { name, namespace: 'default', uid: `uid-${name}`, annotations };
  const resources = { requests: { storage: '1Gi' } };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata,
    spec: { resources, ...spec },
  };
}

export const reaches = (zone: string): Partial<PersistentVolume['spec'] & object> => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: zoneKey, operator: 'In', values: [zone] }] }],
    },
  },
});
export const volume = (
  name: string,
  spec: Partial<PersistentVolume['spec'] & object> = {},
  labels: Record<string, string> = {},
): PersistentVolume => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name, labels } },
  spec: { capacity: { storage: '5Gi' }, ...spec } as PersistentVolume['spec'] & object,
  status: { phase: 'Available' },
});
export const storageClass = (name: string, more: Partial<StorageClass> = {}): StorageClass => ({
  metadata: { name },
  provisioner: 'csi.example.com',
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
});
export const csiNode = (count: number): CSINode => ({
  metadata: { name: 'n' },
  spec: { drivers: [{ name: 'd', nodeID: 'n', allocatable: { count } }] },
});

export interface Has {
  readonly claims?: readonly PersistentVolumeClaim[];
  readonly volumes?: readonly PersistentVolume[];
  readonly classes?: readonly StorageClass[];
  readonly more?: Partial<Storage>;
}
export const named =
  <T extends { metadata: { name: string } }>(list: readonly T[] | undefined) =>
  (name: string): T | undefined =>
    list?.find(({ metadata }) => metadata.name === name);
export const storage = ({ claims, volumes = [], classes, more }: Has): Storage => ({
  ...noStorage,
  claim: named(claims),
  volume: named(volumes),
  volumesOfClass: (name) => volumes.filter(({ spec }) => (spec?.storageClassName ?? '') === name),
  storageClass: named(classes),
  ...more,
});

export const using = (name: string, ...claims: readonly string[]): Pod =>
  pod(name, {
    volumes: claims.map((claimName) => ({
      name: claimName,
      persistentVolumeClaim: { claimName },
    })),
  });
export const mounting = (name: string, source: Partial<Volume>): Pod =>
  pod(name, { volumes: [{ name: 'v', ...source }] });
export const carrying: Pod = mounting('p', {
  ephemeral: { volumeClaimTemplate: { spec: {} } } as object,
});
export const inA: Node = node('n', { labels: { [zoneKey]: 'a' } });
