import { canonicalQuantity, scaled } from '@coxswain/api/quantity';
import type { ResourceList } from '@coxswain/api/types/core-v1';

/** Bytes of which a part is asked for. */
export function* fractionWarnings(
  path: string,
  list: ResourceList | undefined,
  names: readonly string[] = ['memory', 'ephemeral-storage'],
): Generator<string, void, undefined> {
  for (const name of names) {
    const quantity = list?.[name];
    if (quantity !== undefined && scaled(quantity, -3) % 1000n !== 0n)
      yield `${path}[${name}]: fractional byte value ${JSON.stringify(canonicalQuantity(quantity))} is invalid, must be an integer`;
  }
}
