import { parseYamlDocuments, resolvePlain, yamlMistake } from '@coxswain/api';
import { type Alias, isAlias, isMap, isScalar, isSeq, parseAllDocuments, stringify } from 'yaml';

/**
 * A YAML value as kustomize holds it while it works: a scalar keeps its text, so that a name put together of plain
 * words may still turn out to be a number. Nodes are changed in place.
 */
export interface Node {
  kind: 'scalar' | 'map' | 'list';
  /** `!!str`, `!!int` ...; empty: what the text says. */
  tag: string;
  value: string;
  isQuoted: boolean;
  fields: [key: string, value: Node][];
  items: Node[];
  /** A null that a patch leaves where it is. */
  stays?: boolean;
}

export const scalarNode = (value: string, tag = '', isQuoted = false): Node => ({
  ...{ kind: 'scalar', tag, value, isQuoted },
  ...{ fields: [], items: [] },
});
export const stringNode = (value: string): Node => scalarNode(value, '!!str');
export const mapNode = (fields: [string, Node][] = []): Node => ({
  ...{ kind: 'map', tag: '!!map', value: '', isQuoted: false },
  ...{ fields, items: [] },
});
export const listNode = (items: Node[] = []): Node => ({
  ...{ kind: 'list', tag: '!!seq', value: '', isQuoted: false },
  ...{ fields: [], items },
});
export const nullNode = (): Node => scalarNode('', '!!null');

/** What a node made for a field that is not there yet looks like. */
export type Creates = Node['kind'] | undefined;

export const emptyNode = (kind: Node['kind']): Node =>
  kind === 'map' ? mapNode() : kind === 'list' ? listNode() : scalarNode('');

export const copied = (node: Node): Node => ({
  ...node,
  fields: node.fields.map(([key, value]) => [key, copied(value)]),
  items: node.items.map(copied),
});

/** Puts another node's content in the place of this one. */
export const assign = (node: Node, other: Node): Node => Object.assign(node, copied(other));

export const isNull = (node: Node | undefined): node is undefined => !node || node.tag === '!!null';
export const isEmpty = (node: Node | undefined): boolean =>
  isNull(node) ||
  ((node as Node).kind !== 'scalar' &&
    (node as Node).fields.length === 0 &&
    (node as Node).items.length === 0);

const yes = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;
const date = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]|$)/;

/** What a text without quotes stands for in YAML 1.2, as go-yaml v3 has it. */
function resolved(text: string): { readonly tag: string; readonly value: unknown } {
  if (yes.test(text)) return { tag: '!!str', value: text };
  if (text === '<<') return { tag: '!!merge', value: text };
  const time = date.test(text) ? timeOf(text) : undefined;
  if (time) return { tag: '!!timestamp', value: time };
  const value = resolvePlain(text);
  if (value === null) return { tag: '!!null', value };
  if (typeof value === 'boolean') return { tag: '!!bool', value };
  if (typeof value === 'string') return { tag: '!!str', value };
  if (!/^[-+]?(?:\d[\d_]*|0[xXoObB][\da-fA-F_]+)$/.test(text)) return { tag: '!!float', value };
  return {
    tag: '!!int',
    value: Number.isSafeInteger(value) || !/^[-+]?\d+$/.test(text) ? value : BigInt(text),
  };
}

function timeOf(text: string): string | undefined {
  const parts =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|\s+)(\d\d?):(\d\d):(\d\d)(\.\d+)?\s*(Z|[-+]\d\d(?::?\d\d)?)?)?$/.exec(
      text,
    );
  if (!parts) return undefined;
  const [, year, month, day, hour = '0', minute = '00', second = '00', fraction = '', zone] = parts;
  const two = (part: string): string => part.padStart(2, '0');
  return `${year}-${two(month!)}-${two(day!)}T${two(hour)}:${minute}:${second}${fraction.replace(/0+$/, '').replace(/^\.$/, '')}${zone ?? 'Z'}`;
}

/** The node as JSON holds it. Throws where a text does not fit the tag it was given. */
export function valueOf(node: Node): unknown {
  if (node.kind === 'map')
    return Object.fromEntries(node.fields.map(([key, value]) => [key, valueOf(value)]));
  if (node.kind === 'list') return node.items.map(valueOf);
  if (node.tag === '!!str' || (node.isQuoted && node.tag === '')) return node.value;
  const { tag, value } = resolved(node.value);
  if (node.tag === '' || node.tag === tag) return node.isQuoted ? node.value : value;
  if (node.tag === '!!null') return null;
  if (node.tag === '!!float' && tag === '!!int') return value;
  if (!/^!!(?:int|float|bool|timestamp)$/.test(node.tag)) return node.value;
  throw new Error(`yaml: cannot decode ${tag} \`${node.value}\` as a ${node.tag}`);
}

/** The nodes that writing a value and reading it again give. */
export function nodeOf(value: unknown): Node {
  if (Array.isArray(value)) return listNode(value.map(nodeOf));
  if (typeof value === 'object' && value !== null)
    return mapNode(
      Object.keys(value)
        .toSorted()
        .map((key) => [key, nodeOf((value as Record<string, unknown>)[key])]),
    );
  if (value === null || value === undefined) return scalarNode('null', '!!null');
  if (typeof value === 'string') return scalarNode(value, '!!str', isAmbiguous(value));
  const tag = typeof value === 'boolean' ? '!!bool' : Number.isInteger(value) ? '!!int' : '!!float';
  return scalarNode(String(value as number), tag);
}

/** As a person would write it, in the order of its fields. */
export const textOf = (node: Node): string =>
  stringify(valueOf(node), { indentSeq: false, lineWidth: 0 });

/** Whether YAML 1.1 reads something else than a text. */
export function isAmbiguous(text: string): boolean {
  if (text === '' || text.includes('\n')) return false;
  if (/^[\w.+-]+$/.test(text) && !/^-$/.test(text)) return typeof resolvePlain(text) !== 'string';
  try {
    const [document] = parseYamlDocuments(text);
    return typeof document?.value !== 'string';
  } catch {
    return false;
  }
}

export class MalformedYaml extends Error {}

/** The documents of a text, empty ones left out. Throws MalformedYaml. */
export function readNodes(text: string): readonly Node[] {
  const lines = text.replaceAll('\r\n', '\n');
  const documents = parseAllDocuments(lines, {
    ...{ schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' },
  });
  const found: Node[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error)
      throw new MalformedYaml(
        `MalformedYAMLError: yaml: ${yamlMistake(lines) ?? error.message.split(' at line ')[0]}`,
      );
    const node = fromYaml(
      document.contents,
      (name) => (document as unknown as { anchors?: never }).anchors ?? name.resolve(document),
    );
    if (!isNull(node)) found.push(node);
  }
  return found;
}

type Follow = (alias: Alias) => unknown;

function fromYaml(source: unknown, follow: Follow): Node {
  if (isAlias(source)) return fromYaml(follow(source), follow);
  if (isSeq(source)) return listNode(source.items.map((item) => fromYaml(item, follow)));
  if (isMap(source)) return withMerged(source.items, follow);
  if (!isScalar(source)) return nullNode();
  const text = String(source.source ?? source.value ?? '');
  const value = typeof source.value === 'string' ? source.value : text;
  const tag = source.tag?.replace('tag:yaml.org,2002:', '!!');
  const isPlain = source.type === 'PLAIN';
  if (tag !== undefined && tag !== '!') return scalarNode(value, tag, !isPlain);
  return isPlain ? scalarNode(value, resolved(value).tag) : scalarNode(value, '!!str', true);
}

/** A mapping with those of its merge key put in. */
function withMerged(
  pairs: readonly { readonly key: unknown; readonly value: unknown }[],
  follow: Follow,
): Node {
  const node = mapNode();
  const merged: Node[] = [];
  for (const { key, value } of pairs) {
    const name = fromYaml(key, follow);
    const inner = fromYaml(value, follow);
    if (name.tag === '!!merge') merged.push(...(inner.kind === 'list' ? inner.items : [inner]));
    else node.fields.push([name.value, inner]);
  }
  for (const { fields } of merged)
    for (const [key, value] of fields)
      if (!node.fields.some(([own]) => own === key)) node.fields.push([key, copied(value)]);
  return node;
}
