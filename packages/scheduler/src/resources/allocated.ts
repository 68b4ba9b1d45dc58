import type { AllocationResult } from '@coxswain/api/types/resource-v1';
import { Capacities } from './capacity.ts';
import { deviceId } from './pools.ts';

/** The devices that claims hold. */
export interface Allocated {
  /** Nobody else may have it. */
  readonly isHeld: (device: string) => boolean;
  /** Held, or shared by somebody. */
  readonly isUsed: (device: string) => boolean;
  /** What is taken of devices that are shared. */
  readonly capacities: Capacities;
}

/** The devices that claims hold, kept up by differences. Access for administrators holds nothing. */
export class AllocatedDevices implements Allocated {
  readonly #held = new Map<string, number>();
  readonly #shared = new Map<string, number>();
  readonly capacities: Capacities = new Capacities();

  isHeld = (device: string): boolean => this.#held.has(device);
  isUsed = (device: string): boolean => this.#held.has(device) || this.#shared.has(device);

  add(allocation: AllocationResult | undefined): void {
    this.#count(allocation, 1);
  }

  remove(allocation: AllocationResult | undefined): void {
    this.#count(allocation, -1);
  }

  #count(allocation: AllocationResult | undefined, by: 1 | -1): void {
    for (const result of allocation?.devices?.results ?? []) {
      if (result.adminAccess) continue;
      const id = deviceId(result.driver, result.pool, result.device);
      const counts = result.shareID === undefined ? this.#held : this.#shared;
      const count = (counts.get(id) ?? 0) + by;
      if (count > 0) counts.set(id, count);
      else counts.delete(id);
      if (result.shareID === undefined || !result.consumedCapacity) continue;
      const taken = new Map(Object.entries(result.consumedCapacity));
      if (by > 0) this.capacities.add(id, taken);
      else this.capacities.remove(id, taken);
    }
  }
}
