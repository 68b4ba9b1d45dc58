import {
  addQuantities,
  compareQuantities,
  type Quantity,
  quantityOf,
  type QuantityLike,
  scaled,
  subtractQuantities,
} from '@coxswain/api/quantity';
import type {
  CapacityRequestPolicy,
  CapacityRequestPolicyRange,
  CapacityRequirements,
  Device,
  DeviceCapacity,
} from '@coxswain/api/types/resource-v1';

/** What is taken of the capacity of one device, by name. */
export type Taken = ReadonlyMap<string, QuantityLike>;

/** What is taken of the capacity of devices that several claims share, by device. */
export class Capacities {
  readonly #taken = new Map<string, ReadonlyMap<string, Quantity>>();

  of(device: string): ReadonlyMap<string, Quantity> | undefined {
    return this.#taken.get(device);
  }

  add(device: string, more: Taken): void {
    const sum = new Map(this.#taken.get(device));
    for (const [name, amount] of more) sum.set(name, addQuantities(sum.get(name) ?? '0', amount));
    this.#taken.set(device, sum);
  }

  /** A device of which nothing is left taken is not shared any more. */
  remove(device: string, less: Taken): void {
    const left = new Map(this.#taken.get(device));
    for (const [name, amount] of less) {
      const before = left.get(name);
      if (before) left.set(name, subtractQuantities(before, amount));
    }
    if ([...left.values()].every(({ amount }) => amount === 0n)) this.#taken.delete(device);
    else this.#taken.set(device, left);
  }
}

/** What a request takes of each capacity of a device: what it says, as the device's policy rounds it. */
export const takenBy = (asked: CapacityRequirements | undefined, { capacity }: Device): Taken =>
  new Map(
    Object.entries(capacity ?? {}).map(([name, own]) => [
      name,
      rounded(asked?.requests?.[name], own),
    ]),
  );

/** Whether a device has, and may give, what is asked for beside what is taken of it. */
export function hasRoom(
  asked: CapacityRequirements | undefined,
  device: Device,
  ...taken: readonly (Taken | undefined)[]
): boolean {
  const { capacity = {} } = device;
  if (Object.keys(asked?.requests ?? {}).some((name) => !Object.hasOwn(capacity, name)))
    return false;
  return [...takenBy(asked, device)].every(([name, amount]) => {
    const { value, requestPolicy } = capacity[name]!;
    if (requestPolicy && !isAllowed(amount, requestPolicy)) return false;
    const sum = taken.reduce<QuantityLike>(
      (all, each) => addQuantities(all, each?.get(name) ?? '0'),
      amount,
    );
    return compareQuantities(sum, value) <= 0;
  });
}

function rounded(
  asked: string | undefined,
  { value, requestPolicy }: DeviceCapacity,
): QuantityLike {
  if (asked === undefined) return requestPolicy?.default ?? value;
  const { validRange, validValues } = requestPolicy ?? {};
  if (validRange?.min !== undefined) return intoRange(asked, validRange);
  return validValues?.find((each) => compareQuantities(asked, each) <= 0) ?? asked;
}

function intoRange(asked: string, { min, step }: CapacityRequestPolicyRange): QuantityLike {
  if (compareQuantities(asked, min!) < 0) return min!;
  if (step === undefined) return asked;
  const [from, by] = [scaled(min!, 0), scaled(step, 0)];
  const steps = (scaled(asked, 0) - from + by - 1n) / by;
  return quantityOf(from + steps * by, 'BinarySI');
}

function isAllowed(amount: QuantityLike, policy: CapacityRequestPolicy): boolean {
  const { validRange, validValues } = policy;
  if (policy.default !== undefined && compareQuantities(amount, policy.default) === 0) return true;
  if (validRange) {
    const { min, max, step } = validRange;
    if (max !== undefined && compareQuantities(amount, max) > 0) return false;
    return step === undefined || (scaled(amount, 0) - scaled(min!, 0)) % scaled(step, 0) === 0n;
  }
  return !validValues?.length || validValues.some((each) => compareQuantities(amount, each) === 0);
}
