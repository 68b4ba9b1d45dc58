import { type Cursor, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, space, tab } from './cursor.ts';

const double = 34;
const single = 39;
const backslash = 92;

/** What stands between two words: spaces of one line, or line ends, which fold. */
class Gap {
  blanks = '';
  first = '';
  more = '';
  crosses = false;

  /** Takes the spaces and line ends at the cursor; `indent` is the column before which no tab may stand. */
  take(cursor: Cursor, indent = 0, startLine = 0): void {
    for (let code = cursor.code(); ; code = cursor.code())
      if (isBlank(code)) {
        if (this.crosses && cursor.column < indent && code === tab)
          throw cursor.mistake('found a tab character that violates indentation', startLine);
        if (!this.crosses) this.blanks += code === tab ? '\t' : ' ';
        cursor.skip();
      } else if (isBreak(code)) {
        if (this.crosses) this.more += cursor.skipBreak();
        else {
          this.blanks = '';
          this.first = cursor.skipBreak();
          this.crosses = true;
        }
      } else return;
  }

  /** As it reads in the value; it is empty then. */
  folded(): string {
    const { blanks, first, more, crosses } = this;
    this.blanks = this.first = this.more = '';
    this.crosses = false;
    if (!crosses) return blanks;
    return first === '\n' ? more || ' ' : first + more;
  }
}

const endsPlainInFlow = (code: number): boolean =>
  code === 44 || code === 63 || code === 91 || code === 93 || code === 123 || code === 125; // , ? [ ] { }

/** A scalar without quotes. */
export function scanPlain(
  cursor: Cursor,
  indent: number,
  isFlow: boolean,
): { readonly value: string; readonly crosses: boolean } {
  const startLine = cursor.line;
  const gap = new Gap();
  let value = '';
  while (!cursor.isAtDocumentMark() && cursor.code() !== 35) {
    const from = cursor.at;
    cursor.skipPlain();
    for (let code = cursor.code(); !isBlankOrEnd(code); code = cursor.code()) {
      if (code === 58 && isBlankOrEnd(cursor.code(1))) break;
      if (isFlow && endsPlainInFlow(code)) break;
      cursor.skip();
    }
    if (cursor.at > from) value += gap.folded() + cursor.text.slice(from, cursor.at);
    const code = cursor.code();
    if (!isBlank(code) && !isBreak(code)) break;
    gap.take(cursor, indent, startLine);
    if (!isFlow && cursor.column < indent) break;
  }
  return { value, crosses: gap.crosses };
}

const escapes: Readonly<Record<string, string>> = {
  ...{ '0': '\0', a: '\u0007', b: '\b', t: '\t', '\t': '\t', n: '\n', v: '\v', f: '\f', r: '\r' },
  ...{ e: '\u001B', ' ': ' ', '"': '"', "'": "'", '\\': '\\', N: '\u0085', _: '\u00A0' },
  ...{ L: '\u2028', P: '\u2029' },
};
const escapeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function escaped(cursor: Cursor, startLine: number): string {
  const mark = String.fromCharCode(cursor.code(1));
  const known = escapes[mark];
  const length = escapeLengths[mark] ?? 0;
  if (known === undefined && length === 0)
    throw cursor.mistake('found unknown escape character', startLine);
  cursor.skip(2);
  if (known !== undefined) return known;
  const digits = cursor.text.slice(cursor.at, cursor.at + length);
  if (digits.length < length || /[^\da-fA-F]/.test(digits))
    throw cursor.mistake('did not find expected hexdecimal number', startLine);
  const code = Number.parseInt(digits, 16);
  if ((code >= 0xd8_00 && code <= 0xdf_ff) || code > 0x10_ff_ff)
    throw cursor.mistake('found invalid Unicode character escape code', startLine);
  cursor.skip(length);
  return String.fromCodePoint(code);
}

/** A scalar in quotes, from the opening one on. */
export function scanQuoted(cursor: Cursor): string {
  const quote = cursor.code();
  const startLine = cursor.line;
  const gap = new Gap();
  let value = '';
  for (cursor.skip(); ;) {
    if (cursor.isAtDocumentMark())
      throw cursor.mistake('found unexpected document indicator', startLine);
    if (cursor.code() === 0) throw cursor.mistake('found unexpected end of stream', startLine);
    let from = cursor.at;
    const taken = (more: string): void => {
      value += cursor.text.slice(from, cursor.at) + more;
    };
    cursor.skipPlain();
    for (let code = cursor.code(); !isBlankOrEnd(code); code = cursor.code()) {
      if (code === quote) {
        if (quote === double || cursor.code(1) !== single) break;
        taken("'");
        cursor.skip(2);
        from = cursor.at;
      } else if (quote === double && code === backslash) {
        taken('');
        if (isBreak(cursor.code(1))) {
          cursor.skip();
          cursor.skipBreak();
          gap.crosses = true;
          from = cursor.at;
          break;
        }
        value += escaped(cursor, startLine);
        from = cursor.at;
      } else cursor.skip();
    }
    taken('');
    if (cursor.code() === quote) break;
    gap.take(cursor);
    value += gap.folded();
  }
  cursor.skip();
  return value;
}

interface BlockHead {
  readonly keeps: 'clip' | 'strip' | 'keep';
  readonly increment: number;
}

function scanBlockHead(cursor: Cursor): BlockHead {
  const startLine = cursor.line;
  let keeps: BlockHead['keeps'] = 'clip';
  let increment = 0;
  const chomp = (): void => {
    if (cursor.code() !== 43 && cursor.code() !== 45) return;
    keeps = cursor.code() === 43 ? 'keep' : 'strip';
    cursor.skip();
  };
  const digit = (): void => {
    const code = cursor.code();
    if (code < 48 || code > 57) return;
    if (code === 48) throw cursor.mistake('found an indentation indicator equal to 0', startLine);
    increment = code - 48;
    cursor.skip();
  };
  cursor.skip();
  chomp();
  const wasFirst = keeps !== 'clip';
  digit();
  if (!wasFirst && increment > 0) chomp();
  cursor.skipBlanks();
  cursor.skipComment();
  if (!isBreakOrEnd(cursor.code()))
    throw cursor.mistake('did not find expected comment or line break', startLine);
  if (isBreak(cursor.code())) cursor.skipBreak();
  return { keeps, increment };
}

/** The text behind `|` or `>`, within a collection of the indent `parent`. */
export function scanBlock(cursor: Cursor, parent: number): string {
  const startLine = cursor.line;
  const isLiteral = cursor.code() === 124;
  const { keeps, increment } = scanBlockHead(cursor);
  let indent = increment > 0 ? Math.max(parent, 0) + increment : 0;
  /** Steps over empty lines and the indent of the next, whose depth they settle. */
  const breaks = (): string => {
    let found = '';
    let deepest = 0;
    for (;;) {
      while ((indent === 0 || cursor.column < indent) && cursor.code() === space) cursor.skip();
      deepest = Math.max(deepest, cursor.column);
      if ((indent === 0 || cursor.column < indent) && cursor.code() === tab)
        throw cursor.mistake(
          'found a tab character where an indentation space is expected',
          startLine,
        );
      if (!isBreak(cursor.code())) break;
      found += cursor.skipBreak();
    }
    if (indent === 0) indent = Math.max(deepest, parent + 1, 1);
    return found;
  };
  let [value, first, wasBlank] = ['', '', false];
  let more = breaks();
  while (cursor.column === indent && cursor.code() !== 0) {
    const isIndented = isBlank(cursor.code());
    if (!isLiteral && first === '\n' && !wasBlank && !isIndented) value += more || ' ';
    else value += first + more;
    wasBlank = isIndented;
    const from = cursor.at;
    while (!isBreakOrEnd(cursor.code())) cursor.skip();
    value += cursor.text.slice(from, cursor.at);
    first = isBreak(cursor.code()) ? cursor.skipBreak() : '';
    more = breaks();
  }
  if (keeps !== 'strip') value += first;
  return keeps === 'keep' ? value + more : value;
}
