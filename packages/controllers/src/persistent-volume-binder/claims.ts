import {
  type KubeObject,
  PersistentVolumeClaims,
  PersistentVolumes,
  Pods,
  StorageClasses,
} from '@coxswain/api';
import type { PersistentVolume, PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import type { StorageClass } from '@coxswain/api/types/storage-v1';
import {
  bindCompleted,
  classOf,
  hasClass,
  isDelayed,
  isFor,
  selectedNode,
} from '@coxswain/api/volumes';
import { keyOf } from '@coxswain/client';
import type { Action, Because, Controller, Observed, Said } from '@coxswain/control';
import { claimNames, podsByClaim } from '../pods/indexes.ts';
import { bind, claimStatus } from './bind.ts';
import { bestVolume, mismatch } from './match.ts';

type Claim = PersistentVolumeClaim;
type Reads = Pick<Observed, 'by'>;

const waiting = (claim: Claim): readonly string[] =>
  claim.metadata.annotations?.[bindCompleted] === undefined ? ['yes'] : [];
const allWaiting = (observed: Reads): readonly string[] =>
  observed.by(PersistentVolumeClaims, 'waiting', 'yes').map(keyOf);
const claimOf = ({ spec }: PersistentVolume): readonly string[] =>
  spec?.claimRef ? [`${spec.claimRef.namespace}/${spec.claimRef.name}`] : [];
export const claimsByVolume = ({ spec }: Claim): readonly string[] =>
  spec.volumeName ? [spec.volumeName] : [];

/** Binds claims to the volumes that there are, and tells what those that find none wait for. */
export const claimBinder: Controller<Claim> = {
  name: 'persistentvolume-binder-controller',
  account: 'persistent-volume-binder',
  eventSource: 'persistentvolume-controller',
  reconciles: PersistentVolumeClaims,
  indexes: { waiting, volume: claimsByVolume },
  watches: [
    {
      resource: PersistentVolumes,
      // A free volume may be what anybody waits for.
      keys: (now, before, observed) => [
        ...(now ? claimOf(now) : []),
        ...(before ? claimOf(before) : []),
        ...observed.by(PersistentVolumeClaims, 'volume', (now ?? before)!.metadata.name).map(keyOf),
        ...(now?.status?.phase === 'Available' ? allWaiting(observed) : []),
      ],
    },
    { resource: StorageClasses, keys: (now, _, observed) => (now ? allWaiting(observed) : []) },
    {
      resource: Pods,
      keys: (now, before) =>
        now && !before ? claimNames(now).map((name) => `${now.metadata.namespace}/${name}`) : [],
      indexes: { claim: podsByClaim },
    },
  ],
  writes: [
    { resource: PersistentVolumeClaims, verbs: ['update'] },
    { resource: PersistentVolumeClaims, subresource: 'status', verbs: ['update'] },
    { resource: PersistentVolumes, verbs: ['update'] },
    { resource: PersistentVolumes, subresource: 'status', verbs: ['update'] },
  ],
  // One after the other: each sees the volume that the one before it took.
  workers: 1,
  plan(claim, observed) {
    if (!claim) return { actions: [] };
    const isBound = claim.metadata.annotations?.[bindCompleted] !== undefined;
    const actions = isBound ? planBound(claim, observed) : planUnbound(claim, observed);
    return { actions, why: saidIn(claim, actions) };
  },
};

/** What a claim that is not bound waits for: the plan says it by the reason of its event. */
const saidIn = ({ status, spec }: Claim, actions: readonly Action[]): readonly Because[] =>
  actions.flatMap((action): Because[] => {
    const said =
      action.do === 'event'
        ? action
        : 'announce' in action && status?.phase !== 'Bound'
          ? action.announce?.done?.(action.object)
          : undefined;
    if (!said) return [];
    const { reason: verdict, message } = said;
    return [{ verdict, facts: { message, storageClass: spec.storageClassName ?? '' } }];
  });

const tell = (claim: Claim, said: Said): Action => ({
  do: 'event',
  about: claim as KubeObject,
  ...said,
});
const normal = (reason: string, message: string): Said => ({ type: 'Normal', reason, message });
const warning = (reason: string, message: string): Said => ({ type: 'Warning', reason, message });

function planBound(claim: Claim, observed: Observed): readonly Action[] {
  const { volumeName } = claim.spec;
  const lost = (reason: string, message: string): readonly Action[] =>
    (claim.status?.phase === 'Lost'
      ? undefined
      : claimStatus(claim, 'Lost', undefined, warning(reason, message))) ?? [];
  if (!volumeName)
    return lost(
      'ClaimLost',
      'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
    );
  const volume = observed.get(PersistentVolumes, volumeName);
  if (!volume)
    return lost(
      'ClaimLost',
      'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    );
  const owner = volume.spec?.claimRef;
  if (owner && owner.uid !== claim.metadata.uid)
    return lost(
      'ClaimMisbound',
      'Two claims are bound to the same volume, this one is bound incorrectly',
    );
  return bind(volume, claim);
}

const pending = (claim: Claim, ...said: readonly Said[]): readonly Action[] => [
  ...said.map((each) => tell(claim, each)),
  ...(claimStatus(claim, 'Pending', undefined) ?? []),
];

function planUnbound(claim: Claim, observed: Observed): readonly Action[] {
  const { volumeName } = claim.spec;
  if (!volumeName) return planFree(claim, observed);
  const volume = observed.get(PersistentVolumes, volumeName);
  if (!volume) return pending(claim);
  if (isFor(volume, claim)) return bind(volume, claim);
  if (volume.spec?.claimRef)
    return pending(
      claim,
      warning('FailedBinding', `volume "${volumeName}" already bound to a different claim.`),
    );
  const why = mismatch(volume, claim);
  return why
    ? pending(
        claim,
        warning('VolumeMismatch', `Cannot bind to requested volume "${volumeName}": ${why}`),
      )
    : bind(volume, claim);
}

function planFree(claim: Claim, observed: Observed): readonly Action[] {
  const name = classOf(claim);
  const found = name ? observed.get(StorageClasses, name) : undefined;
  const delayed = isDelayed(found);
  const volume = bestVolume(claim, observed.all(PersistentVolumes), delayed);
  if (volume) return bind(volume, claim);
  const usual = hasClass(claim) ? undefined : defaultClass(observed.all(StorageClasses));
  if (usual) {
    const object = { ...claim, spec: { ...claim.spec, storageClassName: usual.metadata.name } };
    return [{ do: 'update', resource: PersistentVolumeClaims, object }];
  }
  if (delayed && claim.metadata.annotations?.[selectedNode] === undefined)
    return pending(claim, waitsFor(claim, observed));
  if (name) return provision(claim, name, found);
  return pending(
    claim,
    normal(
      'FailedBinding',
      'no persistent volumes available for this claim and no storage class is set',
    ),
  );
}

function waitsFor(claim: Claim, observed: Observed): Said {
  const pods = observed
    .by(Pods, 'claim', keyOf(claim))
    .filter(
      ({ spec, status }) =>
        !spec.nodeName && status?.phase !== 'Failed' && status?.phase !== 'Succeeded',
    )
    .map(({ metadata }) => metadata.name);
  if (pods.length === 0)
    return normal(
      'WaitForFirstConsumer',
      'waiting for first consumer to be created before binding',
    );
  const what = pods.length > 1 ? 'pods' : 'pod';
  return normal('WaitForPodScheduled', `waiting for ${what} ${pods.join(',')} to be scheduled`);
}

const provisionerKeys = [
  'volume.beta.kubernetes.io/storage-provisioner',
  'volume.kubernetes.io/storage-provisioner',
];

/** Names the provisioner on the claim, which is how an outside one learns of its work. */
function provision(claim: Claim, name: string, found: StorageClass | undefined): readonly Action[] {
  if (!found)
    return [
      tell(claim, warning('ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`)),
    ];
  const { provisioner } = found;
  if (provisioner.startsWith('kubernetes.io/'))
    return [
      tell(claim, warning('ProvisioningFailed', `no volume plugin matched name: ${provisioner}`)),
    ];
  const { annotations } = claim.metadata;
  if (provisionerKeys.some((key) => annotations?.[key] !== provisioner)) {
    const named = Object.fromEntries(provisionerKeys.map((key) => [key, provisioner]));
    const metadata = { ...claim.metadata, annotations: { ...annotations, ...named } };
    return [{ do: 'update', resource: PersistentVolumeClaims, object: { ...claim, metadata } }];
  }
  return [
    tell(
      claim,
      normal(
        'ExternalProvisioning',
        `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
      ),
    ),
  ];
}

/** Of several defaults the one made last; of those made at once the first by name. */
function defaultClass(all: readonly StorageClass[]): StorageClass | undefined {
  const madeOf = ({ metadata }: StorageClass): string => metadata.creationTimestamp ?? '';
  return all
    .filter(({ metadata: { annotations } }) =>
      ['storageclass.kubernetes.io', 'storageclass.beta.kubernetes.io'].some(
        (group) => annotations?.[`${group}/is-default-class`] === 'true',
      ),
    )
    .toSorted((a, b) =>
      madeOf(a) === madeOf(b)
        ? a.metadata.name < b.metadata.name
          ? -1
          : 1
        : madeOf(a) > madeOf(b)
          ? -1
          : 1,
    )[0];
}
