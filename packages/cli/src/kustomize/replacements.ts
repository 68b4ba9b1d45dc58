import { goJson } from '../printers/go-json.ts';
import { bracketedParts, lookup, matches } from './fields.ts';
import { type Id, idText, type Selected, selects, effectiveNamespace } from './ids.ts';
import {
  assign,
  copied,
  isEmpty,
  type Node,
  readNodes,
  scalarNode,
  textOf,
  valueOf,
  MalformedYaml,
} from './node.ts';
import { fitsLabels, matcherOf, type Selector } from './res-map.ts';
import { currentId, previousIds, type Resource } from './resource.ts';
import type { Transformer } from './transformers.ts';

interface FieldOptions {
  readonly delimiter?: string;
  readonly index?: number;
  readonly create?: boolean;
}

/** A value that is taken from one object and put into others. */
export interface Replacement {
  readonly source?: Selected & { readonly fieldPath?: string; readonly options?: FieldOptions };
  readonly sourceValue?: string;
  readonly targets?: readonly Target[];
}

interface Target {
  readonly select?: Selector;
  readonly reject?: readonly Selector[];
  readonly fieldPaths?: readonly string[];
  readonly options?: FieldOptions;
}

const namePath = 'metadata.name';

/** `replacements`. */
export const replacementTransformer =
  (replacements: readonly Replacement[]): Transformer =>
  ({ list }) => {
    for (const replacement of replacements) {
      const { source, sourceValue, targets } = replacement;
      if ((sourceValue === undefined && !source) || !targets)
        throw new Error('replacements must specify a source and at least one target');
      const value = valueFor(list, replacement);
      for (const target of targets) put(list, target, value);
    }
  };

const idsOf = (resource: Resource): readonly Id[] => [
  currentId(resource),
  ...previousIds(resource),
];

function sourceText(source: NonNullable<Replacement['source']>): string {
  const { fieldPath, options } = source;
  const hasOptions = options && (options.delimiter || options.create);
  return [
    idText(source),
    ...(fieldPath ? [fieldPath] : []),
    ...(hasOptions
      ? [`${options.delimiter ?? ''}(${options.index ?? 0}), create=${options.create ?? false}`]
      : []),
  ].join(':');
}

function valueFor(list: readonly Resource[], { source, sourceValue }: Replacement): Node {
  if (sourceValue !== undefined) {
    if (source) throw new Error('value and resource selectors are mutually exclusive');
    return scalarNode(sourceValue);
  }
  const { fieldPath = '', options } = source!;
  const found = list.filter((each) => idsOf(each).some((id) => isSelected(id, source!)));
  if (found.length > 1) throw new Error(`multiple matches for selector ${sourceText(source!)}`);
  if (found.length === 0) throw new Error(`nothing selected by ${sourceText(source!)}`);
  let node: Node | undefined;
  try {
    node = lookup(found[0]!.node, bracketedParts(fieldPath || namePath));
  } catch (cause) {
    throw new Error(`error looking up replacement source: ${(cause as Error).message}`, { cause });
  }
  if (isEmpty(node))
    throw new Error(
      `fieldPath \`${fieldPath || namePath}\` is missing for replacement source ${idText(source!)}`,
    );
  return refined(node!, options);
}

const isSelected = (id: Id, selector: Selected): boolean =>
  (!selector.name || selector.name === id.name) &&
  (!selector.namespace ||
    effectiveNamespace({
      ...id,
      namespace: selector.namespace,
      group: selector.group ?? '',
      version: selector.version ?? '',
      kind: selector.kind ?? '',
    }) === effectiveNamespace(id)) &&
  selects(selector, id);

/** One part of a text. */
function refined(node: Node, options: FieldOptions | undefined): Node {
  if (!options?.delimiter) return node;
  if (node.kind !== 'scalar')
    throw new Error('delimiter option can only be used with scalar nodes');
  const parts = node.value.split(options.delimiter);
  const part = parts[options.index ?? 0];
  if (part === undefined)
    throw new Error(`options.index ${options.index ?? 0} is out of bounds for value ${node.value}`);
  return { ...copied(node), value: part };
}

function put(list: readonly Resource[], target: Target, value: Node): void {
  const { select, reject = [] } = target;
  if (!select) throw new Error('target must specify resources to select');
  const wanted = matcherOf(select);
  const rejects = reject
    .map((each) => ({ each, fits: matcherOf(each) }))
    .filter(({ each: { group, version, kind, name, namespace } }) =>
      Boolean(group || version || kind || name || namespace),
    );
  for (const resource of list) {
    const ids = idsOf(resource);
    const fits = (matcher: typeof wanted) => (id: Id) =>
      matcher.gvk(id) && matcher.name(id.name) && matcher.namespace(id.namespace);
    const isRejected = reject.some(
      (each) => (each.labelSelector || each.annotationSelector) && fitsLabels(resource, each),
    );
    if (!fitsLabels(resource, select) || isRejected) continue;
    if (rejects.some((each) => ids.some(fits(each.fits)))) continue;
    if (ids.some(fits(wanted))) putInto(resource.node, value, target);
  }
}

function putInto(node: Node, value: Node, { fieldPaths = [], options }: Target): void {
  const creates = options?.create ? value.kind : undefined;
  for (const path of fieldPaths.length > 0 ? fieldPaths : [namePath]) {
    const parts = bracketedParts(path);
    if (putInText(node, value, parts, creates)) continue;
    const missing = `unable to find ${creates ? 'or create ' : ''}field ${JSON.stringify(path)} in replacement target`;
    let found: readonly Node[] | undefined;
    try {
      found = matches(node, parts, creates);
    } catch (cause) {
      throw new Error(`${missing}: ${(cause as Error).message}`, { cause });
    }
    if (!found || found.length === 0) throw new Error(missing);
    for (const field of found) setValue(field, value, options);
  }
}

function setValue(field: Node, given: Node, options: FieldOptions | undefined): void {
  const value = copied(given);
  if (options?.delimiter) {
    if (field.kind !== 'scalar')
      throw new Error('delimiter option can only be used with scalar nodes');
    const parts = field.value.split(options.delimiter);
    const index = options.index ?? 0;
    if (index < 0) parts.unshift(value.value);
    else if (index >= parts.length) parts.push(value.value);
    else parts[index] = value.value;
    value.value = parts.join(options.delimiter);
  }
  overwrite(field, value);
}

/** A scalar keeps its type, so a text becomes a number where a number stood. */
function overwrite(field: Node, value: Node): void {
  if (field.kind === 'scalar') field.value = value.value;
  else assign(field, value);
}

/** A path that goes on inside of a text which is JSON or YAML itself. */
function putInText(
  node: Node,
  value: Node,
  parts: readonly string[],
  creates: Node['kind'] | undefined,
): boolean {
  for (let length = 1; length < parts.length; length++)
    try {
      const text = lookup(node, parts.slice(0, length));
      if (text?.kind !== 'scalar') continue;
      const [inner] = readNodes(text.value);
      const found = inner && matches(inner, parts.slice(length), creates);
      if (!found || found.length === 0) return false;
      for (const field of found) overwrite(field, value);
      text.value = written(inner, text.value);
      return true;
    } catch (cause) {
      if (!(cause instanceof MalformedYaml) && length === parts.length - 1) return false;
    }
  return false;
}

function written(node: Node, before: string): string {
  if (!/^\s*[{[]/.test(before)) return textOf(node).trim();
  const isIndented = before.includes('\n') && before.includes('  ');
  return goJson(valueOf(node), isIndented ? '  ' : '');
}
