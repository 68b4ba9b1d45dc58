import { isSame } from '../rest/equal.ts';

type Named = Readonly<Record<string, object>>;

/** A document of OpenAPI v2, as far as documents are put together. */
export interface Swagger {
  readonly paths?: Named;
  readonly definitions?: Named;
  readonly parameters?: Named;
}

const kindsKey = 'x-kubernetes-group-version-kind';
const parts = ['definitions', 'parameters'] as const;
type Part = (typeof parts)[number];

/** What is left when only some paths are: definitions that no path uses any more go too. */
export function ofPaths(document: Swagger, isKept: (path: string) => boolean): Swagger {
  const usedBefore = usedDefinitions(document);
  const paths = pick(document.paths, isKept);
  const used = usedDefinitions({ ...document, paths });
  return {
    ...document,
    paths,
    definitions: pick(document.definitions, (name) => used.has(name) || !usedBefore.has(name)),
  };
}

/**
 * `one` with the paths of `other` that it does not have. A definition or parameter of the same name that says something else
 * comes in as `NAME_v2` and so on; one that says the same stands for the kinds of both.
 */
export function mergedOpenApi(one: Swagger, other: Swagger): Swagger {
  const isNew = (path: string): boolean => !one.paths || !Object.hasOwn(one.paths, path);
  const names = Object.keys(other.paths ?? {});
  if (!names.some(isNew)) return one;
  let source = names.every(isNew) ? other : ofPaths(other, isNew);
  for (const part of parts) source = renamed(source, part, renamesOf(one, source, part));
  return {
    ...one,
    paths: { ...one.paths, ...source.paths },
    definitions: joinedDefinitions(one.definitions ?? {}, source.definitions ?? {}),
    ...(source.parameters && { parameters: { ...source.parameters, ...one.parameters } }),
  };
}

const pick = (all: Named = {}, isKept: (name: string) => boolean): Named =>
  Object.fromEntries(Object.entries(all).filter(([name]) => isKept(name)));

const prefixOf = (part: Part): string => `#/${part}/`;

/** Walks all references; those to be replaced give a new tree, the rest is shared. */
function replaced(node: unknown, replace: (reference: string) => string): unknown {
  if (Array.isArray(node)) {
    const list = node.map((each: unknown) => replaced(each, replace));
    return list.some((each, at) => each !== node[at]) ? list : node;
  }
  if (typeof node !== 'object' || node === null) return node;
  let changed: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(node)) {
    const next =
      key === '$ref' && typeof value === 'string' ? replace(value) : replaced(value, replace);
    if (next !== value) (changed ??= { ...node })[key] = next;
  }
  return changed ?? node;
}

/** Those that paths, parameters or other definitions refer to. */
function usedDefinitions({ paths, definitions = {}, parameters }: Swagger): ReadonlySet<string> {
  const used = new Set<string>();
  const prefix = prefixOf('definitions');
  const note = (reference: string): string => {
    const name = reference.startsWith(prefix) ? reference.slice(prefix.length) : undefined;
    if (name !== undefined && !used.has(name)) {
      used.add(name);
      replaced(definitions[name], note);
    }
    return reference;
  };
  replaced(paths, note);
  replaced(parameters, note);
  return used;
}

/** What names of `source` must become so that none means two things. */
function renamesOf(one: Swagger, source: Swagger, part: Part): ReadonlyMap<string, string> {
  const there = one[part] ?? {};
  const coming = source[part] ?? {};
  const isSaid = part === 'definitions' ? isSameButKinds : isSame;
  const renames = new Map<string, string>();
  const taken = new Set(Object.keys(there));
  for (const [name, value] of Object.entries(coming)) {
    if (!there[name] || isSaid(there[name], value)) continue;
    for (let number = 2; ; number++) {
      const next = `${name}_v${number}`;
      const stands = there[next];
      if (stands ? !isSaid(stands, value) : taken.has(next) || coming[next]) continue;
      renames.set(name, next);
      taken.add(next);
      break;
    }
  }
  return renames;
}

function renamed(source: Swagger, part: Part, renames: ReadonlyMap<string, string>): Swagger {
  if (renames.size === 0) return source;
  const prefix = prefixOf(part);
  const next = replaced(source, (reference) => {
    const name = reference.startsWith(prefix) ? reference.slice(prefix.length) : '';
    return renames.has(name) ? `${prefix}${renames.get(name)}` : reference;
  }) as Swagger;
  const named = Object.entries(next[part] ?? {}).map(([name, value]) => [
    renames.get(name) ?? name,
    value,
  ]);
  return { ...next, [part]: Object.fromEntries(named) as Named };
}

type WithKinds = Readonly<Record<string, unknown>>;

const isSameButKinds = (a: object, b: object): boolean => {
  const { [kindsKey]: _, ...one } = a as WithKinds;
  const { [kindsKey]: __, ...other } = b as WithKinds;
  return isSame(one, other);
};

function joinedDefinitions(one: Named, other: Named): Named {
  const joined: Record<string, object> = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const stands = joined[name] as WithKinds | undefined;
    const kinds = (value as WithKinds)[kindsKey] as readonly object[] | undefined;
    if (!stands) joined[name] = value;
    else if (kinds) {
      const known = (stands[kindsKey] ?? []) as readonly object[];
      const more = kinds.filter((kind) => !known.some((each) => isSame(each, kind)));
      if (more.length > 0) joined[name] = { ...stands, [kindsKey]: [...known, ...more] };
    }
  }
  return joined;
}
