/** `KEY=VALUE` and `KEY-` behind the resources they change. */
export interface Pairs {
  readonly resources: readonly string[];
  readonly pairs: readonly string[];
}

const isPair = (word: string): boolean =>
  (word.includes('=') && !word.startsWith('=')) || (word.endsWith('-') && word !== '-');

/** Tells resources and pairs apart. Throws when a resource stands behind a pair. */
export function resourcesAndPairs(args: readonly string[], what: string): Pairs {
  const first = args.findIndex(isPair);
  if (first < 0) return { resources: args, pairs: [] };
  const late = args.slice(first).find((word) => !isPair(word));
  if (late !== undefined)
    throw new Error(`all resources must be specified before ${what} changes: ${late}`);
  return { resources: args.slice(0, first), pairs: args.slice(first) };
}

export interface Change {
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}
