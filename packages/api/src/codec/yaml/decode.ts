import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Node, ScalarTag } from 'yaml';
import { DecodeError } from '../json/index.ts';
import { hasDuplicateKeys } from '../json/pairs.ts';
import { goError } from './go-error.ts';
import { resolvePlain } from './plain.ts';

/** Every scalar without quotes goes through go-yaml's rules. */
const plain: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  test: /^(?:$|[-+.\d~]|[yYnNtTfFoO])/,
  resolve: (text) => resolvePlain(text),
};

const aliasesMax = 100;

/** One document: its value as JSON would hold it, and what strict reading objects to. */
export interface YamlDocument {
  readonly value: unknown;
  readonly strict: readonly string[];
}

/** All documents of a text, empty ones left out. Throws DecodeError. */
export function parseYamlDocuments(text: string): readonly YamlDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    customTags: (tags) => [plain, ...tags],
    merge: true,
    uniqueKeys: false,
    lineCounter: lines,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents)) return [];
  return (documents as Document.Parsed[])
    .filter((document) => document.errors.length > 0 || !isEmpty(document.contents))
    .map((document) => {
      const [error] = document.errors;
      if (error) {
        throw new DecodeError(`error converting YAML to JSON: yaml: ${goError(error, text)}`, {
          cause: error,
        });
      }
      if (hasWholeKey(document.contents))
        throw new DecodeError('error converting YAML to JSON: yaml: invalid map key');
      return { value: valueOf(document), strict: duplicates(document, lines) };
    });
}

/** Whether a key is a list or a mapping, which JSON cannot hold. */
const hasWholeKey = (node: unknown): boolean =>
  isSeq(node)
    ? node.items.some(hasWholeKey)
    : isMap(node) &&
      node.items.some(({ key, value }) => isMap(key) || isSeq(key) || hasWholeKey(value));

/** The document with its aliases in place. */
function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: aliasesMax }) as unknown;
  } catch (cause) {
    if (cause instanceof RangeError) throw cause; // deeper than anything real
    const { message } = cause as Error;
    const unknown = /^Unresolved alias .*: (.*)$/s.exec(message)?.[1];
    const why = message.startsWith('Excessive alias count')
      ? 'document contains excessive aliasing'
      : unknown === undefined
        ? message
        : `unknown anchor '${unknown}' referenced`;
    throw new DecodeError(`error converting YAML to JSON: yaml: ${why}`, { cause });
  }
}

const isEmpty = (contents: unknown): boolean =>
  contents === null || (isScalar(contents) && contents.value === null && !contents.source);

/** The first document as sigs.k8s.io/yaml reads it. Throws DecodeError. */
export const parseYaml = (text: string): YamlDocument =>
  jsonDocument(text) ?? parseYamlDocuments(text)[0] ?? { value: null, strict: [] };

/** What most clients send as YAML is JSON, which is read many times faster; undefined for all that needs YAML's rules. */
function jsonDocument(text: string): YamlDocument | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return hasDuplicateKeys(text, value) ? undefined : { value, strict: [] };
  } catch {
    return undefined; // the YAML reader says what is wrong
  }
}

/** Keys that stand twice in a mapping, in go-yaml's words. */
function duplicates(document: Document.Parsed, lines: LineCounter): readonly string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (isAlias(node)) return;
    if (isSeq(node)) for (const item of node.items) visit(item);
    if (!isMap(node)) return;
    const seen = new Set<unknown>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? key.value : key;
      if (seen.has(name)) {
        const at = (value as Node | null)?.range ?? (key as Node).range;
        found.push(
          `  line ${lines.linePos(at?.[0] ?? 0).line}: key ${JSON.stringify(name)} already set in map`,
        );
      }
      seen.add(name);
      visit(value);
    }
  };
  visit(document.contents);
  return found.length ? [`yaml: unmarshal errors:\n${found.join('\n')}`] : [];
}
