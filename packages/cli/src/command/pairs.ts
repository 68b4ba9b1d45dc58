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

/** Reads `KEY=VALUE` words. Throws for all that are none, in one sentence. */
export function pairsOf(words: readonly string[], what: string): ReadonlyMap<string, string> {
  const wrong = words.filter((word) => word.indexOf('=') <= 0);
  if (wrong.length > 0) throw new Error(`invalid ${what} format: ${wrong.join(', ')}`);
  return new Map(
    words.map((word) => {
      const equals = word.indexOf('=');
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}

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
