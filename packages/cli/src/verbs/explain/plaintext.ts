import { goText } from '../../printers/go-text.ts';
import {
  type Document,
  type GroupKind,
  propertiesOf,
  referred,
  type Schema,
  schemaOf,
  valuesOf,
} from './schema.ts';

/** What is explained: the way down from a kind, and whether all that lies below is listed. */
export interface Question {
  readonly fields: readonly string[];
  readonly recursive: boolean;
}

/** Columns of a line of text. */
const width = 80;

/** Breaks lines at white space; a word longer than a line is left whole. */
export function wrapped(text: string, limit: number): string {
  let out = '';
  let [line, space, word] = [0, '', ''];
  const flush = (): void => {
    out += space + word;
    line += length(space) + length(word);
    [space, word] = ['', ''];
  };
  for (const letter of text) {
    if (letter === '\n') {
      if (word !== '' || line + length(space) <= limit) flush();
      space = '';
      out += letter;
      line = 0;
    } else if (/\s/u.test(letter) && letter !== '\u00a0') {
      if (space === '' || word !== '') flush();
      space += letter;
    } else {
      word += letter;
      if (line + length(word) + length(space) <= limit || length(word) >= limit) continue;
      out += '\n';
      line = 0;
      space = '';
    }
  }
  if (word !== '' || line + length(space) <= limit) out += space + word;
  return out;
}

const length = (text: string): number => Array.from(text).length;

const indented = (by: number, text: string): string =>
  ' '.repeat(by) + text.replaceAll('\n', `\n${' '.repeat(by)}`);

/** Explains a kind or a field of it, as `--output plaintext`. The error comes behind the head of the text. */
export function plaintext(
  document: Document,
  of: GroupKind,
  question: Question,
): { readonly text: string; readonly error?: string } {
  const head = `${of.group ? `GROUP:      ${of.group}\n` : ''}KIND:       ${of.kind}\nVERSION:    ${of.version}\n\n`;
  const schema = schemaOf(document, of);
  if (!schema) return { text: head, error: `error: GVK ${goText(of)} not found in OpenAPI schema` };
  const text = outputOf(document, schema, question, new Set());
  return text
    ? { text: `${head}${text}\n` }
    : {
        text: head,
        error: `error: field ${JSON.stringify(question.fields.at(-1))} does not exist`,
      };
}

/** Goes down the path; nothing where it leads nowhere. */
function outputOf(
  document: Document,
  schema: Schema,
  question: Question,
  seen: ReadonlySet<string>,
): string {
  const { $ref = '' } = schema;
  const resolved = referred(document, $ref) ?? schema;
  const [field, ...fields] = question.fields;
  if (field === undefined) return described(document, resolved, question.recursive);
  if ($ref && seen.has($ref)) return '';
  const own = resolved.properties?.[field];
  if (own) {
    const rest = outputOf(document, own, { ...question, fields }, new Set());
    if (fields.length > 0) return rest;
    return `FIELD: ${field} <${typeText(document, own)}>\n${longEnum(own)}\n\n${rest}`;
  }
  const inside = resolved.items ?? valuesOf(resolved);
  const next = new Set([...seen, $ref]);
  if (inside) return outputOf(document, inside, question, next);
  for (const part of resolved.allOf ?? []) {
    const text = outputOf(document, part, question, next);
    if (text) return text;
  }
  return '';
}

function described(document: Document, schema: Schema, recursive: boolean): string {
  const text = descriptions(document, schema) || '<empty>';
  const docs = externalDocs(schema, 0, 4);
  const fields = fieldList(document, schema, { level: 1, recursive, seen: new Set() });
  return `DESCRIPTION:\n${indented(4, wrapped(text, width - 4))}\n${docs}${fields && `FIELDS:\n${fields}`}`;
}

/** The description of a schema and of all that it is made of. */
function descriptions(document: Document, given: Schema): string {
  const schema = referred(document, given.$ref) ?? given;
  const parts = [...(schema.allOf ?? []), schema.items, valuesOf(schema)];
  const own = schema.description ? `${schema.description}\n` : '';
  return own + parts.map((part) => (part ? descriptions(document, part) : '')).join('');
}

function externalDocs({ externalDocs: docs }: Schema, titleIn: number, textIn: number): string {
  if (!docs) return '';
  const { description, url } = docs;
  return [
    `\n${indented(titleIn, 'EXTERNAL DOCS:')}\n`,
    description ? `${indented(textIn, wrapped(description, width - textIn))}\n` : '',
    url ? `${indented(textIn, `URL: ${url}`)}\n` : '',
  ].join('');
}

interface ListOptions {
  readonly level: number;
  readonly recursive: boolean;
  /** References on the way down: one that comes again is not followed. */
  readonly seen: ReadonlySet<string>;
}

function fieldList(document: Document, given: Schema, options: ListOptions): string {
  const { $ref } = given;
  if ($ref && options.seen.has($ref)) return '';
  const schema = referred(document, $ref) ?? given;
  const next = { ...options, seen: $ref ? new Set([...options.seen, $ref]) : options.seen };
  const own = propertiesOf(schema).map(([name, property]) => {
    const detail = fieldDetail(document, schema, name, options);
    const below = options.recursive
      ? fieldList(document, property, { ...next, level: options.level + 1 })
      : '';
    return detail + below;
  });
  const parts = [...(schema.allOf ?? []), schema.items, valuesOf(schema)];
  return [...own, ...parts.map((part) => (part ? fieldList(document, part, next) : ''))].join('');
}

function fieldDetail(
  document: Document,
  parent: Schema,
  name: string,
  { level, recursive }: ListOptions,
): string {
  const schema = parent.properties![name]!;
  const by = level * 2;
  const required = parent.required?.includes(name) ? ' -required-' : '';
  const head = `${indented(by, name)}\t<${typeText(document, schema)}>${required}${shortEnum(schema, by)}\n`;
  if (recursive) return head;
  const text = schema.description || '<no description>';
  return `${head}${indented(by + 2, wrapped(text, width - 2 - by))}\n${externalDocs(schema, by + 2, by + 4)}\n`;
}

/** `string`, `[]Container`, `map[string]string`. */
function typeText(document: Document, schema: Schema): string {
  if (schema.items) return `[]${typeText(document, schema.items)}`;
  const values = valuesOf(schema);
  if (values) return `map[string]${typeText(document, values)}`;
  const { allOf, properties, $ref, type } = schema;
  if (allOf?.length === 1 && !properties) return typeText(document, allOf[0]!);
  if ($ref) {
    const of = referred(document, $ref)?.type;
    return of && of !== 'object' ? of : $ref.split('/').at(-1)!.split('.').at(-1) || 'Object';
  }
  return !type || type === 'object' ? 'Object' : type;
}

const enumText = (value: unknown): string => (value === '' ? '""' : goText(value));

const longEnum = (schema: Schema): string =>
  schema.enum ? `ENUM:${schema.enum.map((value) => `\n    ${enumText(value)}`).join('')}` : '';

/** Values that are listed beside a field among others. */
const enumMax = 4;

const shortEnum = ({ enum: values }: Schema, by: number): string =>
  values
    ? `\n${' '.repeat(by)}enum: ${values.slice(0, enumMax).map(enumText).join(', ')}${values.length > enumMax ? ', ....' : ''}`
    : '';
