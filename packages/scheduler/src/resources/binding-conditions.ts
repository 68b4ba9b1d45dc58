import type {
  AllocatedDeviceStatus,
  DeviceRequestAllocationResult,
  ResourceClaim,
} from '@coxswain/api/types/resource-v1';
import type { Progress } from '../framework/reservation.ts';

type Result = DeviceRequestAllocationResult;

const resultsOf = ({ status }: ResourceClaim): readonly Result[] =>
  status?.allocation?.devices?.results ?? [];

/** Whether devices of the claim have to be made ready for their node. */
export const hasBindingConditions = (claim: ResourceClaim): boolean =>
  resultsOf(claim).some(({ bindingConditions }) => bindingConditions?.length);

/** Whether the devices of a claim are ready, as far as they have to be. */
export function readiness(claim: ResourceClaim): Progress {
  if (!claim.status?.allocation) return { is: 'waiting' };
  for (const result of resultsOf(claim)) {
    const { bindingConditions = [], bindingFailureConditions = [] } = result;
    if (bindingConditions.length === 0) continue;
    const conditions = statusOf(claim, result)?.conditions ?? [];
    const find = (wanted: string) =>
      conditions.find(({ type, status }) => type === wanted && status === 'True');
    for (const name of bindingFailureConditions) {
      const failed = find(name);
      if (failed)
        return {
          is: 'failed',
          why: `device binding failed: claim=${claim.metadata.name}, reason=${failed.reason}, message=${JSON.stringify(failed.message)}`,
        };
    }
    if (!bindingConditions.every(find)) return { is: 'waiting' };
  }
  return { is: 'done' };
}

const statusOf = (
  { status }: ResourceClaim,
  { driver, pool, device }: Result,
): AllocatedDeviceStatus | undefined =>
  status?.devices?.find(
    (each) => each.driver === driver && each.pool === pool && each.device === device,
  );

/** Whether its devices have had their time to be ready. */
export function isOverdue(claim: ResourceClaim, nowMs: number, timeoutMs: number): boolean {
  const at = claim.status?.allocation?.allocationTimestamp;
  return (
    at !== undefined && hasBindingConditions(claim) && new Date(at).getTime() + timeoutMs < nowMs
  );
}
