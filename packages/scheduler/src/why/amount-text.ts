import type { Amounts } from '../nodes/amounts.ts';

const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const;

/** An amount of a resource as users write it: `500m`, `2`, `1536Mi`. CPU is given in thousandths. */
export function amountText(resource: string, amount: number): string {
  if (resource === 'cpu') return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`;
  if (resource !== 'memory' && resource !== 'ephemeral-storage') return String(amount);
  let [value, unit] = [amount, 0];
  while (value !== 0 && unit < binary.length - 1 && value % 1024 === 0) {
    value /= 1024;
    unit++;
  }
  // What is no round number is told to the whole MiB below.
  return value >= 100_000 ? `${Math.floor(amount / 2 ** 20)}Mi` : `${value}${binary[unit]!}`;
}

/** By the names of resources; CPU in thousandths. */
export function amountsByName(amounts: Amounts): Map<string, number> {
  return new Map([
    ['cpu', amounts.milliCpu],
    ['memory', amounts.memory],
    ['ephemeral-storage', amounts.ephemeralStorage],
    ...amounts.others,
  ]);
}
