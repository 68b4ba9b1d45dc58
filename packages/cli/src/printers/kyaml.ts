import { type FieldOrder, fieldsOf } from './go-json.ts';

/** Words that some reader of YAML takes for something other than text. */
const ambiguousWord =
  /^(null|~|true|false|t|f|y|n|yes|no|on|off|[-+]?\.inf|\.nan|[-+]?(inf|infinity)|nan)$/i;
const ambiguousNumber =
  /^[-+]?(0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|0[xX][\da-fA-F]*\.?[\da-fA-F]*[pP][-+]?\d+)$/;
const sexagesimal = /^[+-]?[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/;
const timestamp =
  /^\d{4}-\d{1,2}-\d{1,2}([Tt]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[+-]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?)?$/;

const needsQuotes = (text: string): boolean =>
  // Classes of Unicode take a millisecond to compile: not before they are needed.
  !/^[\p{L}\p{N}_]([\p{L}\p{N}_./-]*[\p{L}\p{N}_])?$/u.test(text) ||
  ambiguousWord.test(text) ||
  ambiguousNumber.test(text.replaceAll('_', '')) ||
  sexagesimal.test(text) ||
  timestamp.test(text);

const named: Readonly<Record<string, string>> = {
  ...{ '"': '\\"', '\\': '\\\\', '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\r': '\\r' },
  ...{ '\v': '\\v', '\0': '\\0', '\u001b': '\\e', '\u0085': '\\N', '\u00a0': '\\_' },
  ...{ '\u2028': '\\L', '\u2029': '\\P' },
};

function escape(mark: string): string {
  const code = mark.codePointAt(0)!;
  const hex = code.toString(16);
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x1_00_00 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

const escapedLine = (line: string): string =>
  line.replaceAll(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} \t]/gu, (mark) => named[mark] ?? escape(mark));

/** A text in quotes; one of several lines is folded, each line on its own, spaces at its beginning marked. */
function textOf(text: string, margin: string): string {
  if (!text.includes('\n')) return `"${escapedLine(text)}"`;
  const lines = text.split('\n').map((line, at, all) => {
    const isLast = at === all.length - 1;
    if (isLast && line === '') return '';
    const mark = /^\s/u.test(line) ? '\\' : ' ';
    return `${margin}${mark}${escapedLine(line)}${isLast ? '' : '\\n'}\\\n`;
  });
  return `"\\\n${lines.join('')}${margin}"`;
}

const keyOf = (key: string): string =>
  needsQuotes(key) || key.includes('\n')
    ? `"${escapedLine(key).replaceAll('\t', '\\t').replaceAll('\\x0a', '\\n')}"`
    : key;

const isNested = (value: unknown): boolean => typeof value === 'object' && value !== null;

function valueOf(value: unknown, margin: string, order: FieldOrder): string {
  const inner = `${margin}  `;
  if (typeof value === 'string') return textOf(value, inner);
  if (!isNested(value)) return String(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    if (value.every(isNested))
      return `[${value.map((each) => valueOf(each, margin, order)).join(', ')}]`;
    return `[\n${value.map((each) => `${inner}${valueOf(each, inner, order)},\n`).join('')}${margin}]`;
  }
  const fields = fieldsOf(value as object, order);
  if (fields.length === 0) return '{}';
  return `{\n${fields.map(([key, each]) => `${inner}${keyOf(key)}: ${valueOf(each, inner, order)},\n`).join('')}${margin}}`;
}

/** An object as KYAML: braces and brackets of JSON, keys bare where nobody can mistake them. */
export const kyaml = (object: unknown, order: FieldOrder): string =>
  `---\n${valueOf(object, '', order)}\n`;
