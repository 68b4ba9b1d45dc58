import type { Pod } from '@coxswain/api/types/core-v1';
import type { CSINode } from '@coxswain/api/types/storage-v1';
import { claimsOf, classOf, notOwned } from '@coxswain/api/volumes';
import { fits, rejected, type SchedulerPlugin, type Verdict } from '../framework/plugin.ts';
import type { Storage } from '../framework/storage.ts';
import { usesClaim } from '../volumes/pod-claims.ts';

/** Volumes by a name of their own, with the driver that attaches them. */
type Attached = ReadonlyMap<string, string>;

type State =
  | { readonly wanted: Attached; readonly storage: Storage }
  /** A claim of the pod is not there: what is said of every node. */
  | { readonly missing: Verdict };

const tooMany = rejected('node(s) exceed max volume count', true);

/** The volumes of `pod` that a CSI driver attaches. Claims that are not known count for nothing. */
function attachable(pod: Pod, storage: Storage): Attached {
  const found = new Map<string, string>();
  const { namespace } = pod.metadata;
  for (const { claim: name, isOwn } of claimsOf(pod)) {
    const claim = storage.claim(name, namespace);
    if (!claim || (isOwn && notOwned(claim, pod))) continue;
    const volume = storage.volume(claim.spec.volumeName ?? '');
    if (volume) {
      const { csi } = volume.spec ?? {};
      if (csi) found.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
      continue;
    }
    // Not bound: it will be its class's driver's, under a name that nobody knows yet.
    const driver = storage.storageClass(classOf(claim))?.provisioner;
    if (driver) found.set(`${driver}/unbound ${namespace}/${name}`, driver);
  }
  return found;
}

const limitsOf = (node: CSINode | undefined): ReadonlyMap<string, number> =>
  new Map(
    (node?.spec.drivers ?? []).flatMap(({ name, allocatable }) =>
      allocatable?.count === undefined ? [] : [[name, allocatable.count] as const],
    ),
  );

const hasClaim = (pod: Pod): boolean => claimsOf(pod).length > 0;

/** Keeps pods off nodes that cannot attach so many volumes of a CSI driver. */
export const nodeVolumeLimits: SchedulerPlugin<State> = {
  name: 'NodeVolumeLimits',
  wakeOn: [
    {
      event: 'csi-node',
      cures(_pod, event) {
        if (event.type !== 'csi-node' || !event.before) return true;
        const before = limitsOf(event.before);
        return [...limitsOf(event.now)].some(([driver, max]) => max > (before.get(driver) ?? 0));
      },
    },
    {
      event: 'pod/deleted',
      cures: (_pod, event) => event.type === 'pod/deleted' && hasClaim(event.pod),
    },
    {
      event: 'claim',
      cures: (pod, event) =>
        event.type === 'claim' && !event.before && usesClaim(pod, event.now, 'any'),
    },
    {
      event: 'attachment/deleted',
      cures: ({ spec }) => (spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim),
    },
  ],
  prepare(pod, { around: { storage } }) {
    const uses = claimsOf(pod);
    if (uses.length === 0) return { is: 'skip' };
    const { namespace } = pod.metadata;
    const missing = uses.find(({ claim }) => !storage.claim(claim, namespace))?.claim;
    if (missing !== undefined)
      return { is: 'ready', state: { missing: unknown(namespace, missing) } };
    const wanted = attachable(pod, storage);
    return wanted.size === 0 ? { is: 'skip' } : { is: 'ready', state: { wanted, storage } };
  },
  filter(state, { name, pods }) {
    if ('missing' in state) return state.missing;
    const { wanted, storage } = state;
    const limits = limitsOf(storage.csiNode(name));
    if (limits.size === 0) return fits;
    const held = new Map<string, string>();
    for (const pod of pods)
      for (const [volume, driver] of attachable(pod, storage)) held.set(volume, driver);
    const added = [...wanted].filter(([volume]) => !held.has(volume));
    for (const { spec } of storage.attachmentsTo(name)) {
      const csi = storage.volume(spec.source.persistentVolumeName ?? '')?.spec?.csi;
      if (csi && spec.attacher) held.set(`${spec.attacher}/${csi.volumeHandle}`, spec.attacher);
    }
    const count = (drivers: Iterable<string>, driver: string): number =>
      [...drivers].filter((each) => each === driver).length;
    const addedDrivers = added.map(([, driver]) => driver);
    const exceeds = new Set(addedDrivers)
      .values()
      .some(
        (driver) =>
          count(held.values(), driver) + count(addedDrivers, driver) >
          (limits.get(driver) ?? Infinity),
      );
    return exceeds ? tooMany : fits;
  },
};

const unknown = (namespace: string | undefined, claim: string): Verdict =>
  rejected(
    `looking up PVC ${namespace}/${claim}: persistentvolumeclaim "${claim}" not found`,
    false,
  );
