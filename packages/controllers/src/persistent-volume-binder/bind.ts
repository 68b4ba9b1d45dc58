import { type KubeObject, PersistentVolumeClaims, PersistentVolumes } from '@coxswain/api';
import type { PersistentVolume, PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import { bindCompleted, boundByController, boundTo } from '@coxswain/api/volumes';
import type { Action, Said } from '@coxswain/control';
import { same } from '../objects/same.ts';

type Claim = PersistentVolumeClaim;

const annotated = <T extends KubeObject>(object: T, ...keys: readonly string[]): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: {
      ...object.metadata.annotations,
      ...Object.fromEntries(keys.map((key) => [key, 'yes'])),
    },
  },
});

/** The next write that brings volume and claim together; none when they are. */
export function bind(volume: PersistentVolume, claim: Claim): readonly Action[] {
  return (
    volumeToClaim(volume, claim) ??
    volumePhase(volume, 'Bound') ??
    claimToVolume(claim, volume) ??
    claimStatus(claim, 'Bound', volume) ??
    []
  );
}

function volumeToClaim(volume: PersistentVolume, claim: Claim): readonly Action[] | undefined {
  const object = boundTo(volume, claim);
  return object === volume ? undefined : [{ do: 'update', resource: PersistentVolumes, object }];
}

/** Writes the phase of a volume; undefined when it stands. */
export function volumePhase(
  volume: PersistentVolume,
  phase: string,
  said?: Said,
): readonly Action[] | undefined {
  if (volume.status?.phase === phase) return undefined;
  const { message: _, ...status } = volume.status ?? {};
  const object = { ...volume, status: { ...status, phase } } as PersistentVolume;
  return [
    {
      ...{ do: 'update', resource: PersistentVolumes, subresource: 'status', object },
      ...(said && { announce: { about: volume as KubeObject, done: () => said } }),
    },
  ];
}

function claimToVolume(claim: Claim, volume: PersistentVolume): readonly Action[] | undefined {
  const isNamed = claim.spec.volumeName === volume.metadata.name;
  const isDone = claim.metadata.annotations?.[bindCompleted] !== undefined;
  if (isNamed && isDone) return undefined;
  const named = { ...claim, spec: { ...claim.spec, volumeName: volume.metadata.name } };
  const object = annotated(named, ...(isNamed ? [] : [boundByController]), bindCompleted);
  return [{ do: 'update', resource: PersistentVolumeClaims, object }];
}

/** Writes the status of a claim as its volume, or the lack of one, gives it; undefined when it stands. */
export function claimStatus(
  claim: Claim,
  phase: string,
  volume: PersistentVolume | undefined,
  said?: Said,
): readonly Action[] | undefined {
  const status = nextStatus(claim, phase, volume);
  if (same(status, claim.status)) return undefined;
  return [
    {
      ...{ do: 'update', resource: PersistentVolumeClaims, subresource: 'status' },
      object: { ...claim, status } as Claim,
      ...(said && { announce: { about: claim as KubeObject, done: () => said } }),
    },
  ];
}

function nextStatus(
  { status = {} }: Claim,
  phase: string,
  volume: PersistentVolume | undefined,
): NonNullable<Claim['status']> {
  const { accessModes: _a, capacity, currentVolumeAttributesClassName: current, ...rest } = status;
  if (!volume) return { ...rest, phase };
  const isFirst = status.phase !== phase;
  const { accessModes, capacity: whole, volumeAttributesClassName } = volume.spec ?? {};
  const attributes =
    status.phase === 'Pending' && phase === 'Bound' ? volumeAttributesClassName : current;
  return {
    ...rest,
    phase,
    ...(accessModes && { accessModes }),
    ...(isFirst ? whole && { capacity: whole } : capacity && { capacity }),
    ...(attributes && { currentVolumeAttributesClassName: attributes }),
  };
}
