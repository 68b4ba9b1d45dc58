import {
  type Document,
  type GroupKind,
  propertiesOf,
  referred,
  type Schema,
  valuesOf,
} from './schema.ts';
import type { Question } from './plaintext.ts';

/** Columns of a line of text, and how far fields and descriptions stand in. */
const width = 80;
const fieldsIn = 3;
const textIn = 5;

const startsAnew = (lastWord: string, line: string): boolean =>
  lastWord.endsWith(':') || line.trim() === '' || /^(\d+\.?|-|\*)\s/.test(line.trim());

/** Fills lines with the words of a text; paragraphs, lists and what is indented stay apart. */
export function filled(text: string, limit: number): readonly string[] {
  const done: string[] = [];
  let words: string[] = [];
  const flush = (): void => {
    if (words.length > 0) done.push(words.join(' '));
    words = [];
  };
  for (const line of text.split('\n')) {
    const isCode = line.startsWith('    ');
    if (isCode || (done.length > 0 && line.trim() === '')) {
      flush();
      done.push(isCode ? line : '');
      continue;
    }
    if (startsAnew(words.at(-1) ?? '', line)) flush();
    for (const word of line.split(/\s+/).filter(Boolean)) {
      if (words.length > 0 && Buffer.byteLength([...words, word].join(' ')) > limit) flush();
      words.push(word);
    }
  }
  flush();
  return done;
}

const lineOf = (by: number, line: string): string =>
  `${line === '' ? '' : ' '.repeat(by) + line}\n`;
const filledLines = (by: number, text: string): string =>
  filled(text, width - by)
    .map((line) => lineOf(by, line))
    .join('');

/** Explains a kind or a field of it from OpenAPI v2, as kubectl did before. Throws for a field that is not there. */
export function plaintextV2(document: Document, of: GroupKind, question: Question): string {
  const schema = document.schemas[nameOf(document, of) ?? ''];
  const groupVersion = of.group ? `${of.group}/${of.version}` : of.version;
  if (!schema)
    throw new Error(
      `couldn't find resource for ${JSON.stringify(`${groupVersion}, Kind=${of.kind}`.replace(/^(?!.*\/.*,)/, '/'))}`,
    );
  const name = question.fields.at(-1) ?? '';
  const found = lookedUp(document, schema, question.fields);
  const { texts, type, end } = way(document, found);
  const head = `KIND:     ${of.kind}\nVERSION:  ${groupVersion}\n\n`;
  const told = description(texts);
  if (end?.properties) {
    const title = name && `RESOURCE: ${name} <${type}>\n\n`;
    const fields = question.recursive
      ? recursiveFields(document, end, fieldsIn, new Set())
      : plainFields(document, end);
    return `${head}${title}${told}\nFIELDS:\n${fields}`;
  }
  return `${head}${isPrimitive(end) ? `FIELD:    ${name} <${type}>\n\n` : ''}${told}`;
}

const nameOf = ({ schemas }: Document, wanted: GroupKind): string | undefined =>
  Object.keys(schemas)
    .toSorted()
    .findLast((name) =>
      schemas[name]!['x-kubernetes-group-version-kind']?.some(
        ({ group, version, kind }) =>
          (group ?? '') === wanted.group && version === wanted.version && kind === wanted.kind,
      ),
    );

const isPrimitive = (schema: Schema | undefined): boolean =>
  schema?.type !== undefined && schema.type !== 'object' && schema.type !== 'array';

/** One step towards what a reference, a list or a map holds. */
const inside = (document: Document, schema: Schema): Schema | undefined =>
  schema.$ref ? referred(document, schema.$ref) : (schema.items ?? mapped(schema));

/** An object without properties is a map, of anything where nothing is said. */
const mapped = (schema: Schema): Schema | undefined =>
  schema.type === 'object' && !schema.properties ? (valuesOf(schema) ?? {}) : undefined;

function lookedUp(document: Document, schema: Schema, [field, ...rest]: readonly string[]): Schema {
  if (field === undefined || isPrimitive(schema)) return schema;
  if (schema.properties) {
    const next = schema.properties[field];
    if (!next) throw new Error(`field ${JSON.stringify(field)} does not exist`);
    return lookedUp(document, next, rest);
  }
  const next = inside(document, schema);
  return next ? lookedUp(document, next, [field, ...rest]) : schema;
}

/** Down to what is no reference, list or map: what is said on the way, and the type of what it began with. */
function way(
  document: Document,
  schema: Schema,
): { readonly texts: readonly string[]; readonly type: string; readonly end: Schema | undefined } {
  const texts: string[] = [];
  let [end, type]: [Schema | undefined, string] = [schema, ''];
  while (end) {
    texts.push(end.description ?? '');
    if (!end.$ref) type ||= typeText(document, end);
    const next = inside(document, end);
    if (!next) break;
    end = next;
  }
  return { texts, type, end };
}

function description(texts: readonly string[]): string {
  const parts = texts.map(
    (text, at) => text && `${at > 0 ? '\n' : ''}${filledLines(textIn, text)}`,
  );
  return `DESCRIPTION:\n${parts.join('') || lineOf(textIn, '<empty>')}`;
}

function typeText(document: Document, schema: Schema): string {
  const next = inside(document, schema);
  if (schema.$ref) return next ? typeText(document, next) : '';
  if (schema.properties) return 'Object';
  if (!next) return schema.type ?? '';
  return `${schema.items ? '[]' : 'map[string]'}${typeText(document, next)}`;
}

/** The schema whose fields are meant, through references, lists and maps. */
const holder = (document: Document, schema: Schema): Schema => {
  const next = schema.properties ? undefined : inside(document, schema);
  return next ? holder(document, next) : schema;
};

const plainFields = (document: Document, schema: Schema): string =>
  propertiesOf(holder(document, schema))
    .map(([name, property]) => {
      const required = schema.required?.includes(name) ? ' -required-' : '';
      const text = filledLines(fieldsIn + 2, property.description ?? '');
      return `${lineOf(fieldsIn, `${name}\t<${typeText(document, property)}>${required}`)}${text}\n`;
    })
    .join('');

function recursiveFields(
  document: Document,
  schema: Schema,
  by: number,
  seen: ReadonlySet<string>,
): string {
  if (!schema.properties) {
    if (schema.$ref && seen.has(schema.$ref)) return '';
    const next = inside(document, schema);
    const now = schema.$ref ? new Set([...seen, schema.$ref]) : seen;
    return next ? recursiveFields(document, next, by, now) : '';
  }
  return propertiesOf(schema)
    .map(
      ([name, property]) =>
        lineOf(by, `${name}\t<${typeText(document, property)}>`) +
        recursiveFields(document, property, by + 3, seen),
    )
    .join('');
}
