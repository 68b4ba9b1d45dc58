import { isAmbiguous } from './plain.ts';

/** What the characters of a text allow. */
interface Allowed {
  plain: boolean;
  single: boolean;
  block: boolean;
}

const blank = (found: string | undefined): boolean =>
  found === undefined || found === ' ' || found === '\t';
const isBreak = (found: string | undefined): boolean =>
  found !== undefined && '\n\r\u0085\u2028\u2029'.includes(found);
const unprintable =
  /[^\n\u0020-\u007E\u00A0-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** libyaml's analysis of a scalar, outside flow collections. */
function analyse(text: string): Allowed {
  const multiline = /[\n\r\u0085\u2028\u2029]/.test(text);
  const edge = (found: string | undefined): boolean => found === ' ' || isBreak(found);
  const spaceBreak = / [\n\r\u0085\u2028\u2029]/.test(text);
  const breakSpace = /[\n\r\u0085\u2028\u2029] /.test(text);
  const special = spaceBreak || unprintable.test(text);
  const indicators =
    /^(?:[#,[\]{}&*!|>'"%@`]|---|\.\.\.)/.test(text) ||
    (/^[-?:]/.test(text) && blank(text[1])) ||
    /:(?:[ \t]|$)/.test(text.slice(1)) ||
    /(?:^|[ \t\n])#/.test(text);
  return {
    plain: !multiline && !special && !indicators && !edge(text[0]) && !edge(text.at(-1)),
    single: !special && !breakSpace,
    block: !special && !text.endsWith(' '),
  };
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001B': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\uFEFF': '\\uFEFF',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escaped(found: string): string {
  const known = escapes[found];
  if (known !== undefined) return known;
  if (!unprintable.test(found)) return found;
  const code = found.codePointAt(0)!;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x1_00_00 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

const hex = (code: number, width: number): string =>
  code.toString(16).toUpperCase().padStart(width, '0');

/** `|` with its hints, and the lines at the indent. */
function literal(text: string, indent: string): string {
  const hint = text.startsWith(' ') || isBreak(text[0]) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const lines = text.replace(/\n$/, '').split('\n');
  return `|${hint}${chomp}\n${lines.map((line) => (line ? indent + line : '')).join('\n')}`;
}

/** Where a value stands: the indent of its further lines, and the column of its first character. */
export interface Place {
  readonly indent: string;
  readonly column: number;
}

/** A text as go-yaml writes it; a key has no place and stays on its line. */
export function scalarText(text: string, place?: Place): string {
  const allowed = analyse(text);
  if (text.includes('\n') && allowed.block && place) return literal(text, place.indent);
  const isDouble = text.includes('\n') || isAmbiguous(text) || !(allowed.plain || allowed.single);
  if (isDouble) return `"${folded(text, escaped, place, 'double')}"`;
  if (allowed.plain) return folded(text, (found) => found, place, 'plain');
  return `'${folded(text, (found) => (found === "'" ? "''" : found), place, 'single')}'`;
}

const widthMax = 80;

/** The characters of a text as `write` writes them, with a new line for the first space behind column 80. */
function folded(
  text: string,
  write: (found: string) => string,
  place: Place | undefined,
  style: 'plain' | 'single' | 'double',
): string {
  const characters = Array.from(text);
  const pieces = characters.map(write);
  const whole = pieces.join('');
  if (!place || place.column + whole.length < widthMax) return whole;
  let column = place.column + (style === 'plain' ? 0 : 1);
  for (const [index, found] of characters.entries()) {
    const next = characters[index + 1];
    const mayBreak =
      found === ' ' &&
      characters[index - 1] !== ' ' &&
      column > widthMax &&
      (style === 'plain' || (index > 0 && next !== undefined)) &&
      (style === 'double' || next !== ' ');
    if (mayBreak) {
      pieces[index] = `\n${place.indent}${next === ' ' ? '\\' : ''}`;
      column = place.indent.length + (next === ' ' ? 1 : 0);
    } else column += pieces[index]!.length;
  }
  return pieces.join('');
}
