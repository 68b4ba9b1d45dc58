import type {
  DeviceClaim,
  DeviceSubRequest,
  ExactDeviceRequest,
} from '@coxswain/api/types/resource-v1';
import type { Draft } from '../kind.ts';

function requestDefaults(request: Draft<ExactDeviceRequest | DeviceSubRequest>): void {
  request.allocationMode ||= 'ExactCount';
  if (request.allocationMode === 'ExactCount') request.count ||= 1;
}

/** Fills what a claim for devices leaves open. */
export function deviceClaimDefaults(claim: Draft<DeviceClaim> | undefined): void {
  for (const { exactly, firstAvailable = [] } of claim?.requests ?? []) {
    if (exactly) requestDefaults(exactly);
    for (const request of firstAvailable) requestDefaults(request);
  }
}
