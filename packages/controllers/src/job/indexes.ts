import type { Pod } from '@coxswain/api/types/core-v1';

export const indexKey: string = 'batch.kubernetes.io/job-completion-index';

/** The completion index of a pod; undefined where it has none, or one that is no number. */
export function indexOf({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[indexKey];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** `1,3-5,7` as numbers below `completions`. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',')) {
    const [first, last = first] = part.split('-');
    if (!first) continue;
    for (let index = Number(first); index <= Number(last) && index < completions; index++)
      indexes.add(index);
  }
  return indexes;
}

/** Sorted, with three or more neighbours written as a range, two as two: `1,3-5,7,8`. */
export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...indexes].toSorted((a, b) => a - b);
  const parts: string[] = [];
  for (let at = 0; at < sorted.length;) {
    let end = at;
    while (sorted[end + 1] === sorted[end]! + 1) end++;
    const first = sorted[at]!;
    const last = sorted[end]!;
    parts.push(end === at ? `${first}` : end === at + 1 ? `${first},${last}` : `${first}-${last}`);
    at = end + 1;
  }
  return parts.join(',');
}
