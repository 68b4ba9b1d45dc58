import {
  assign,
  type Creates,
  emptyNode,
  isAmbiguous,
  isNull,
  listNode,
  mapNode,
  type Node,
  scalarNode,
  textOf,
} from './node.ts';

const kindNames = { scalar: 'ScalarNode', map: 'MappingNode', list: 'SequenceNode' };

/** A field holds another kind of value than is needed there. */
export class WrongKind extends Error {
  readonly found: Node['kind'];
  constructor(node: Node, expected: Node['kind']) {
    super(
      `wrong node kind: expected ${kindNames[expected]} but got ${kindNames[node.kind]}: node contents:\n${textOf(node)}`,
    );
    this.found = node.kind;
  }
}

export function requireKind(node: Node | undefined, kind: Node['kind']): void {
  if (node && !isNull(node) && node.kind !== kind) throw new WrongKind(node, kind);
}

/** The field, null where it says so; undefined for what is no mapping. */
export const fieldOf = (node: Node | undefined, name: string): Node | undefined =>
  node?.fields.find(([key]) => key === name)?.[1];

/** The field of a mapping. Throws for other kinds. */
export function getField(node: Node, name: string): Node | undefined {
  if (isNull(node)) return undefined;
  requireKind(node, 'map');
  return fieldOf(node, name);
}

export function clearField(node: Node, name: string): void {
  requireKind(node, 'map');
  const at = node.fields.findIndex(([key]) => key === name);
  if (at >= 0) node.fields.splice(at, 1);
}

/** Sets a field; null takes it out. The quotes of what was there stay. */
export function setField(node: Node, name: string, given: Node | undefined): Node | undefined {
  const value = given && requoted(given);
  if (name === '') {
    requireKind(node, 'scalar');
    if (isNull(value)) return node;
    return assign(node, { ...value, isQuoted: node.isQuoted });
  }
  if (!value || (isNull(value) && !(value as Node).stays)) {
    clearField(node, name);
    return undefined;
  }
  requireKind(node, 'map');
  const present = isNull(node) ? undefined : fieldOf(node, name);
  if (present) return assign(present, { ...value, isQuoted: present.isQuoted });
  if (node.kind !== 'map') assign(node, mapNode());
  node.fields.push([name, value]);
  return value;
}

const requoted = (node: Node): Node =>
  node.kind === 'scalar' &&
  !node.isQuoted &&
  /^(?:!!str)?$/.test(node.tag) &&
  isAmbiguous(node.value)
    ? { ...node, isQuoted: true }
    : node;

/** Parts of a path, where a backslash keeps a separator in its part. */
export function pathParts(path: string, separator: string): readonly string[] {
  const parts = path.split(separator);
  if (parts.length > 1 && parts[0] === '') parts.shift();
  const found = [parts[0]!];
  for (const part of parts.slice(1)) {
    const last = found.at(-1)!;
    if (last.endsWith('\\')) found[found.length - 1] = `${last.slice(0, -1)}${separator}${part}`;
    else found.push(part);
  }
  return found;
}

/** The same with brackets kept together: `a.[name=x.y].b`, `metadata.annotations.[a.b]`. */
export function bracketedParts(path: string): readonly string[] {
  const parts = pathParts(path, '.');
  const found: string[] = [];
  for (let at = 0; at < parts.length; at++) {
    let part = parts[at]!;
    if (part.startsWith('[') && !part.endsWith(']')) {
      while (at < parts.length - 1) {
        part += `.${parts[++at]!}`;
        if (parts[at]!.endsWith(']')) break;
      }
      if (!part.includes('=')) part = part.replaceAll(/^[[\]]+|[[\]]+$/g, '');
    }
    found.push(part);
  }
  return found;
}

const isIndex = (part: string): boolean => /^\+?\d+$/.test(part);
const isBracketed = (part: string): boolean => part.startsWith('[') && part.endsWith(']');

function nextKind(part: string | undefined, last: Node['kind']): Node['kind'] {
  if (!part) return last;
  return isBracketed(part) || isIndex(part) ? 'list' : 'map';
}

/** `[name=value]` */
function matchOf(part: string): readonly [field: string, value: string] {
  const inner = part.slice(1, -1);
  const at = inner.indexOf('=');
  if (at < 0)
    throw new Error('list path element must contain fieldName=fieldValue for element to match');
  return [inner.slice(0, at), inner.slice(at + 1)];
}

/** What stands at a path; undefined where it does not lead anywhere. With `creates`, missing parts are made. */
export function lookup(root: Node, path: readonly string[], creates?: Creates): Node | undefined {
  let node: Node | undefined = root;
  const parts = path.map((part) => part.trim()).filter((part) => part !== '');
  for (const [at, part] of parts.entries()) {
    node = step(node, part, parts[at + 1], creates);
    if (!node) return undefined;
  }
  return node;
}

function step(
  node: Node,
  part: string,
  next: string | undefined,
  creates: Creates,
): Node | undefined {
  if (/^[-+]?\d+$/.test(part)) {
    if (Number(part) < 0) throw new Error(`array index ${Number(part)} cannot be negative`);
    requireKind(node, 'list');
    return node.items[Number(part)];
  }
  if (part === '-') {
    requireKind(node, 'list');
    return node.items.at(-1);
  }
  if (part === '*') throw new Error('wildcard is not supported in PathGetter');
  if (isBracketed(part)) return itemOf(node, matchOf(part), creates);
  const found = getField(node, part);
  if (found || !creates || isNull(node)) return found;
  return setField(node, part, emptyNode(nextKind(next, creates)));
}

function itemOf(
  node: Node,
  [field, value]: readonly [string, string],
  creates: Creates,
): Node | undefined {
  requireKind(node, 'list');
  const found = node.items.find((item) =>
    field === '' ? item.value === value : fieldOf(item, field)?.value === value,
  );
  if (found || !creates) return found;
  const made = field === '' ? scalarNode(value) : mapNode([[field, scalarNode(value)]]);
  node.items.push(made);
  return made;
}

/** All that stands at a path with `*` and patterns in it; undefined where a field is missing. */
export function matches(
  node: Node,
  path: readonly string[],
  creates?: Creates,
): readonly Node[] | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return [node];
  if (isIndex(part)) return atIndex(node, Number(part), rest, creates);
  if (isBracketed(part)) return byPattern(node, part, rest, creates);
  if (part === '*') {
    requireKind(node, 'list');
    const found = node.items.flatMap((item) => matches(item, rest, creates) ?? []);
    return found.length > 0 ? found : undefined;
  }
  let field = getField(node, part);
  if (!field) {
    if (!creates) return undefined;
    field = setField(node, part, emptyNode(nextKind(rest[0], creates)))!;
  }
  return matches(field, rest, creates);
}

function atIndex(
  node: Node,
  index: number,
  rest: readonly string[],
  creates: Creates,
): readonly Node[] | undefined {
  requireKind(node, 'list');
  if (node.items.length === index && creates)
    node.items.push(emptyNode(nextKind(rest[0], creates)));
  const item = node.items[index];
  if (!item)
    throw new Error(`index ${index} specified but only ${node.items.length} elements found`);
  return matches(item, rest, creates);
}

function byPattern(
  node: Node,
  part: string,
  rest: readonly string[],
  creates: Creates,
): readonly Node[] | undefined {
  const [field, pattern] = matchOf(part);
  requireKind(node, 'list');
  const expression = new RegExp(pattern);
  const fits = (item: Node): boolean => {
    const text = field === '' ? item : fieldOf(item, field);
    return text !== undefined && expression.test(textOf(text).trim());
  };
  const found = node.items
    .filter(fits)
    .flatMap((item) => (field === '' ? [item] : (matches(item, rest, creates) ?? [])));
  if (found.length > 0) return found;
  if (!creates) return undefined;
  const value = scalarNode(pattern);
  node.items.push(field === '' ? value : mapNode([[field, value]]));
  const again = node.items.at(-1)!;
  return field === '' ? [again] : matches(again, rest, creates);
}

/** What is set has this shape where nothing was there. */
export interface Creation {
  readonly kind: Node['kind'];
  readonly tag: string;
}

/** `spec/template/metadata/labels`, walking through lists, `[]` marking them. */
export function eachAt(
  node: Node,
  path: readonly string[],
  creation: Creation | undefined,
  set: (node: Node) => void,
): void {
  const [part, ...rest] = path;
  if (part === undefined) return set(node);
  if (isNull(node)) return;
  if (node.kind === 'list') {
    for (const item of node.items)
      try {
        eachAt(item, path, creation, set);
      } catch (cause) {
        if (cause instanceof WrongKind)
          cause.message = `visit traversal on path: [${path.join(' ')}]: ${cause.message}`;
        else
          throw new Error(
            `visit traversal on path: [${path.join(' ')}]: ${(cause as Error).message}`,
            { cause },
          );
        throw cause;
      }
    return;
  }
  if (node.kind !== 'map') throw new Error('expected sequence or mapping node');
  const isSequence = part.endsWith('[]');
  const name = isSequence ? part.slice(0, -2) : part;
  if (name === '') throw new Error('cannot set or create an empty field name');
  const made: Creation | undefined =
    isSequence || !creation
      ? undefined
      : rest.length === 0
        ? creation
        : { kind: 'map', tag: '!!map' };
  const field = lookup(node, [name], made?.kind);
  if (!field) return;
  const kind = made?.kind ?? (isSequence ? 'list' : undefined);
  if (isNull(field) && kind)
    assign(field as Node, {
      ...(kind === 'list' ? listNode() : emptyNode(kind)),
      tag: made?.tag ?? '',
    });
  eachAt(field, rest, creation, set);
}
