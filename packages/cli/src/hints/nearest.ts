import { distance } from '../command/suggestions.ts';

/** The word of `known` that was most likely meant: a third of its letters, at least one, may be others. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((each) => ({ each, steps: distance(word.toLowerCase(), each.toLowerCase()) }))
    .filter(({ each, steps }) => steps <= Math.max(1, Math.floor(each.length / 3)))
    .toSorted((a, b) => a.steps - b.steps);
  return ranked[0]?.each ?? known.find((each) => word.length > 2 && each.startsWith(word));
}
