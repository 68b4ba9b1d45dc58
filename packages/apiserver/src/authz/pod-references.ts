import type { Container, Pod, PodSpec, Volume } from '@coxswain/api/types/core-v1';

/** Every container of a pod, whatever its sort. */
export function* containersOf(spec: PodSpec): Generator<Container> {
  yield* spec.initContainers ?? [];
  yield* spec.containers;
  yield* spec.ephemeralContainers ?? [];
}

/** Names of the Secrets that a pod refers to, some perhaps twice. */
export function* secretNames({ spec }: Pod): Generator<string> {
  for (const { name } of spec?.imagePullSecrets ?? []) if (name) yield name;
  if (!spec) return;
  for (const { env, envFrom } of containersOf(spec)) {
    for (const { secretRef } of envFrom ?? []) if (secretRef?.name) yield secretRef.name;
    for (const { valueFrom } of env ?? [])
      if (valueFrom?.secretKeyRef?.name) yield valueFrom.secretKeyRef.name;
  }
  for (const volume of spec.volumes ?? []) yield* secretsOfVolume(volume);
}

function* secretsOfVolume(volume: Volume): Generator<string> {
  if (volume.secret?.secretName) yield volume.secret.secretName;
  for (const { secret } of volume.projected?.sources ?? []) if (secret?.name) yield secret.name;
  const { azureFile, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos, csi } = volume;
  if (azureFile?.secretName) yield azureFile.secretName;
  const references = [cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos];
  for (const source of references) if (source?.secretRef?.name) yield source.secretRef.name;
  if (csi?.nodePublishSecretRef?.name) yield csi.nodePublishSecretRef.name;
}

/** Names of the ConfigMaps that a pod refers to, some perhaps twice. */
export function* configMapNames({ spec }: Pod): Generator<string> {
  if (!spec) return;
  for (const { env, envFrom } of containersOf(spec)) {
    for (const { configMapRef } of envFrom ?? []) if (configMapRef?.name) yield configMapRef.name;
    for (const { valueFrom } of env ?? [])
      if (valueFrom?.configMapKeyRef?.name) yield valueFrom.configMapKeyRef.name;
  }
  for (const { configMap, projected } of spec.volumes ?? []) {
    if (configMap?.name) yield configMap.name;
    for (const source of projected?.sources ?? [])
      if (source.configMap?.name) yield source.configMap.name;
  }
}

/** Names of the PersistentVolumeClaims that a pod uses, those of ephemeral volumes too. */
export function* claimNames({ metadata, spec }: Pod): Generator<string> {
  for (const { name, persistentVolumeClaim, ephemeral } of spec?.volumes ?? []) {
    if (persistentVolumeClaim) yield persistentVolumeClaim.claimName;
    else if (ephemeral) yield `${metadata.name}-${name}`;
  }
}

/** Names of the ResourceClaims that a pod uses and that exist already. */
export function* resourceClaimNames({ spec, status }: Pod): Generator<string> {
  for (const { name, resourceClaimName, resourceClaimTemplateName } of spec?.resourceClaims ?? []) {
    if (resourceClaimName) yield resourceClaimName;
    else if (resourceClaimTemplateName) {
      const made = status?.resourceClaimStatuses?.find((one) => one.name === name);
      if (made?.resourceClaimName) yield made.resourceClaimName;
    }
  }
  const extended = status?.extendedResourceClaimStatus?.resourceClaimName;
  if (extended) yield extended;
}
