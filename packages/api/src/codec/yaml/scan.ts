import { Cursor, isBlank, isBlankOrEnd, isBreak, tab } from './cursor.ts';
import { scanAnchor, scanDirective, scanTag, type Directive, type Tag } from './scan-marks.ts';
import { scanBlock, scanPlain, scanQuoted } from './scan-scalars.ts';

/** A token with the line that it begins at, counted from 0. */
export type Token = { readonly line: number } & (
  | { readonly kind: PlainKind }
  | { readonly kind: 'scalar'; readonly value: string; readonly isPlain: boolean }
  | { readonly kind: 'anchor' | 'alias'; readonly name: string }
  | { readonly kind: 'tag'; readonly tag: Tag }
  | { readonly kind: 'directive'; readonly directive: Directive }
);

/** Tokens that are nothing but their kind. */
type PlainKind =
  | 'stream-end'
  | 'document-start'
  | 'document-end'
  | 'block-list'
  | 'block-map'
  | 'block-end'
  | 'flow-list'
  | 'flow-list-end'
  | 'flow-map'
  | 'flow-map-end'
  | 'flow-entry'
  | 'block-entry'
  | 'key'
  | 'value';

/** Where a key may have begun, which only the colon behind it tells. */
interface PossibleKey {
  isPossible: boolean;
  /** Nothing else may stand there. */
  readonly isRequired: boolean;
  /** Number of the token that it would begin with. */
  readonly number: number;
  readonly at: number;
  readonly line: number;
  readonly column: number;
}

const noKey: PossibleKey = {
  ...{ isPossible: false, isRequired: false, number: 0, at: 0, line: 0, column: 0 },
};

const keyLengthMax = 1024;
const depthMax = 10_000;

/** Makes tokens of a text as libyaml does: no more at a time than are needed, so that the first mistake is the one that go-yaml tells. */
export class Scanner {
  readonly #cursor: Cursor;
  readonly #queue: Token[] = [];
  #head = 0;
  #taken = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  /** One for each open flow collection, and one for what is around them. */
  readonly #keys: PossibleKey[] = [noKey];
  #mayBeKey = true;
  #isAtEnd = false;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
  }

  /** The next token. Throws YamlMistake. */
  peek(): Token {
    while (!this.#isHeadSettled()) this.#fetch();
    return this.#queue[this.#head]!;
  }

  take(): Token {
    const token = this.peek();
    this.#head++;
    this.#taken++;
    if (this.#head === this.#queue.length) this.#queue.length = this.#head = 0;
    return token;
  }

  get #flowDepth(): number {
    return this.#keys.length - 1;
  }

  /** Whether the first token is sure to be the first: no key may be found to begin with it. */
  #isHeadSettled(): boolean {
    if (this.#head === this.#queue.length) return this.#isAtEnd;
    for (let at = this.#keys.length - 1; at >= 0; at--) {
      const key = this.#keys[at]!;
      if (key.isPossible && key.number === this.#taken) return !this.#isStillKey(key);
    }
    return true;
  }

  #isStillKey(key: PossibleKey): boolean {
    if (!key.isPossible) return false;
    const { line, at } = this.#cursor;
    if (key.line >= line && key.at + keyLengthMax >= at) return true;
    this.#drop(key);
    return false;
  }

  #drop(key: PossibleKey): void {
    if (key.isPossible && key.isRequired)
      throw this.#cursor.mistake("could not find expected ':'", key.line);
    key.isPossible = false;
  }

  #dropKey(): void {
    this.#drop(this.#keys.at(-1)!);
  }

  /** Remembers that a key may begin here. */
  #saveKey(): void {
    if (!this.#mayBeKey) return;
    this.#dropKey();
    const { at, line, column } = this.#cursor;
    this.#keys[this.#keys.length - 1] = {
      ...{ isPossible: true, at, line, column },
      isRequired: this.#flowDepth === 0 && this.#indent === column,
      number: this.#taken + this.#queue.length - this.#head,
    };
  }

  #push(kind: PlainKind, line = this.#cursor.line): void {
    this.#queue.push({ kind, line });
  }

  /** Opens a block collection where the column is deeper than what is open. */
  #indentTo(column: number, kind: PlainKind, line: number, number?: number): void {
    if (this.#flowDepth > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    if (this.#indents.length > depthMax)
      throw this.#cursor.mistake(`exceeded max depth of ${depthMax}`);
    const at = number === undefined ? this.#queue.length : this.#placeOf(number);
    this.#queue.splice(at, 0, { kind, line });
  }

  #placeOf = (number: number): number => number - this.#taken + this.#head;

  /** Closes the block collections that are deeper than the column. */
  #unindentTo(column: number): void {
    if (this.#flowDepth > 0) return;
    while (this.#indent > column) {
      this.#push('block-end');
      this.#indent = this.#indents.pop()!;
    }
  }

  #skipToToken(): void {
    const cursor = this.#cursor;
    for (;;) {
      if (cursor.column === 0 && cursor.code() === 0xfe_ff) cursor.skip();
      const takesTabs = this.#flowDepth > 0 || !this.#mayBeKey;
      while (isBlank(cursor.code()) && (takesTabs || cursor.code() !== tab)) cursor.skip();
      cursor.skipComment();
      if (!isBreak(cursor.code())) return;
      cursor.skipBreak();
      if (this.#flowDepth === 0) this.#mayBeKey = true;
    }
  }

  #fetch(): void {
    const cursor = this.#cursor;
    this.#skipToToken();
    this.#unindentTo(cursor.column);
    const code = cursor.code();
    if (code === 0) return this.#fetchEnd();
    if (cursor.column === 0 && code === 37) return this.#fetchDirective();
    if (cursor.isAtDocumentMark()) return this.#fetchDocumentMark();
    const mark = String.fromCharCode(code);
    const isAlone = isBlankOrEnd(cursor.code(1));
    const isFlow = this.#flowDepth > 0;
    if (mark === '[') return this.#fetchOpening('flow-list');
    if (mark === '{') return this.#fetchOpening('flow-map');
    if (mark === ']') return this.#fetchClosing('flow-list-end');
    if (mark === '}') return this.#fetchClosing('flow-map-end');
    if (mark === ',') return this.#fetchIndicator('flow-entry', true);
    if (mark === '-' && isAlone) return this.#fetchEntry();
    if (mark === '?' && (isFlow || isAlone)) return this.#fetchKey();
    if (mark === ':' && (isFlow || isAlone)) return this.#fetchValue();
    if (mark === '*' || mark === '&' || mark === '!') return this.#fetchMark(mark);
    if ((mark === '|' || mark === '>') && !isFlow) return this.#fetchBlock();
    if (mark === "'" || mark === '"') return this.#fetchQuoted();
    const startsPlain =
      mark === '-'
        ? !isBlank(cursor.code(1))
        : mark === '?' || mark === ':'
          ? !isFlow && !isAlone
          : !'[]{},#&*!|>%@`\'"\t'.includes(mark);
    if (!startsPlain) throw cursor.mistake('found character that cannot start any token');
    this.#fetchPlain();
  }

  #fetchEnd(): void {
    const cursor = this.#cursor;
    if (cursor.column !== 0) {
      cursor.column = 0;
      cursor.line++;
    }
    this.#unindentTo(-1);
    this.#dropKey();
    this.#mayBeKey = false;
    this.#isAtEnd = true;
    this.#push('stream-end');
  }

  #fetchDirective(): void {
    this.#unindentTo(-1);
    this.#dropKey();
    this.#mayBeKey = false;
    const { line } = this.#cursor;
    this.#queue.push({ kind: 'directive', line, directive: scanDirective(this.#cursor) });
  }

  #fetchDocumentMark(): void {
    this.#unindentTo(-1);
    this.#dropKey();
    this.#mayBeKey = false;
    this.#push(this.#cursor.is('-') ? 'document-start' : 'document-end');
    this.#cursor.skip(3);
  }

  #fetchIndicator(kind: PlainKind, mayBeKey: boolean): void {
    this.#dropKey();
    this.#mayBeKey = mayBeKey;
    this.#push(kind);
    this.#cursor.skip();
  }

  #fetchOpening(kind: PlainKind): void {
    this.#saveKey();
    this.#keys.push(noKey);
    if (this.#flowDepth > depthMax) throw this.#cursor.mistake(`exceeded max depth of ${depthMax}`);
    this.#mayBeKey = true;
    this.#push(kind);
    this.#cursor.skip();
  }

  #fetchClosing(kind: PlainKind): void {
    this.#dropKey();
    if (this.#flowDepth > 0) this.#keys.pop();
    this.#mayBeKey = false;
    this.#push(kind);
    this.#cursor.skip();
  }

  #fetchEntry(): void {
    this.#openBlock('block-list', 'block sequence entries are not allowed in this context');
    this.#fetchIndicator('block-entry', true);
  }

  #fetchKey(): void {
    this.#openBlock('block-map', 'mapping keys are not allowed in this context');
    this.#fetchIndicator('key', this.#flowDepth === 0);
  }

  #openBlock(kind: PlainKind, otherwise: string): void {
    const { line, column } = this.#cursor;
    if (this.#flowDepth > 0) return;
    if (!this.#mayBeKey) throw this.#cursor.mistake(otherwise);
    this.#indentTo(column, kind, line);
  }

  #fetchValue(): void {
    const key = this.#keys.at(-1)!;
    if (this.#isStillKey(key)) {
      const { number, line, column } = key;
      this.#queue.splice(this.#placeOf(number), 0, { kind: 'key', line });
      this.#indentTo(column, 'block-map', line, number);
      key.isPossible = false;
      this.#mayBeKey = false;
    } else {
      this.#openBlock('block-map', 'mapping values are not allowed in this context');
      this.#mayBeKey = this.#flowDepth === 0;
    }
    this.#push('value');
    this.#cursor.skip();
  }

  #fetchMark(mark: '*' | '&' | '!'): void {
    this.#saveKey();
    this.#mayBeKey = false;
    const { line } = this.#cursor;
    if (mark === '!') this.#queue.push({ kind: 'tag', line, tag: scanTag(this.#cursor) });
    else {
      const kind = mark === '*' ? 'alias' : 'anchor';
      this.#queue.push({ kind, line, name: scanAnchor(this.#cursor) });
    }
  }

  #fetchBlock(): void {
    this.#dropKey();
    this.#mayBeKey = true;
    const { line } = this.#cursor;
    const value = scanBlock(this.#cursor, this.#indent);
    this.#queue.push({ kind: 'scalar', line, value, isPlain: false });
  }

  #fetchQuoted(): void {
    this.#saveKey();
    this.#mayBeKey = false;
    const { line } = this.#cursor;
    this.#queue.push({ kind: 'scalar', line, value: scanQuoted(this.#cursor), isPlain: false });
  }

  #fetchPlain(): void {
    this.#saveKey();
    this.#mayBeKey = false;
    const { line } = this.#cursor;
    const { value, crosses } = scanPlain(this.#cursor, this.#indent + 1, this.#flowDepth > 0);
    this.#queue.push({ kind: 'scalar', line, value, isPlain: true });
    if (crosses) this.#mayBeKey = true;
  }
}
