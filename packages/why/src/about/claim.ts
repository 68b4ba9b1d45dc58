import { PersistentVolumeClaims, PersistentVolumes, Pods, StorageClasses } from '@coxswain/api';
import type { PersistentVolume, PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import {
  askedOf,
  classOf,
  hasAccess,
  isDelayed,
  isFor,
  isSelected,
  sameMode,
  serves,
  sizeOf,
} from '@coxswain/api/volumes';
import {
  type Cause,
  causeOf,
  type Facts,
  inNamespace,
  kept,
  refOf,
  specEvidence,
  stepOf,
} from '../cause.ts';
import { eventEvidence, type Look } from '../look.ts';
import { type Explainer, explainer } from './explainer.ts';
import { heldBack } from './terminating.ts';

type Claim = PersistentVolumeClaim;

/** Why a claim has no volume, or does not go. */
export async function explainClaim(claim: Claim, look: Look): Promise<readonly Cause[]> {
  if (claim.metadata.deletionTimestamp) return heldBack(PersistentVolumeClaims, claim, look);
  const phase = claim.status?.phase;
  if (phase === 'Bound') return [];
  const about = refOf('PersistentVolumeClaim', claim);
  const own = look
    .reasons(about)
    .filter(({ component }) => component === 'persistentvolume-binder-controller');
  const events = (await look.events(about)).slice(0, 1).map(eventEvidence);
  const evidence = own.length > 0 ? own.map(kept) : events;
  const volume = claim.spec.volumeName ?? '';
  if (phase === 'Lost')
    return [
      causeOf(
        'claim-lost-volume',
        about,
        { volume },
        { evidence, steps: [stepOf('restore-volume', { volume })] },
      ),
    ];
  if (volume) return [await namedVolume(claim, volume, look)];
  const name = classOf(claim);
  if (!name)
    return [
      causeOf(
        'claim-without-class',
        about,
        { size: askedOf(claim) },
        {
          evidence,
          because: await noneServes(claim, look),
          steps: [stepOf('name-a-class', {}, 'kubectl get storageclass')],
        },
      ),
    ];
  const found = await look.get(StorageClasses, name);
  if (!found && look.hidden.has('storageclasses'))
    return [causeOf('claim-waits-for-volume', about, { class: name }, { evidence })];
  if (!found) {
    const known = (await look.list(StorageClasses)).map(({ metadata }) => metadata.name).join(', ');
    const because = await noneServes(claim, look);
    return [
      causeOf(
        'no-such-class',
        about,
        { class: name, known },
        { evidence, because, steps: [stepOf('name-a-class', {}, 'kubectl get storageclass')] },
      ),
    ];
  }
  if (isDelayed(found)) {
    const users = (await look.list(Pods, { namespace: claim.metadata.namespace })).filter(
      ({ spec }) =>
        spec.volumes?.some(
          ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name,
        ),
    );
    const waiting = users.find(({ spec }) => !spec.nodeName);
    if (users.length === 0)
      return [
        causeOf(
          'claim-waits-for-first-pod',
          about,
          { class: name },
          { evidence, steps: [stepOf('make-a-pod-use-it')] },
        ),
      ];
    if (waiting)
      return [
        causeOf(
          'claim-waits-for-pod',
          about,
          { class: name, pod: waiting.metadata.name },
          {
            evidence,
            steps: [
              stepOf(
                'why-dependent',
                { example: `pod/${waiting.metadata.name}` },
                `cox why pod/${waiting.metadata.name}${inNamespace(about)}`,
              ),
            ],
          },
        ),
      ];
  }
  const { provisioner } = found;
  if (provisioner === 'kubernetes.io/no-provisioner')
    return [
      causeOf(
        'claim-needs-made-volume',
        about,
        { class: name, size: askedOf(claim) },
        {
          evidence,
          because: await noneServes(claim, look),
          steps: [stepOf('make-a-volume', { class: name, size: askedOf(claim) })],
        },
      ),
    ];
  return [
    causeOf(
      'claim-waits-for-provisioner',
      about,
      { class: name, provisioner },
      { evidence, steps: [stepOf('see-that-it-runs', { what: provisioner })] },
    ),
  ];
}

async function namedVolume(claim: Claim, name: string, look: Look): Promise<Cause> {
  const about = refOf('PersistentVolumeClaim', claim);
  const volume = await look.get(PersistentVolumes, name);
  const evidence = [specEvidence('spec.volumeName', name), ...look.reasons(about).map(kept)];
  if (!volume)
    return causeOf(
      'named-volume-missing',
      about,
      { volume: name },
      { evidence, steps: [stepOf('create-it', { what: `persistentvolume/${name}` })] },
    );
  const owner = volume.spec?.claimRef;
  if (owner && !isFor(volume, claim))
    return causeOf(
      'volume-is-anothers',
      about,
      { volume: name, other: `${owner.namespace}/${owner.name}` },
      { evidence },
    );
  return causeOf(
    'named-volume-unfit',
    about,
    { volume: name },
    { evidence, because: problemOf(volume, claim) },
  );
}

/** The first thing by which a volume does not serve a claim. */
function problemOf(volume: PersistentVolume, claim: Claim): readonly Cause[] {
  const about = refOf('PersistentVolume', volume);
  const { accessModes = [], claimRef, volumeMode = 'Filesystem' } = volume.spec ?? {};
  const unfit = (cause: Cause['cause'], facts: Facts = {}): readonly Cause[] => [
    causeOf(cause, about, { volume: volume.metadata.name, ...facts }),
  ];
  if (claimRef && !isFor(volume, claim))
    return unfit('volume-is-anothers', { other: `${claimRef.namespace}/${claimRef.name}` });
  if (classOf(volume) !== classOf(claim))
    return unfit('volume-of-class', { class: classOf(volume) });
  if (!hasAccess(volume, claim))
    return unfit('volume-access', {
      offers: accessModes.join(', '),
      wants: (claim.spec.accessModes ?? []).join(', '),
    });
  if (!isSelected(volume, claim)) return unfit('volume-not-selected');
  if (!sameMode(volume, claim)) return unfit('volume-mode', { mode: volumeMode });
  if (!serves(volume, claim))
    return unfit('volume-small', { has: sizeOf(volume), wants: askedOf(claim) });
  return [];
}

const shownMax = 5;

/** What is wrong with each volume that there is. */
async function noneServes(claim: Claim, look: Look): Promise<readonly Cause[]> {
  const volumes = await look.list(PersistentVolumes);
  return volumes.slice(0, shownMax).flatMap((volume) => problemOf(volume, claim));
}

export const claimExplainer: Explainer = explainer({
  resource: PersistentVolumeClaims,
  aliases: ['pvc'],
  explain: explainClaim,
});
