import { isDeepStrictEqual } from 'node:util';
import { encodeYaml, parseYamlDocuments } from '@coxswain/api';
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** Every scalar stays as it is written. */
const asWritten = { schema: 'failsafe', logLevel: 'silent' } as const;

/**
 * The YAML documents of a text as `after` has them: comments, order and spelling of all that did not change stay. Objects
 * without their text, or whose text cannot be edited (JSON, anchors), are written anew.
 */
export function editedYaml(
  text: string,
  before: readonly unknown[],
  after: readonly unknown[],
): readonly string[] {
  const documents = text.trimStart().startsWith('{') ? [] : documentsOf(text);
  const unindented = /^( *)[^\s#-][^\n]*:[^\S\n]*(#[^\n]*)?\n\1- /m.test(text);
  return after.map((value, at) => {
    const document = documents.length === after.length ? documents[at] : undefined;
    const edited = document && editedDocument(document, before[at], value, unindented);
    return edited ?? encodeYaml(value);
  });
}

const documentsOf = (text: string): readonly Document[] => {
  const documents = parseAllDocuments(text, asWritten);
  return Array.isArray(documents)
    ? (documents as Document[]).filter(({ contents }) => isMap(contents))
    : [];
};

/** Undefined where the edited text would not be read as `after`. */
function editedDocument(
  document: Document,
  before: unknown,
  after: unknown,
  unindented: boolean,
): string | undefined {
  edit(document.contents, before, after);
  const text = document
    .toString({ lineWidth: 0, indentSeq: !unindented, flowCollectionPadding: false })
    .replace(/^---\n/, '')
    .replace(/\n\.\.\.\n$/, '\n');
  try {
    const read = parseYamlDocuments(text);
    return read.length === 1 && isDeepStrictEqual(read[0]!.value, after) ? text : undefined;
  } catch {
    return undefined; // written anew instead
  }
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether `node` could be brought from one value to the other in its place. */
function edit(node: unknown, before: unknown, after: unknown): boolean {
  if (isDeepStrictEqual(before, after)) return true;
  if (isScalar(node) && typeof before === 'string' && typeof after === 'string') {
    node.value = after;
    return true;
  }
  if (isMap(node) && isFields(before) && isFields(after)) editMap(node, before, after);
  else if (isSeq(node) && Array.isArray(before) && Array.isArray(after))
    return before.length === after.length && editList(node, before, after);
  else return false;
  return true;
}

function editMap(map: YAMLMap, before: Fields, after: Fields): void {
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) map.delete(name);
  for (const [name, value] of Object.entries(after)) {
    const isKept = Object.hasOwn(before, name) && edit(map.get(name, true), before[name], value);
    if (!isKept) map.set(name, nodeOf(value));
  }
}

function editList(list: YAMLSeq, before: readonly unknown[], after: readonly unknown[]): true {
  for (const [at, value] of after.entries())
    if (!edit(list.items[at], before[at], value)) list.items[at] = nodeOf(value);
  return true;
}

/** A value as our own encoder writes it. */
const nodeOf = (value: unknown): Node => parseDocument(encodeYaml(value), asWritten).contents!;
