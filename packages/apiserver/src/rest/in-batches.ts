import type { Pieces } from '../chain/station.ts';

/**
 * The pieces that `make` makes of `count` things, `size` of them at a time; all at once where they are few. Those of a long list are
 * made while it is sent, so that neither its bytes nor the time they take come in one go.
 */
export function inBatches(
  count: number,
  size: number,
  make: (from: number, to: number) => readonly Uint8Array[],
): Pieces {
  return count <= size * 2 ? make(0, count) : batches(count, size, make);
}

async function* batches(
  count: number,
  size: number,
  make: (from: number, to: number) => readonly Uint8Array[],
): AsyncGenerator<readonly Uint8Array[], void> {
  for (let from = 0; from < count; from += size) yield make(from, Math.min(from + size, count));
}
