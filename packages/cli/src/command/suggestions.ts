import type { CommandEntry } from './command.ts';

/** Steps away that a command may be to be suggested. */
const distanceMax = 2;

/** Commands that a mistyped word may have meant, by cobra's rule: near in letters, beginning alike, or named for it; never help. */
export const suggestions = (word: string, among: readonly CommandEntry[]): readonly string[] =>
  among
    .filter(({ isHidden, name }) => !isHidden && name !== 'help')
    .filter(
      ({ name, suggestFor = [] }) =>
        distance(word.toLowerCase(), name.toLowerCase()) <= distanceMax ||
        name.toLowerCase().startsWith(word.toLowerCase()) ||
        suggestFor.some((each) => each.toLowerCase() === word.toLowerCase()),
    )
    .map(({ name }) => name);

/** Insertions, deletions and replacements that lead from `a` to `b`. */
export function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(
        Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    above = row;
  }
  return above[b.length]!;
}
