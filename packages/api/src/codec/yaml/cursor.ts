/** A mistake where a text is no YAML 1.1, in go-yaml's words. Lines count from 0. */
export class YamlMistake extends Error {
  readonly line: number;
  readonly contextLine: number;
  readonly by: 'scanner' | 'parser';

  constructor(by: YamlMistake['by'], words: string, line: number, contextLine = 0) {
    super(words);
    this.by = by;
    this.line = line;
    this.contextLine = contextLine;
  }

  /** With its place as go-yaml tells it: the scanner's lines count from 1, the parser's from 0, and the first is left out. */
  told(prefers: 'problem' | 'context' = 'problem'): string {
    const [first, second] =
      prefers === 'problem' ? [this.line, this.contextLine] : [this.contextLine, this.line];
    const more = this.by === 'scanner' ? 1 : 0;
    const line = first > 0 ? first + more : second && second + (prefers === 'context' ? more : 0);
    return line > 0 ? `line ${line}: ${this.message}` : this.message;
  }
}

/** Codes of the characters that mean something. */
export const tab = 9;
const newLine = 10;
const carriageReturn = 13;
export const space = 32;

export const isBreak = (code: number): boolean =>
  code === newLine ||
  code === carriageReturn ||
  code === 0x85 ||
  code === 0x20_28 ||
  code === 0x20_29;
export const isBlank = (code: number): boolean => code === space || code === tab;
export const isBreakOrEnd = (code: number): boolean => code === 0 || isBreak(code);
export const isBlankOrEnd = (code: number): boolean => isBlank(code) || isBreakOrEnd(code);
/** What names are made of: letters and digits of ASCII, `_` and `-`. */
export const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  code === 45;

/** Characters that mean nothing within a scalar of any sort. */
const plainRun = /[\w+/=.-]*/y;

/** A place in a text that moves forward. */
export class Cursor {
  readonly text: string;
  at = 0;
  line = 0;
  column = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The character here, or some behind; 0 at the end. */
  code(ahead: number = 0): number {
    const at = this.at + ahead;
    return at < this.text.length ? this.text.charCodeAt(at) : 0;
  }

  is(mark: string, ahead: number = 0): boolean {
    return this.text.startsWith(mark, this.at + ahead);
  }

  skip(count: number = 1): void {
    this.at += count;
    this.column += count;
  }

  /** Steps over a run of letters, digits and others that end no scalar: certificates and their like are long. */
  skipPlain(): void {
    plainRun.lastIndex = this.at;
    plainRun.test(this.text);
    this.skip(plainRun.lastIndex - this.at);
  }

  /** Steps over the end of a line; gives it as values hold it. */
  skipBreak(): string {
    const code = this.code();
    this.at += code === carriageReturn && this.code(1) === newLine ? 2 : 1;
    this.line++;
    this.column = 0;
    return code === 0x20_28 || code === 0x20_29 ? String.fromCharCode(code) : '\n';
  }

  skipBlanks(): void {
    while (isBlank(this.code())) this.skip();
  }

  skipComment(): void {
    if (this.code() === 35) while (!isBreakOrEnd(this.code())) this.skip();
  }

  /** At `---` or `...` that stands alone at the beginning of a line. */
  isAtDocumentMark(): boolean {
    return this.column === 0 && (this.is('---') || this.is('...')) && isBlankOrEnd(this.code(3));
  }

  mistake(words: string, contextLine: number = this.line): YamlMistake {
    return new YamlMistake('scanner', words, this.line, contextLine);
  }
}
