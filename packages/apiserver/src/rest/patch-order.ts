type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with its keys sorted, each value made anew with its key. */
const sorted = (object: Json, each: (value: unknown, key: string) => unknown): Json =>
  Object.fromEntries(
    Object.keys(object)
      .toSorted()
      .map((key) => [key, each(object[key], key)]),
  );

/** A value with the keys of all its objects sorted. */
export function deeplySorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deeplySorted);
  return isObject(value) ? sorted(value, deeplySorted) : value;
}

/** What a merge patch made, in the order in which Go writes it: sorted wherever the patch has been. */
export function mergeOrder(made: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return deeplySorted(made);
  if (!isObject(made) || !isObject(patch)) return made;
  return sorted(made, (value, key) => (key in patch ? mergeOrder(value, patch[key]) : value));
}

interface Trie {
  readonly [step: string]: Trie;
}

/** What a JSON patch made, likewise: sorted along the paths of its operations. */
export function operationsOrder(made: unknown, patch: unknown): unknown {
  const root: Record<string, unknown> = {};
  for (const operation of Array.isArray(patch) ? (patch as readonly Json[]) : [])
    for (const path of [operation['path'], operation['from']]) {
      if (typeof path !== 'string') continue;
      let at = root;
      for (const step of path.split('/').slice(1, -1).map(unescaped))
        at = (at[step] ??= {}) as Record<string, unknown>;
    }
  return along(made, root as unknown as Trie);
}

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

function along(made: unknown, trie: Trie): unknown {
  const child = (value: unknown, key: string): unknown =>
    Object.hasOwn(trie, key) ? along(value, trie[key]!) : value;
  if (Array.isArray(made)) return made.map((item, index) => child(item, String(index)));
  return isObject(made) ? sorted(made, child) : made;
}
