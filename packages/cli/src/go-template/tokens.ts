/** A template that cannot be read; the message names template and line as Go's does. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** One word of an action. */
export type Token = {
  readonly text: string;
  readonly at: number;
  readonly kind: 'word' | 'field' | 'variable' | 'string' | 'number' | 'char' | 'mark' | 'space';
};

/** What stands between braces. */
export interface Action {
  readonly tokens: readonly Token[];
  readonly line: number;
}

/** Compiled when there is a template: classes of Unicode take time. */
const tokenPattern = (): RegExp =>
  /(?<space>\s+)|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<char>'(?:[^'\\\n]|\\.)+')|(?<number>[-+]?(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+))|(?<field>(?:\.[\p{L}_][\p{L}\d_]*)+)|(?<variable>\$[\p{L}\d_]*)|(?<word>[\p{L}_][\p{L}\d_]*)|(?<mark>:=|[=|(),.])/uy;

/** Texts and actions in turn; `{{-` and `-}}` have eaten the white space beside them. */
export function pieces(name: string, source: string): readonly (string | Action)[] {
  const found: (string | Action)[] = [];
  let at = 0;
  let trims = false;
  for (;;) {
    const open = source.indexOf('{{', at);
    const trimsBefore = open >= 0 && /^\{\{-\s/.test(source.slice(open, open + 4));
    let text = source.slice(at, open < 0 ? undefined : open);
    if (trims) text = text.trimStart();
    if (trimsBefore) text = text.trimEnd();
    if (text) found.push(text);
    if (open < 0) return found;
    const line = source.slice(0, open).split('\n').length;
    const from = open + (trimsBefore ? 3 : 2);
    const isComment = source.slice(from).trimStart().startsWith('/*');
    const close = isComment
      ? source.indexOf('}}', source.indexOf('*/', from))
      : closeOf(source, from);
    if (close < 0) throw new TemplateError(`template: ${name}:${line}: unclosed action`);
    trims = /\s-$/.test(source.slice(from, close));
    if (!isComment)
      found.push({
        tokens: tokens(name, source.slice(from, trims ? close - 1 : close), line, from),
        line,
      });
    at = close + 2;
  }
}

/** Where the action ends: at the first `}}` outside of quotes. */
function closeOf(source: string, from: number): number {
  let quote = '';
  for (let at = from; at < source.length; at++) {
    const letter = source[at]!;
    if (quote) {
      if (letter === '\\' && quote !== '`') at++;
      else if (letter === quote) quote = '';
    } else if ('"`\''.includes(letter)) quote = letter;
    else if (source.startsWith('}}', at)) return at;
  }
  return -1;
}

function tokens(name: string, text: string, line: number, from: number): readonly Token[] {
  const found: Token[] = [];
  const pattern = tokenPattern();
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const { groups } = pattern.exec(text) ?? {};
    if (!groups) {
      const letter = String.fromCodePoint(text.codePointAt(at)!);
      throw new TemplateError(
        `template: ${name}:${line}: unexpected ${JSON.stringify(letter)} in command`,
      );
    }
    const [kind, value] = Object.entries(groups).find(([, each]) => each !== undefined)!;
    found.push({ kind: kind as Token['kind'], text: value, at: from + at });
  }
  return found;
}

const escapes: Readonly<Record<string, string>> = {
  ...{
    n: '\n',
    t: '\t',
    r: '\r',
    a: '\u0007',
    b: '\b',
    f: '\f',
    v: '\v',
    '\\': '\\',
    '"': '"',
    "'": "'",
  },
};

/** The value that a quoted or written token means. */
export function literal({ kind, text }: Token): unknown {
  if (kind === 'number') return Number(text.replaceAll('_', ''));
  if (text.startsWith('`')) return text.slice(1, -1);
  const inner = text
    .slice(1, -1)
    .replaceAll(/\\(u[\da-fA-F]{4}|x[\da-fA-F]{2}|.)/gs, (_, escape: string) =>
      escape.length > 1
        ? String.fromCodePoint(Number.parseInt(escape.slice(1), 16))
        : (escapes[escape] ?? escape),
    );
  return kind === 'char' ? inner.codePointAt(0) : inner;
}
