import type { CompileIssue } from './source.ts';

export interface Token {
  readonly kind:
    | 'ident'
    | 'quoted'
    | 'int'
    | 'uint'
    | 'double'
    | 'string'
    | 'bytes'
    | 'sign'
    | 'end';
  /** As written. */
  readonly text: string;
  /** In code points. */
  readonly at: number;
}

/** What may follow a backslash. */
const escapes = String.raw`\\(?:[abfnrtv"'\\?\x60]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})`;
const single = String.raw`'(?:${escapes}|[^\\'\n\r])*`;
const double = String.raw`"(?:${escapes}|[^\\"\n\r])*`;
const quotedText = String.raw`(?:'''(?:${escapes}|[^\\])*?'''|"""(?:${escapes}|[^\\])*?"""|${single}'|${double}")`;
const rawText = String.raw`r(?:'''[\s\S]*?'''|"""[\s\S]*?"""|'[^'\n\r]*'|"[^"\n\r]*")`;

const patterns: readonly (readonly [kind: Token['kind'] | 'space', pattern: RegExp])[] = [
  ['space', /[\t\r\n\f ]+|\/\/[^\n]*/y],
  ['string', new RegExp(rawText, 'iy')],
  ['bytes', new RegExp(`b${rawText}`, 'iy')],
  ['bytes', new RegExp(`[bB]${quotedText}`, 'y')],
  ['string', new RegExp(quotedText, 'y')],
  ['double', /\d+\.\d+(?:e[+-]?\d+)?|\d+e[+-]?\d+|\.\d+(?:e[+-]?\d+)?/iy],
  ['uint', /(?:0x[0-9a-f]+|\d+)u/iy],
  ['int', /0x[0-9a-fA-F]+|\d+/y],
  ['ident', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['quoted', /`[a-zA-Z0-9_.\-/ ]+`/y],
  ['sign', /==|!=|<=|>=|&&|\|\||[<>[\]{}().,?:+\-*/%!]/y],
];

/** Cuts a text into tokens, the last of which is the end; what is no token is an issue. */
export function tokens(source: string, issues: CompileIssue[]): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  let units = 0;
  while (units < source.length) {
    const match = matchAt(source, units);
    const part = match?.text ?? String.fromCodePoint(source.codePointAt(units)!);
    if (!match)
      issues.push({
        at,
        message: `Syntax error: token recognition error at: '${unread(source, units)}'`,
      });
    else if (match.kind !== 'space') found.push({ kind: match.kind, text: part, at });
    const skipped = match ? part : unread(source, units);
    at += Array.from(skipped).length;
    units += skipped.length;
  }
  return [...found, { kind: 'end', text: '<EOF>', at }];
}

const begins = new RegExp(String.raw`${single}\\?|${double}\\?|[|&=]`, 'y');

/** What could have become a token, and the character that kept it from it. */
function unread(text: string, units: number): string {
  begins.lastIndex = units;
  const [begun] = begins.exec(text) ?? [''];
  const next = text.codePointAt(units + begun.length);
  return begun + (next === undefined ? '' : String.fromCodePoint(next));
}

function matchAt(text: string, units: number) {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = units;
    const [matched] = pattern.exec(text) ?? [];
    if (matched) return { kind, text: matched };
  }
  return undefined;
}

const simple: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"', '`': '`', '?': '?' },
};

const encoder = new TextEncoder();

/** The text between the quotes of a literal, its escapes read; undefined when one of them cannot be. */
export function unquote(literal: string, asBytes: boolean): string | Uint8Array | undefined {
  const raw = /^b?r/i.test(literal);
  const quoted = literal.replace(/^[br]+/i, '');
  const fence = /^('''|""")/.test(quoted) ? 3 : 1;
  const inner = quoted.slice(fence, -fence).replaceAll(/\r\n?/g, '\n');
  const parts = raw ? [inner] : unescape(inner, asBytes);
  if (!parts) return undefined;
  if (!asBytes) return parts.join('');
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'number' ? [part] : [...encoder.encode(part)])),
  );
}

const escape =
  /\\(?:([0-3][0-7]{2})|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;

function unescape(text: string, asBytes: boolean): (string | number)[] | undefined {
  const parts: (string | number)[] = [];
  let from = 0;
  for (const match of text.matchAll(escape)) {
    parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    const [, octal, hex, short, long, char] = match;
    const code = octal
      ? Number.parseInt(octal, 8)
      : Number.parseInt(hex ?? short ?? long ?? '', 16);
    if (char !== undefined) {
      const known = simple[char];
      if (known === undefined) return undefined;
      parts.push(known);
    } else if (asBytes) {
      if (short ?? long) return undefined;
      parts.push(code);
    } else if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
    else parts.push(String.fromCodePoint(code));
  }
  return [...parts, text.slice(from)];
}
