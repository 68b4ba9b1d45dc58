import type { Pod, Volume } from '@coxswain/api/types/core-v1';
import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { usesClaim } from '../volumes/pod-claims.ts';

interface State {
  /** Volumes that some disks of which cannot be mounted twice. */
  readonly disks: readonly Volume[];
  /** Claims that one pod alone may use, and how many uses of others stand in the way. */
  readonly exclusive: ReadonlySet<string>;
  readonly uses: number;
}

const diskTaken = rejected('node(s) had no available disk', true);
const claimTaken = rejected(
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
  true,
);

const isDisk = ({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }: Volume): boolean =>
  Boolean(gcePersistentDisk ?? awsElasticBlockStore ?? rbd ?? iscsi);

type Disk = { readonly readOnly?: boolean | undefined };
const oneWrites = (a: Disk, b: Disk): boolean => !(a.readOnly && b.readOnly);

/** Whether both volumes are the same disk, in a way that it does not allow. */
function collide(a: Volume, b: Volume): boolean {
  const { gcePersistentDisk: gce, awsElasticBlockStore: aws, iscsi, rbd } = a;
  const other = b.gcePersistentDisk;
  if (gce && other && gce.pdName === other.pdName && oneWrites(gce, other)) return true;
  if (aws && aws.volumeID === b.awsElasticBlockStore?.volumeID) return true;
  if (iscsi && b.iscsi && iscsi.iqn === b.iscsi.iqn && oneWrites(iscsi, b.iscsi)) return true;
  return (
    rbd !== undefined &&
    b.rbd !== undefined &&
    rbd.monitors.some((monitor) => b.rbd!.monitors.includes(monitor)) &&
    (rbd.pool ?? 'rbd') === (b.rbd.pool ?? 'rbd') &&
    rbd.image === b.rbd.image &&
    oneWrites(rbd, b.rbd)
  );
}

const collides = (disks: readonly Volume[], pods: Iterable<Pod>): boolean => {
  if (disks.length === 0) return false;
  for (const { spec } of pods)
    if (disks.some((disk) => spec.volumes?.some((volume) => collide(disk, volume)))) return true;
  return false;
};

const namesOf = ({ spec }: Pod): readonly string[] =>
  (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: use }) => (use ? [use.claimName] : []));

const usesOf = (exclusive: ReadonlySet<string>, other: Pod, pod: Pod): number =>
  other.metadata.namespace === pod.metadata.namespace
    ? namesOf(other).filter((name) => exclusive.has(name)).length
    : 0;

function* podsOn(nodes: Iterable<NodeInfo>): Iterable<Pod> {
  for (const { pods } of nodes) yield* pods;
}

/** Keeps pods from a disk, or a claim for one pod alone, that another pod holds. */
export const volumeRestrictions: SchedulerPlugin<State> = {
  name: 'VolumeRestrictions',
  wakeOn: [
    {
      event: 'pod/deleted',
      cures: (pod, event) =>
        event.type === 'pod/deleted' &&
        event.pod.metadata.namespace === pod.metadata.namespace &&
        (collides((pod.spec.volumes ?? []).filter(isDisk), [event.pod]) ||
          usesOf(new Set(namesOf(pod)), event.pod, pod) > 0),
    },
    { event: 'node/add' },
    {
      event: 'claim',
      cures: (pod, event) =>
        event.type === 'claim' && !event.before && usesClaim(pod, event.now, 'named'),
    },
  ],
  prepare(pod, { nodes, around }) {
    const { volumes } = pod.spec;
    if (!volumes?.length) return { is: 'skip' };
    const exclusive = new Set<string>();
    for (const name of namesOf(pod)) {
      const claim = around.storage.claim(name, pod.metadata.namespace);
      if (!claim) return { is: 'rejected', reason: `persistentvolumeclaim "${name}" not found` };
      if (claim.spec.accessModes?.includes('ReadWriteOncePod')) exclusive.add(name);
    }
    const disks = volumes.filter(isDisk);
    let uses = 0;
    // As upstream, a claim counts once here however many use it.
    if (exclusive.size > 0) {
      const used = new Set<string>();
      for (const other of podsOn(nodes.values()))
        if (usesOf(exclusive, other, pod) > 0)
          for (const name of namesOf(other)) if (exclusive.has(name)) used.add(name);
      uses = used.size;
    }
    if (disks.length === 0 && uses === 0) return { is: 'skip' };
    return { is: 'ready', state: { disks, exclusive, uses } };
  },
  shift: (state, other, _node, times, pod) => ({
    ...state,
    uses: state.uses + times * usesOf(state.exclusive, other, pod),
  }),
  filter({ disks, uses }, { pods }) {
    if (collides(disks, pods)) return diskTaken;
    return uses > 0 ? claimTaken : fits;
  },
};
