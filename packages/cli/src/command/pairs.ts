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

/** Reads `KEY=VALUE` words, and `KEY-` where something may be taken away. Throws for all that are none, in one sentence. */
export function changesOf(words: readonly string[], what: string, mayRemove = true): Change {
  const set = new Map<string, string>();
  const remove: string[] = [];
  const wrong: string[] = [];
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals > 0) set.set(word.slice(0, equals), word.slice(equals + 1));
    else if (mayRemove && equals < 0 && word.endsWith('-') && word !== '-')
      remove.push(word.slice(0, -1));
    else wrong.push(word);
  }
  if (wrong.length > 0) throw new Error(`invalid ${what} format: ${wrong.join(', ')}`);
  return { set, remove };
}

/** Reads `KEY=VALUE` words. */
export const pairsOf = (words: readonly string[], what: string): ReadonlyMap<string, string> =>
  changesOf(words, what, false).set;

/** Reads `a=1,b=2`. Throws kubectl's words. */
export function labelPairs(spec: string): Readonly<Record<string, string>> {
  if (spec === '') throw new Error('no label spec passed');
  return Object.fromEntries(
    spec.split(',').map((pair) => {
      const [key = '', value, more] = pair.split('=');
      if (value === undefined || more !== undefined)
        throw new Error(`unexpected label spec: ${pair}`);
      if (!key) throw new Error('unexpected empty label key');
      return [key, value];
    }),
  );
}
