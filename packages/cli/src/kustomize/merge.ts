import { clearField, fieldOf, getField, requireKind, setField } from './fields.ts';
import { isEmpty, isNull, listNode, type Node, scalarNode } from './node.ts';
import type { MergeSchema, Schemas } from './schema.ts';

type Pair = readonly [into: Node | undefined, patch: Node | undefined];

/** Merges a patch into an object, changing both; undefined when the patch deletes it. Items that a patch adds come first. */
export function mergePatch(into: Node, patch: Node, schemas: Schemas): Node | undefined {
  return merged([into, patch], undefined, schemas);
}

const firstOf = (pair: Pair): Node | undefined => pair.find((node) => !isNull(node));

function schemaOf(pair: Pair, schemas: Schemas): MergeSchema | undefined {
  for (const node of pair) {
    const apiVersion = isNull(node) ? undefined : fieldOf(node, 'apiVersion')?.value;
    const kind = fieldOf(node, 'kind')?.value;
    const schema = apiVersion && kind && schemas(apiVersion, kind);
    if (schema) return schema;
  }
  return undefined;
}

function merged(pair: Pair, given: MergeSchema | undefined, schemas: Schemas): Node | undefined {
  const schema = given ?? schemaOf(pair, schemas);
  const kind = firstOf(pair)?.kind ?? 'map';
  for (const node of pair) requireKind(node, kind);
  const [into, patch] = pair;
  if (kind === 'scalar') return patch ?? into;
  if (kind === 'map') return mergedMap(pair, schema, schemas);
  if (!schema?.isMerged) return patch ?? into;
  return mergedList(pair, schema, schemas);
}

function mergedMap(
  [into, patch]: Pair,
  schema: MergeSchema | undefined,
  schemas: Schemas,
): Node | undefined {
  const target = targetMap(into, patch);
  if (!target) return undefined;
  const names = new Set([...target.fields, ...(patch?.fields ?? [])].map(([name]) => name));
  for (const name of [...names].toSorted())
    setField(
      target,
      name,
      merged([fieldOf(target, name), fieldOf(patch, name)], schema?.field(name), schemas),
    );
  return target;
}

/** Which of the two mappings goes on, by the directive of the patch. */
function targetMap(into: Node | undefined, patch: Node | undefined): Node | undefined {
  if (isNull(into)) {
    if (patch?.kind === 'map' && directiveOf(patch) === 'delete') return undefined;
    const present = into as Node | undefined;
    if (!patch && present?.value) return { ...present, stays: true };
    return patch;
  }
  if (patch && isNull(patch)) return undefined;
  const directive = patch ? directiveOf(patch) : 'merge';
  if (directive === 'delete') return undefined;
  return directive === 'replace' ? patch : into;
}

type Directive = 'delete' | 'replace' | 'merge';

function directive(text: string): Directive {
  if (text === 'delete' || text === 'replace' || text === 'merge') return text;
  throw new Error(`unknown patch strategy '${text}'`);
}

/** Reads `$patch` and takes it out. */
function directiveOf(patch: Node): Directive {
  const key = '$patch';
  if (patch.kind === 'map') {
    const found = fieldOf(patch, key);
    if (!found) return 'merge';
    clearField(patch, key);
    return directive(found.value);
  }
  const item = patch.items.find((each) => fieldOf(each, key));
  if (!item || item.fields.length > 1) return 'merge';
  const { value } = fieldOf(item, key)!;
  setItem(patch, [key], [value], undefined);
  return directive(value);
}

function mergedList([into, patch]: Pair, schema: MergeSchema, schemas: Schemas): Node | undefined {
  let target = isNull(into) ? patch : into;
  if (!isNull(into)) {
    if (patch && isNull(patch)) return undefined;
    const found = patch ? directiveOf(patch) : 'merge';
    if (found === 'delete') return undefined;
    if (found === 'replace') target = patch;
  }
  if (!target) return undefined;
  const pair: Pair = [target, patch];
  const keys = schema.keys.length > 0 ? schema.keys : [''];
  return withItems(pair, keys, valuesOf(pair, keys), schema, schemas);
}

/** What the items of both lists have in the key fields, those of the patch first, each once. */
function valuesOf([into, patch]: Pair, keys: readonly string[]): string[][] {
  const found = new Map<string, string[]>();
  for (const item of [...(patch?.items ?? []), ...(into?.items ?? [])]) {
    const values = keys.map((key) => {
      const field = key === '' ? item : fieldOf(item, key);
      return isEmpty(field) ? '' : field!.value;
    });
    const id = JSON.stringify(values);
    if (!found.has(id)) found.set(id, values);
  }
  return [...found.values()];
}

function withItems(
  [target, patch]: Pair,
  keys: readonly string[],
  given: string[][],
  schema: MergeSchema,
  schemas: Schemas,
): Node | undefined {
  const added = listNode();
  const all = keys.length > 1 ? unified(given) : given;
  let used: readonly string[] = keys;
  for (const values of all) {
    let at: readonly string[];
    [used, at] = filled(all, values, keys);
    const [ownKeys, ownValues] = filled([[...at]], at, used);
    const pair: Pair = [itemOf(target, ownKeys, ownValues), itemOf(patch, ownKeys, ownValues)];
    const value = merged(pair, schema.item(), schemas);
    if (isNull(value) || (value.kind === 'map' && isEmpty(value))) {
      setItem(target!, used, at, undefined);
      continue;
    }
    for (const [index, key] of used.entries())
      if (!fieldOf(value, key) && at[index]) setField(value, key, scalarNode(at[index]));
    setItem(added, used, at, value);
  }
  return all.length > 0 ? appended(added, target!, used) : target;
}

/** Values that differ only where one of them is empty are the same item. */
function unified(given: string[][]): string[][] {
  const all = [...given];
  for (let left = 0; left < all.length; left++)
    for (let right = 0; right < all.length; right++) {
      const [a, b] = [all[left]!, all[right]!];
      const fits = a.every((value, at) => value === b[at] || !value || !b[at]);
      if (!fits || !a.some((value, at) => value === b[at])) continue;
      all[left] = all[right] = a.map((value, at) => value || b[at]!);
    }
  return all;
}

/** The keys that any item has a value for, with the values; all of them where there is none. */
function filled(
  all: readonly (readonly string[])[],
  values: readonly string[],
  keys: readonly string[],
): readonly [keys: readonly string[], values: readonly string[]] {
  const has = (at: number): boolean => all.some((each) => Boolean(each[at]));
  if (!keys.some((_, at) => has(at))) return [keys, values];
  return [keys.filter((_, at) => has(at)), values.filter((_, at) => has(at))];
}

const itemOf = (
  list: Node | undefined,
  keys: readonly string[],
  values: readonly string[],
): Node | undefined =>
  list?.items.find((item) =>
    keys[0] === ''
      ? item.value === values[0]
      : item.kind === 'map' && keys.every((key, at) => fieldOf(item, key)?.value === values[at]),
  );

/** Replaces the items with these values, or appends; without an item, takes them out. Empty items go as well. */
function setItem(
  list: Node,
  keys: readonly string[],
  values: readonly string[],
  value: Node | undefined,
): void {
  const isOfMaps = Boolean(keys[0] && values[0]);
  const items: Node[] = [];
  let isFound = false;
  for (const item of list.items) {
    if (isNull(item) || (item.kind === 'map' && isEmpty(item))) continue;
    if (item.kind !== 'map' && isOfMaps) items.push(item);
    else if (!hasValues(item, keys, values)) {
      if (values.length > 0) items.push(item);
    } else {
      isFound = true;
      if (value) items.push(value);
    }
  }
  if (value && !isFound && !isNull(value)) items.push(value);
  list.items = items;
}

function hasValues(item: Node, keys: readonly string[], values: readonly string[]): boolean {
  if (values.length === 0) return false;
  return keys.every((key, at) => {
    const value = values[Math.min(at, values.length - 1)]!;
    if (key === '') {
      requireKind(item, 'scalar');
      return item.value === value;
    }
    const field = getField(item, keys[Math.min(at, values.length - 1)]!);
    return field !== undefined && (value === '' || field.value === value);
  });
}

/** Puts the items of a list behind others, in place of those with the same keys. */
function appended(onto: Node, list: Node, keys: readonly string[]): Node {
  for (const item of list.items) {
    if (keys[0] === '') {
      setItem(onto, [''], [item.value], item);
      continue;
    }
    const values: string[] = [];
    for (const key of keys) {
      const field = getField(item, key);
      if (field) values.push(field.value);
      else onto.items.push(item);
    }
    if (keys.length > 1) setItem(onto, keys, values, undefined);
    setItem(onto, keys, values, item);
  }
  return onto;
}
