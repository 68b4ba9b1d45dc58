import type { PersistentVolumeClaimSpec } from '@coxswain/api/types/core-v1';
import type { Draft } from '../kind.ts';

export function claimSpecDefaults(spec: Draft<PersistentVolumeClaimSpec>): void {
  spec.volumeMode ??= 'Filesystem';
}
