import { type Cursor, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, isWord } from './cursor.ts';

function word(cursor: Cursor): string {
  const from = cursor.at;
  while (isWord(cursor.code())) cursor.skip();
  return cursor.text.slice(from, cursor.at);
}

/** The name behind `&` or `*`. */
export function scanAnchor(cursor: Cursor): string {
  const startLine = cursor.line;
  cursor.skip();
  const name = word(cursor);
  const code = cursor.code();
  if (name === '' || !(isBlankOrEnd(code) || '?:,]}%@`'.includes(String.fromCharCode(code))))
    throw cursor.mistake('did not find expected alphabetic or numeric character', startLine);
  return name;
}

/** A tag in its two parts: the handle that a directive may explain, and the rest. */
export interface Tag {
  readonly handle: string;
  readonly suffix: string;
}

/** The tag behind `!`. */
export function scanTag(cursor: Cursor): Tag {
  const startLine = cursor.line;
  let tag: Tag;
  if (cursor.code(1) === 60) {
    cursor.skip(2);
    tag = { handle: '', suffix: scanUri(cursor, '', startLine) };
    if (cursor.code() !== 62) throw cursor.mistake("did not find the expected '>'", startLine);
    cursor.skip();
  } else {
    const handle = scanHandle(cursor, false, startLine);
    if (handle.length > 1 && handle.endsWith('!'))
      tag = { handle, suffix: scanUri(cursor, '', startLine) };
    else {
      const suffix = scanUri(cursor, handle, startLine);
      tag = suffix ? { handle: '!', suffix } : { handle: '', suffix: '!' };
    }
  }
  if (!isBlankOrEnd(cursor.code()))
    throw cursor.mistake('did not find expected whitespace or line break', startLine);
  return tag;
}

function scanHandle(cursor: Cursor, isDirective: boolean, startLine: number): string {
  if (cursor.code() !== 33) throw cursor.mistake("did not find expected '!'", startLine);
  cursor.skip();
  const handle = `!${word(cursor)}`;
  if (cursor.code() === 33) {
    cursor.skip();
    return `${handle}!`;
  }
  if (isDirective && handle !== '!') throw cursor.mistake("did not find expected '!'", startLine);
  return handle;
}

const inUri = /[\w;/?:@&=+$,.!~*'()[\]%-]/;

/** What stands behind a handle; `head` is one that turned out to be none. */
function scanUri(cursor: Cursor, head: string, startLine: number): string {
  let uri = head.slice(1);
  const from = cursor.at;
  const octets: number[] = [];
  const flush = (): void => {
    uri += new TextDecoder().decode(Uint8Array.from(octets.splice(0)));
  };
  for (let code = cursor.code(); code > 0; code = cursor.code()) {
    const mark = String.fromCharCode(code);
    if (!inUri.test(mark)) break;
    if (mark === '%') {
      const digits = cursor.text.slice(cursor.at + 1, cursor.at + 3);
      if (!/^[\da-fA-F]{2}$/.test(digits))
        throw cursor.mistake('did not find URI escaped octet', startLine);
      octets.push(Number.parseInt(digits, 16));
      cursor.skip(3);
    } else {
      flush();
      uri += mark;
      cursor.skip();
    }
  }
  flush();
  if (head === '' && cursor.at === from)
    throw cursor.mistake('did not find expected tag URI', startLine);
  return uri;
}

/** A line that begins with `%`. */
export type Directive =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'prefix'; readonly handle: string; readonly prefix: string };

export function scanDirective(cursor: Cursor): Directive {
  const startLine = cursor.line;
  const bad = (words: string): Error => cursor.mistake(words, startLine);
  cursor.skip();
  const name = word(cursor);
  if (name === '') throw bad('could not find expected directive name');
  if (!isBlankOrEnd(cursor.code())) throw bad('found unexpected non-alphabetical character');
  if (name !== 'YAML' && name !== 'TAG') throw bad('found unknown directive name');
  cursor.skipBlanks();
  const directive = name === 'YAML' ? scanVersion(cursor, bad) : scanPrefix(cursor, startLine, bad);
  cursor.skipBlanks();
  cursor.skipComment();
  if (!isBreakOrEnd(cursor.code())) throw bad('did not find expected comment or line break');
  if (isBreak(cursor.code())) cursor.skipBreak();
  return directive;
}

function scanVersion(cursor: Cursor, bad: (words: string) => Error): Directive {
  const number = (): number => {
    const from = cursor.at;
    while (cursor.code() >= 48 && cursor.code() <= 57) {
      if (cursor.at - from >= 2) throw bad('found extremely long version number');
      cursor.skip();
    }
    if (cursor.at === from) throw bad('did not find expected version number');
    return Number(cursor.text.slice(from, cursor.at));
  };
  const major = number();
  if (cursor.code() !== 46) throw bad("did not find expected digit or '.' character");
  cursor.skip();
  return { kind: 'version', version: `${major}.${number()}` };
}

function scanPrefix(cursor: Cursor, startLine: number, bad: (words: string) => Error): Directive {
  const handle = scanHandle(cursor, true, startLine);
  if (!isBlank(cursor.code())) throw bad('did not find expected whitespace');
  cursor.skipBlanks();
  const prefix = scanUri(cursor, '', startLine);
  if (!isBlankOrEnd(cursor.code())) throw bad('did not find expected whitespace or line break');
  return { kind: 'prefix', handle, prefix };
}
