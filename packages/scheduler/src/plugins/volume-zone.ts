import type { PersistentVolume, Pod } from '@coxswain/api/types/core-v1';
import { classOf, isDelayed } from '@coxswain/api/volumes';
import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';
import type { Storage } from '../framework/storage.ts';
import { usesClaim } from '../volumes/pod-claims.ts';

/** A label of a bound volume that its node must have in common. */
interface Topology {
  readonly key: string;
  readonly values: ReadonlySet<string>;
}

/** The labels that count, with the present name of the old ones. */
const keys: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
};
const delimiter = '__';
const elsewhere = rejected('node(s) had no available volume zone', false);

function topologiesOf({ metadata: { labels = {} } }: PersistentVolume): readonly Topology[] {
  return Object.keys(keys).flatMap((key) => {
    const zones = labels[key]?.split(delimiter).map((zone) => zone.trim());
    return zones?.every((zone) => zone !== '') ? [{ key, values: new Set(zones) }] : [];
  });
}

const textOf = (volume: PersistentVolume): string =>
  topologiesOf(volume)
    .map(({ key, values }) => `${key}=${[...values].toSorted()}`)
    .join();

/** What the volume behind one claim demands, or why the pod has to wait. */
function demandOf(name: string, pod: Pod, storage: Storage): readonly Topology[] | string {
  if (!name) return 'PersistentVolumeClaim had no name';
  const claim = storage.claim(name, pod.metadata.namespace);
  if (!claim) return `persistentvolumeclaim "${name}" not found`;
  const { volumeName } = claim.spec;
  if (volumeName) {
    const volume = storage.volume(volumeName);
    return volume ? topologiesOf(volume) : `persistentvolume "${volumeName}" not found`;
  }
  const className = classOf(claim);
  if (!className) return 'PersistentVolumeClaim had no pv name and storageClass name';
  const found = storage.storageClass(className);
  if (!found) return `storageclass.storage.k8s.io "${className}" not found`;
  if (!found.volumeBindingMode) return `VolumeBindingMode not set for StorageClass "${className}"`;
  return isDelayed(found) ? [] : 'PersistentVolume had no name';
}

/** Keeps pods to nodes in the zones of their volumes, as the labels of these say. */
export const volumeZone: SchedulerPlugin<readonly Topology[]> = {
  name: 'VolumeZone',
  wakeOn: [
    {
      event: 'class',
      cures: (_pod, event) => event.type === 'class' && !event.before && isDelayed(event.now),
    },
    { event: 'node/add' },
    { event: 'node/labels' },
    {
      event: 'claim',
      cures: (pod, event) => event.type === 'claim' && usesClaim(pod, event.now, 'named'),
    },
    {
      event: 'volume',
      cures: (_pod, event) =>
        event.type === 'volume' && (!event.before || textOf(event.before) !== textOf(event.now)),
    },
  ],
  prepare(pod, { around }) {
    const demands: Topology[] = [];
    for (const { persistentVolumeClaim: use } of pod.spec.volumes ?? []) {
      const demand = use ? demandOf(use.claimName, pod, around.storage) : [];
      if (typeof demand === 'string') return { is: 'rejected', reason: demand };
      demands.push(...demand);
    }
    return demands.length === 0 ? { is: 'skip' } : { is: 'ready', state: demands };
  },
  filter(demands, { node }) {
    const { labels = {} } = node.metadata;
    if (!Object.keys(keys).some((key) => labels[key] !== undefined)) return fits;
    const suits = demands.every(({ key, values }) => {
      const value = labels[key] ?? labels[keys[key]!];
      return value !== undefined && values.has(value);
    });
    return suits ? fits : elsewhere;
  },
};
