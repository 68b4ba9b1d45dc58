import type { FunctionDeclaration } from '../run/overload.ts';
import { declare } from '../run/overload.ts';
import type { Value } from '../values/value.ts';
import { CelError } from '../values/value.ts';
import { format } from './format-text.ts';

const outOf = (index: bigint): never => {
  throw new CelError(`index out of range: ${index}`);
};

function charAt(text: string, index: bigint): string {
  const chars = Array.from(text);
  if (index < 0n || index > BigInt(chars.length)) return outOf(index);
  return chars[Number(index)] ?? '';
}

/** Where in code points a part begins, at or after an offset. */
function indexOf(text: string, part: string, offset = 0n): bigint {
  if (part === '') return offset;
  const [chars, wanted] = [Array.from(text), Array.from(part)];
  if (offset < 0n || offset >= BigInt(Math.max(chars.length, 1)))
    return offset === 0n ? -1n : outOf(offset);
  for (let at = Number(offset); at + wanted.length <= chars.length; at++)
    if (wanted.every((char, index) => chars[at + index] === char)) return BigInt(at);
  return -1n;
}

function lastIndexOf(text: string, part: string, offset?: bigint): bigint {
  const [chars, wanted] = [Array.from(text), Array.from(part)];
  if (part === '') return offset ?? BigInt(chars.length);
  if (offset !== undefined && (offset < 0n || offset >= BigInt(chars.length))) return outOf(offset);
  if (wanted.length > chars.length) return -1n;
  const from = Math.min(Number(offset ?? chars.length), chars.length - wanted.length);
  for (let at = from; at >= 0; at--)
    if (wanted.every((char, index) => chars[at + index] === char)) return BigInt(at);
  return -1n;
}

function replace(text: string, from: string, to: string, limit = -1n): string {
  if (limit < 0n) return text.replaceAll(from, () => to);
  let left = Number(limit);
  return text.replaceAll(from, () => (left-- > 0 ? to : from));
}

function split(text: string, separator: string, limit = -1n): string[] {
  if (limit === 0n) return [];
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (limit < 0n || BigInt(parts.length) <= limit) return parts;
  const kept = Number(limit) - 1;
  return [...parts.slice(0, kept), parts.slice(kept).join(separator)];
}

function substring(text: string, start: bigint, end?: bigint): string {
  const chars = Array.from(text);
  const size = BigInt(chars.length);
  if (end === undefined) {
    if (start < 0n || start > size) return outOf(start);
    return chars.slice(Number(start)).join('');
  }
  if (start > end) throw new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > size) return outOf(start);
  if (end < 0n || end > size) return outOf(end);
  return chars.slice(Number(start), Number(end)).join('');
}

function join(list: readonly Value[], separator = ''): string {
  const wrong = list.find((each) => typeof each !== 'string');
  if (wrong !== undefined) throw new CelError(`join: invalid input: ${String(wrong)}`);
  return list.join(separator);
}

const quotes: Readonly<Record<string, string>> = {
  ...{
    '\x07': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
  },
  ...{ '\\': '\\\\', '"': '\\"' },
};
const quote = (text: string): string =>
  `"${Array.from(text.toWellFormed(), (char) => quotes[char] ?? char).join('')}"`;

const ascii = (text: string, range: RegExp, shift: number): string =>
  text.replaceAll(range, (char) => String.fromCharCode(char.charCodeAt(0) + shift));

/** Upstream's functions on strings. */
export const strings: readonly FunctionDeclaration[] = [
  declare('charAt', ['string_char_at_int', 'string.(int) string', charAt]),
  declare(
    'indexOf',
    ['string_index_of_string', 'string.(string) int', indexOf],
    ['string_index_of_string_int', 'string.(string, int) int', indexOf],
  ),
  declare(
    'lastIndexOf',
    ['string_last_index_of_string', 'string.(string) int', lastIndexOf],
    ['string_last_index_of_string_int', 'string.(string, int) int', lastIndexOf],
  ),
  declare('lowerAscii', [
    'string_lower_ascii',
    'string.() string',
    (text: string) => ascii(text, /[A-Z]/g, 32),
  ]),
  declare('upperAscii', [
    'string_upper_ascii',
    'string.() string',
    (text: string) => ascii(text, /[a-z]/g, -32),
  ]),
  declare(
    'replace',
    ['string_replace_string_string', 'string.(string, string) string', replace],
    ['string_replace_string_string_int', 'string.(string, string, int) string', replace],
  ),
  declare(
    'split',
    ['string_split_string', 'string.(string) list(string)', split],
    ['string_split_string_int', 'string.(string, int) list(string)', split],
  ),
  declare(
    'substring',
    ['string_substring_int', 'string.(int) string', substring],
    ['string_substring_int_int', 'string.(int, int) string', substring],
  ),
  declare('trim', ['string_trim', 'string.() string', (text: string) => text.trim()]),
  declare('format', ['string_format', 'string.(list(dyn)) string', format]),
  declare('strings.quote', ['strings_quote', '(string) string', quote]),
  declare(
    'join',
    ['list_join', 'list(string).() string', join],
    ['list_join_string', 'list(string).(string) string', join],
  ),
];

/** For patches: a key as a step of a JSON pointer. */
export const jsonPatchKeys: readonly FunctionDeclaration[] = [
  declare('jsonpatch.escapeKey', [
    'string_jsonpatch_escapeKey_string',
    '(string) string',
    (key: string) => key.replaceAll(/[/~]/g, (char) => (char === '/' ? '~1' : '~0')),
  ]),
];
