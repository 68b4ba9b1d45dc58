import { type KubeObject, PersistentVolumeClaims, Pods, StatefulSets } from '@coxswain/api';
import type { StatefulSet } from '@coxswain/api/types/apps-v1';
import type { PersistentVolumeClaim, Pod } from '@coxswain/api/types/core-v1';
import type { OwnerReference } from '@coxswain/api/types/meta';
import type { Action, Observed } from '@coxswain/control';
import { controllerOf, controllerReference } from '../objects/owner.ts';
import { same } from '../objects/same.ts';

export const claimNameOf = (set: StatefulSet, template: string, ordinal: number): string =>
  `${template}-${set.metadata.name}-${ordinal}`;

const claimsOf = (set: StatefulSet, ordinal: number, observed: Pick<Observed, 'get'>) =>
  (set.spec?.volumeClaimTemplates ?? []).map((template) => {
    const name = claimNameOf(set, template.metadata.name, ordinal);
    const present = observed.get(PersistentVolumeClaims, name, set.metadata.namespace);
    return { template, name, present };
  });

/** Creates the claims of the member at `ordinal` that are missing. */
export const missingClaims = (
  set: StatefulSet,
  ordinal: number,
  pod: string,
  observed: Pick<Observed, 'get'>,
): readonly Action[] =>
  claimsOf(set, ordinal, observed).flatMap(({ template, name, present }) =>
    present ? [] : [createClaim(set, template, name, pod)],
  );

function createClaim(
  set: StatefulSet,
  template: PersistentVolumeClaim,
  name: string,
  pod: string,
): Action {
  const { labels, annotations } = template.metadata;
  const owners = policyOf(set).whenDeleted === 'Delete' ? [setReference(set)] : undefined;
  const object = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: set.metadata.namespace,
      labels: { ...labels, ...set.spec?.selector.matchLabels },
      ...(annotations && { annotations }),
      ...(owners && { ownerReferences: owners }),
    },
    spec: template.spec,
  } as PersistentVolumeClaim;
  const where = `in StatefulSet ${set.metadata.name}`;
  return {
    do: 'create',
    resource: PersistentVolumeClaims,
    object,
    announce: {
      about: set,
      done: () => ({
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `create Claim ${name} Pod ${pod} ${where} success`,
      }),
      failed: (error) => ({
        type: 'Warning',
        reason: 'FailedCreate',
        message: `create Claim ${name} for Pod ${pod} ${where} failed error: ${error.message}`,
      }),
    },
  };
}

/** A claim still belongs to an earlier pod of this name: the next must not use it. */
export const hasStaleClaim = (
  set: StatefulSet,
  ordinal: number,
  observed: Pick<Observed, 'get'>,
): boolean =>
  claimsOf(set, ordinal, observed).some(({ present }) =>
    present?.metadata.ownerReferences?.some(
      ({ kind, controller }) => kind === Pods.kind && controller,
    ),
  );

const policyOf = (set: StatefulSet): { whenDeleted: string; whenScaled: string } => ({
  whenDeleted: set.spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted ?? 'Retain',
  whenScaled: set.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled ?? 'Retain',
});

const setReference = (set: StatefulSet): OwnerReference => controllerReference(StatefulSets, set);

/** Makes the claims of a member go with the set, with its pod, or with neither, as the retention policy says. */
export function claimOwners(
  set: StatefulSet,
  ordinal: number,
  pod: Pod,
  condemned: boolean,
  observed: Pick<Observed, 'get'>,
): readonly Action[] {
  const { whenDeleted, whenScaled } = policyOf(set);
  const byPod = whenScaled === 'Delete' && condemned;
  const bySet = whenDeleted === 'Delete' && !byPod;
  const ours = (uid: string): boolean => uid === set.metadata.uid || uid === pod.metadata.uid;
  return claimsOf(set, ordinal, observed).flatMap(({ present }) => {
    if (!present) return [];
    const stranger = controllerOf(present);
    if (stranger && !ours(stranger.uid)) return [];
    const before = present.metadata.ownerReferences ?? [];
    const ownerReferences = [
      ...before.filter(({ uid }) => !ours(uid)),
      ...(bySet ? [setReference(set)] : []),
      ...(byPod ? [controllerReference(Pods, pod as KubeObject)] : []),
    ];
    if (same(before, ownerReferences)) return [];
    const object = { ...present, metadata: { ...present.metadata, ownerReferences } };
    return [{ do: 'update', resource: PersistentVolumeClaims, object }];
  });
}
