import { milliValue, wholeValue } from '@coxswain/api/quantity';
import type { ResourceList } from '@coxswain/api/types/core-v1';

/** Amounts of the resources a node has or a pod asks for. */
export interface Amounts {
  milliCpu: number;
  memory: number; // bytes
  ephemeralStorage: number; // bytes
  pods: number;
  /** Extended resources and huge pages, in whole units. */
  readonly others: Map<string, number>;
}

export const noAmounts = (): Amounts => ({
  milliCpu: 0,
  memory: 0,
  ephemeralStorage: 0,
  pods: 0,
  others: new Map(),
});

export function amountsOf(list: ResourceList | undefined): Amounts {
  const amounts = noAmounts();
  for (const [name, quantity] of Object.entries(list ?? {})) {
    if (name === 'cpu') amounts.milliCpu = milliValue(quantity);
    else if (name === 'memory') amounts.memory = wholeValue(quantity);
    else if (name === 'ephemeral-storage') amounts.ephemeralStorage = wholeValue(quantity);
    else if (name === 'pods') amounts.pods = wholeValue(quantity);
    else amounts.others.set(name, wholeValue(quantity));
  }
  return amounts;
}

/** Adds `more` to `sum`, `times` being 1 or -1. */
export function add(sum: Amounts, more: Amounts, times: 1 | -1 = 1): void {
  sum.milliCpu += times * more.milliCpu;
  sum.memory += times * more.memory;
  sum.ephemeralStorage += times * more.ephemeralStorage;
  for (const [name, amount] of more.others)
    sum.others.set(name, (sum.others.get(name) ?? 0) + times * amount);
}

/** Raises every amount of `max` to that of `other` where it is lower. */
export function raise(max: Amounts, other: Amounts): void {
  max.milliCpu = Math.max(max.milliCpu, other.milliCpu);
  max.memory = Math.max(max.memory, other.memory);
  max.ephemeralStorage = Math.max(max.ephemeralStorage, other.ephemeralStorage);
  for (const [name, amount] of other.others)
    max.others.set(name, Math.max(max.others.get(name) ?? 0, amount));
}

export const copy = (amounts: Amounts): Amounts => ({
  ...amounts,
  others: new Map(amounts.others),
});
