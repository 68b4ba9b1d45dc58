import type {
  DeviceClaim,
  DeviceSubRequest,
  DeviceToleration,
  ExactDeviceRequest,
} from '@coxswain/api/types/resource-v1';
import type { Draft } from '../kind.ts';

function requestDefaults(request: Draft<ExactDeviceRequest | DeviceSubRequest>): void {
  request.allocationMode ||= 'ExactCount';
  if (request.allocationMode === 'ExactCount') request.count ||= 1;
  tolerationDefaults(request.tolerations);
}

/** A toleration that does not say how it compares compares values. */
export function tolerationDefaults(tolerations: Draft<DeviceToleration>[] | undefined): void {
  for (const toleration of tolerations ?? []) toleration.operator ||= 'Equal';
}

/** Fills what a claim for devices leaves open. */
export function deviceClaimDefaults(claim: Draft<DeviceClaim> | undefined): void {
  for (const { exactly, firstAvailable = [] } of claim?.requests ?? []) {
    if (exactly) requestDefaults(exactly);
    for (const request of firstAvailable) requestDefaults(request);
  }
}
