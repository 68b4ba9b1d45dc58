import { DecodeError } from '../json/index.ts';
import { hasDuplicateKeys } from '../json/pairs.ts';
import { YamlMistake } from './cursor.ts';
import { parseDocument } from './parse.ts';
import { refused, resolved } from './resolve.ts';

/** One document: its value as JSON would hold it, and what strict reading objects to. */
export interface YamlDocument {
  readonly value: unknown;
  readonly strict: readonly string[];
}

/** All documents of a text as Kubernetes parts them, empty ones left out. Throws DecodeError. */
export const parseYamlDocuments = (text: string): readonly YamlDocument[] =>
  [...yamlTexts(text)].map(readDocument).filter(({ value }) => value !== null);

/** The texts of documents: a line that begins with `---` parts them, and lines of a text count from there. Throws DecodeError. */
export function* yamlTexts(text: string): Generator<string> {
  let from = 0;
  for (const found of text.matchAll(/^---(.*)$/gm)) {
    const more = found[1]!.trim();
    if (more !== '' && !more.startsWith('#'))
      throw new DecodeError(`invalid Yaml document separator: ${more}`);
    if (found.index === from) continue; // it stands at the beginning of a document, and is its first line
    yield text.slice(from, found.index);
    from = found.index + found[0].length + 1;
  }
  if (from < text.length) yield text.endsWith('\n') ? text.slice(from) : `${text.slice(from)}\n`;
}

/** The first document as sigs.k8s.io/yaml reads it. Throws DecodeError. */
export const parseYaml = (text: string): YamlDocument => jsonDocument(text) ?? readDocument(text);

const isForbidden = /[^\t\n\r\u0020-\u007E\u0085\u00A0-\uFFFD]|\uFFFE|\uFFFF/;

function readDocument(text: string): YamlDocument {
  if (isForbidden.test(text)) throw refused('yaml: control characters are not allowed');
  try {
    const root = parseDocument(text);
    if (!root) return { value: null, strict: [] };
    const { value, strict } = resolved(root);
    return {
      value,
      strict: strict.length > 0 ? [`yaml: unmarshal errors:\n${strict.join('\n')}`] : [],
    };
  } catch (error) {
    // the stack ends before libyaml's own bound of depth does
    if (error instanceof RangeError) throw refused('yaml: exceeded max depth of 10000');
    if (error instanceof YamlMistake) throw refused(`yaml: ${error.told()}`);
    throw error;
  }
}

/** What is wrong with a text, as the newer go-yaml tells it; undefined where nothing is. */
export function yamlMistake(text: string): string | undefined {
  try {
    parseDocument(text);
    return undefined;
  } catch (error) {
    if (error instanceof YamlMistake) return error.told('context');
    throw error;
  }
}

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
