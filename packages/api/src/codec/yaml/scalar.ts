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

function double(text: string): string {
  let quoted = '';
  for (const found of text) {
    const code = found.codePointAt(0)!;
    const known = escapes[found];
    if (known !== undefined) quoted += known;
    else if (!unprintable.test(found)) quoted += found;
    else if (code < 0x100) quoted += `\\x${hex(code, 2)}`;
    else quoted += code < 0x1_00_00 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  }
  return `"${quoted}"`;
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

/** A text as go-yaml writes it; `indent` is that of the lines of a block, absent for a key. */
export function scalarText(text: string, indent?: string): string {
  const allowed = analyse(text);
  if (text.includes('\n'))
    return allowed.block && indent !== undefined ? literal(text, indent) : double(text);
  if (isAmbiguous(text)) return double(text);
  if (allowed.plain) return text;
  return allowed.single ? `'${text.replaceAll("'", "''")}'` : double(text);
}
