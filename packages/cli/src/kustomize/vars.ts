import { goText } from '../printers/go-text.ts';
import { eachField, type FieldSpec } from './field-specs.ts';
import { bracketedParts, lookup } from './fields.ts';
import { groupVersion, gvkText, type Id, isSame, isSameName, isWholeCluster } from './ids.ts';
import { assign, isNull, type Node, nodeOf, scalarNode, stringNode, valueOf } from './node.ts';
import { type ResMap, withAnyId } from './res-map.ts';
import type { Resource } from './resource.ts';

/** `$(NAME)` in some fields stands for a field of an object. */
export interface Var {
  readonly name: string;
  readonly object: Id;
  readonly path: string;
}

interface GivenVar {
  readonly name?: string;
  readonly objref?: Readonly<Record<string, string>>;
  readonly fieldref?: { readonly fieldPath?: string };
}

export function varOf({ name = '', objref = {}, fieldref }: GivenVar): Var {
  const gvk = objref['apiVersion'] ? groupVersion(objref['apiVersion']) : undefined;
  return {
    name,
    object: {
      group: gvk?.group || (objref['group'] ?? ''),
      version: gvk?.version ?? objref['version'] ?? '',
      kind: objref['kind'] ?? '',
      name: objref['name'] ?? '',
      namespace: objref['namespace'] ?? '',
    },
    path: fieldref?.fieldPath || 'metadata.name',
  };
}

/** The var as Go's `%v` prints it. */
const syntax = ({ name, object, path }: Var): string => `{${name} ${gvkText(object)} {${path}}}`;

/** Notes on the objects that vars are read from. Names that are taken are refused. */
export function mergeVars(
  map: ResMap,
  present: readonly Var[],
  more: readonly Var[],
): readonly Var[] {
  for (const each of more) {
    const { object } = each;
    const fits = object.namespace || isWholeCluster(object) ? isSame : isSameName;
    const found = withAnyId(map, (id) => fits(object, id));
    if (found.length > 1)
      throw new Error(
        `found ${found.length} resId matches for var ${syntax(each)} (unable to disambiguate)`,
      );
    found[0]?.vars.push(each.name);
  }
  return joinVars(present, more);
}

export function joinVars(present: readonly Var[], more: readonly Var[]): readonly Var[] {
  const all = [...present];
  for (const each of more) {
    if (all.some(({ name }) => name === each.name))
      throw new Error(`var '${each.name}' already encountered`);
    all.push(each);
  }
  return all;
}

function read(map: ResMap, wanted: Var): unknown {
  const source = map.list.find(({ vars }) => vars.includes(wanted.name));
  if (!source)
    throw new Error(
      `var '${syntax(wanted)}' cannot be mapped to a field in the set of known resources`,
    );
  const node = fieldAt(source, wanted.path);
  if (!node)
    throw new Error(
      `field specified in var '${syntax(wanted)}' not found in corresponding resource`,
    );
  return node.kind === 'scalar' && node.tag === '' ? node.value : valueOf(node);
}

function fieldAt({ node }: Resource, path: string): Node | undefined {
  const parts = bracketedParts(path).flatMap((part) => {
    const indexed = /^(.*)\[(\d+)\]$/.exec(part);
    return indexed ? [indexed[1]!, indexed[2]!] : [part];
  });
  return lookup(node, parts);
}

/** Puts the values of vars in; tells those that nothing asked for. */
export function resolveVars(
  map: ResMap,
  vars: readonly Var[],
  specs: readonly FieldSpec[],
  log: (words: string) => void,
): void {
  if (vars.length === 0) return;
  const byName = [...vars].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const values = new Map(byName.map((each) => [each.name, read(map, each)]));
  const used = new Set<string>();
  const valueFor = (name: string): unknown => {
    const value = values.get(name);
    if (!values.has(name)) return `$(${name})`;
    if (typeof value === 'object') return `$(${name})`;
    used.add(name);
    return value;
  };
  for (const { node } of map.list)
    for (const spec of specs) eachField(node, spec, undefined, (at) => replace(at, valueFor));
  const unused = [...values.keys()].filter((name) => !used.has(name));
  if (unused.length > 0) log(`well-defined vars that were never replaced: ${unused.join(',')}`);
}

const isText = (node: Node): boolean =>
  node.kind === 'scalar' && (node.tag === '!!str' || node.tag === '');

function replace(node: Node, valueFor: (name: string) => unknown): void {
  if (isNull(node)) return;
  const set = (each: Node): void => {
    const value = expanded(each.value, valueFor);
    assign(
      each,
      typeof value === 'string'
        ? { ...stringNode(value) }
        : typeof value === 'object'
          ? scalarNode('')
          : nodeOf(value),
    );
  };
  if (node.kind === 'scalar') {
    if (isText(node)) set(node);
  } else if (node.kind === 'map') {
    for (const [, value] of node.fields) if (isText(value)) set(value);
  } else
    for (const item of node.items) {
      if (!isText(item)) throw new Error('invalid value type expect a string');
      set(item);
    }
}

/** `$(NAME)` replaced, `$$` as `$`; a text that is only one var takes on its type. */
function expanded(text: string, valueFor: (name: string) => unknown): unknown {
  const whole = /^\$\(([^)]*)\)$/.exec(text);
  if (whole) return valueFor(whole[1]!);
  return text.replaceAll(/\$(?:\$|\(([^)]*)\))/g, (_, name: string | undefined) =>
    name === undefined ? '$' : goText(valueFor(name)),
  );
}
