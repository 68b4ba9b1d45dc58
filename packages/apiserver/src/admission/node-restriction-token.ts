import {
  CSIDrivers,
  notFound,
  PersistentVolumeClaims,
  PersistentVolumes,
  Pods,
} from '@coxswain/api';
import type { TokenRequest } from '@coxswain/api/types/authentication-v1';
import type { Pod, Volume } from '@coxswain/api/types/core-v1';
import type { Objects } from '../authz/objects.ts';
import type { Admission } from './plugin.ts';
import { refuse } from './refuse.ts';

/** A kubelet asks for tokens of pods that run on it, for audiences that those pods name. */
export function restrictToken(node: string, admission: Admission, objects: Objects): void {
  if (admission.operation !== 'CREATE' || admission.subresource !== 'token') return;
  const { spec } = admission.object as unknown as TokenRequest;
  const bound = spec?.boundObjectRef;
  if (!bound || bound.apiVersion !== 'v1' || bound.kind !== 'Pod' || !bound.name)
    throw refuse(admission, 'node requested token not bound to a pod');
  if (!bound.uid) throw refuse(admission, 'node requested token with a pod binding without a uid');
  const pod = objects.get(Pods, bound.name, admission.namespace);
  if (!pod) throw notFound({ ...Pods, name: bound.name });
  if (bound.uid !== pod.metadata.uid)
    throw refuse(
      admission,
      `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (pod.spec.nodeName !== node)
    throw refuse(admission, 'node requested token bound to a pod scheduled on a different node');
  if (admission.context.enabled('ServiceAccountNodeAudienceRestriction'))
    restrictAudience(admission, spec.audiences ?? [], pod, objects);
}

function restrictAudience(
  admission: Admission,
  audiences: readonly string[],
  pod: Pod,
  objects: Objects,
): void {
  if (audiences.length > 1) throw refuse(admission, 'node may only request 0 or 1 audiences');
  const audience = audiences[0] ?? '';
  for (const volume of pod.spec.volumes ?? [])
    if (audiencesOf(volume, pod, objects).includes(audience)) return;
  throw refuse(admission, `audience "${audience}" not found in pod spec volume`);
}

/** Audiences ('' = the API server) of the tokens that a volume needs. */
function audiencesOf(volume: Volume, pod: Pod, objects: Objects): readonly string[] {
  const projected = (volume.projected?.sources ?? []).flatMap(({ serviceAccountToken }) =>
    serviceAccountToken ? [serviceAccountToken.audience ?? ''] : [],
  );
  const driver = volume.csi?.driver ?? driverOfClaim(volume, pod, objects);
  const requests = driver ? objects.get(CSIDrivers, driver)?.spec.tokenRequests : undefined;
  return [...projected, ...(requests ?? []).map(({ audience }) => audience)];
}

function driverOfClaim(volume: Volume, { metadata }: Pod, objects: Objects): string | undefined {
  const name =
    volume.persistentVolumeClaim?.claimName ??
    (volume.ephemeral ? `${metadata.name}-${volume.name}` : undefined);
  const claim = name && objects.get(PersistentVolumeClaims, name, metadata.namespace);
  const bound = claim ? claim.spec.volumeName : undefined;
  return bound ? objects.get(PersistentVolumes, bound)?.spec.csi?.driver : undefined;
}
