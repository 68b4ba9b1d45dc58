import { PersistentVolumeClaims, PersistentVolumes, Pods, StorageClasses } from '@coxswain/api';
import type { PersistentVolume, PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import {
  askedOf,
  classOf,
  hasAccess,
  isDelayed,
  isFor,
  isSelected,
  noProvisioner,
  sameMode,
  serves,
  sizeOf,
} from '@coxswain/api/volumes';
import {
  type Cause,
  causeOf,
  type Evidence,
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
      causeOf('claim-lost-volume', about, {
        facts: { volume },
        evidence,
        steps: [stepOf('restore-volume', { volume })],
      }),
    ];
  if (volume) return [await namedVolume(claim, volume, look)];
  return withoutVolume(claim, evidence, look);
}

const nameAClass = stepOf('name-a-class', {}, 'kubectl get storageclass');

/** A claim that names no volume, and that has found none. */
async function withoutVolume(
  claim: Claim,
  evidence: readonly Evidence[],
  look: Look,
): Promise<readonly Cause[]> {
  const about = refOf('PersistentVolumeClaim', claim);
  const [name, size] = [classOf(claim), askedOf(claim)];
  const steps = [nameAClass];
  if (!name) {
    const because = await noneServes(claim, look);
    return [causeOf('claim-without-class', about, { facts: { size }, evidence, because, steps })];
  }
  const found = await look.get(StorageClasses, name);
  if (!found && look.hidden.has('storageclasses'))
    return [causeOf('claim-waits-for-volume', about, { facts: { class: name }, evidence })];
  if (!found) {
    const known = (await look.list(StorageClasses)).map(({ metadata }) => metadata.name).join(', ');
    const because = await noneServes(claim, look);
    const facts = { class: name, known };
    return [causeOf('no-such-class', about, { facts, evidence, because, steps })];
  }
  const waiting = isDelayed(found) ? await forItsPod(claim, name, evidence, look) : [];
  if (waiting.length > 0) return waiting;
  const { provisioner } = found;
  if (provisioner === noProvisioner) {
    const because = await noneServes(claim, look);
    const facts = { class: name, size };
    const make = [stepOf('make-a-volume', facts)];
    return [causeOf('claim-needs-made-volume', about, { facts, evidence, because, steps: make })];
  }
  const facts = { class: name, provisioner };
  const check = [stepOf('see-that-it-runs', { what: provisioner })];
  return [causeOf('claim-waits-for-provisioner', about, { facts, evidence, steps: check })];
}

/** A claim whose volume is chosen or made with the node of its first pod. */
async function forItsPod(
  claim: Claim,
  name: string,
  evidence: readonly Evidence[],
  look: Look,
): Promise<readonly Cause[]> {
  const about = refOf('PersistentVolumeClaim', claim);
  const users = (await look.list(Pods, { namespace: claim.metadata.namespace })).filter(
    ({ spec }) =>
      spec.volumes?.some(
        ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name,
      ),
  );
  if (users.length === 0) {
    const steps = [stepOf('make-a-pod-use-it')];
    return [
      causeOf('claim-waits-for-first-pod', about, { facts: { class: name }, evidence, steps }),
    ];
  }
  const waiting = users.find(({ spec }) => !spec.nodeName)?.metadata.name;
  if (waiting === undefined) return [];
  const example = `pod/${waiting}`;
  const steps = [stepOf('why-dependent', { example }, `cox why ${example}${inNamespace(about)}`)];
  const facts = { class: name, pod: waiting };
  return [causeOf('claim-waits-for-pod', about, { facts, evidence, steps })];
}

async function namedVolume(claim: Claim, name: string, look: Look): Promise<Cause> {
  const about = refOf('PersistentVolumeClaim', claim);
  const volume = await look.get(PersistentVolumes, name);
  const evidence = [specEvidence('spec.volumeName', name), ...look.reasons(about).map(kept)];
  if (!volume && !look.hidden.has('persistentvolumes'))
    return causeOf('named-volume-missing', about, {
      facts: { volume: name },
      evidence,
      steps: [stepOf('create-it', { what: `persistentvolume/${name}` })],
    });
  const owner = volume?.spec?.claimRef;
  if (owner && !isFor(volume!, claim))
    return causeOf('volume-is-anothers', about, {
      facts: { volume: name, other: `${owner.namespace}/${owner.name}` },
      evidence,
    });
  return causeOf('named-volume-unfit', about, {
    facts: { volume: name },
    evidence,
    because: volume ? problemOf(volume, claim) : [],
  });
}

/** The first thing by which a volume does not serve a claim. */
function problemOf(volume: PersistentVolume, claim: Claim): readonly Cause[] {
  const about = refOf('PersistentVolume', volume);
  const { accessModes = [], claimRef, volumeMode = 'Filesystem' } = volume.spec ?? {};
  const unfit = (cause: Cause['cause'], facts: Facts = {}): readonly Cause[] => [
    causeOf(cause, about, { facts: { volume: volume.metadata.name, ...facts } }),
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
