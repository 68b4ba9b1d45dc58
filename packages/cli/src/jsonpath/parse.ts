/** One step of a path; the values before it go in, those after it come out. */
export type Step =
  | { readonly step: 'value'; readonly value: string | number | boolean }
  | { readonly step: 'field'; readonly name: string }
  | {
      readonly step: 'slice';
      readonly from?: number;
      readonly to?: number;
      readonly by?: number;
      readonly isIndex: boolean;
    }
  | {
      readonly step: 'filter';
      readonly left: Path;
      readonly operator: string;
      readonly right: Path;
    }
  | { readonly step: 'each' }
  | { readonly step: 'deep' }
  | { readonly step: 'union'; readonly paths: readonly Path[] }
  | { readonly step: 'word'; readonly word: string };

export type Path = readonly Step[];

/** A template: texts and `{actions}` in turn; a range holds what stands up to its end. */
export type Piece =
  | { readonly piece: 'text'; readonly text: string }
  | { readonly piece: 'path'; readonly path: Path }
  | { readonly piece: 'range'; readonly path: Path; readonly body: readonly Piece[] }
  | { readonly piece: 'end' };

/** Reads Kubernetes' JSONPath. Throws upstream's words for what is none. */
export function parseTemplate(template: string): readonly Piece[] {
  const flat: Piece[] = [];
  for (let at = 0; at < template.length;) {
    const open = template.indexOf('{', at);
    const text = template.slice(at, open < 0 ? undefined : open);
    if (text) flat.push({ piece: 'text', text });
    if (open < 0) break;
    const reader = new Reader(template, open + 1);
    const path = reader.action();
    at = reader.at;
    const word = path[0]?.step === 'word' ? path[0].word : undefined;
    if (word === 'end') flat.push({ piece: 'end' });
    else if (word === 'range') flat.push({ piece: 'range', path: path.slice(1), body: [] });
    else flat.push({ piece: 'path', path });
  }
  return nested(flat, 0, false).pieces;
}

/** Puts what follows a range into it, up to its end or the end of the template. */
function nested(
  flat: readonly Piece[],
  from: number,
  inRange: boolean,
): { pieces: readonly Piece[]; next: number } {
  const pieces: Piece[] = [];
  for (let at = from; at < flat.length; at++) {
    const piece = flat[at]!;
    if (piece.piece === 'end' && inRange) return { pieces, next: at };
    if (piece.piece !== 'range') {
      pieces.push(piece);
      continue;
    }
    const inner = nested(flat, at + 1, true);
    pieces.push({ ...piece, body: inner.pieces });
    at = inner.next;
  }
  return { pieces, next: flat.length };
}

const terminators = new Set(' \t\r\n.,[]$@{}'.split(''));
const escapes: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"' },
};

class Reader {
  at: number;
  readonly #text: string;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  /** The steps up to the closing brace, which is passed. */
  action(): Path {
    const steps: Step[] = [];
    for (;;) {
      const rest = this.#text.slice(this.at);
      const letter = rest[0];
      if (letter === undefined || letter === '\n' || letter === '\r')
        throw new Error('unclosed action');
      if (letter === '}') {
        this.at++;
        return steps;
      }
      if (rest.startsWith('[?(')) steps.push(this.#filter());
      else if (rest.startsWith('..')) steps.push(...this.#deep(steps.at(-1)));
      else if (' @$'.includes(letter)) this.at++;
      else if (letter === '[') steps.push(...this.#brackets());
      else if (letter === '"' || letter === "'")
        steps.push({ step: 'value', value: this.#quoted(letter) });
      else if (letter === '.') steps.push(this.#field(1));
      else if (/[-+\d]/.test(letter)) steps.push({ step: 'value', value: this.#number() });
      else if (/[\p{L}_]/u.test(letter)) steps.push(this.#word());
      else throw new Error(`unrecognized character in action: ${unicode(letter)}`);
    }
  }

  #deep(last: Step | undefined): readonly Step[] {
    if (last?.step === 'deep') throw new Error('invalid multiple recursive descent');
    this.at += 2;
    const isNamed = /[\p{L}\d_]/u.test(this.#text[this.at] ?? '');
    return isNamed ? [{ step: 'deep' }, this.#field(0)] : [{ step: 'deep' }];
  }

  #field(skip: number): Step {
    this.at += skip;
    const from = this.at;
    while (this.at < this.#text.length && !terminators.has(this.#text[this.at]!))
      this.at += this.#text[this.at] === '\\' ? 2 : 1;
    const name = this.#text.slice(from, this.at);
    return name === '*' ? { step: 'each' } : { step: 'field', name: name.replaceAll('\\', '') };
  }

  #word(): Step {
    const from = this.at;
    while (this.at < this.#text.length && !terminators.has(this.#text[this.at]!)) this.at++;
    const word = this.#text.slice(from, this.at);
    if (word === 'true' || word === 'false') return { step: 'value', value: word === 'true' };
    return { step: 'word', word };
  }

  #number(): number {
    const [text = ''] = /^[-+]?[\d.]*/.exec(this.#text.slice(this.at)) ?? [];
    this.at += text.length;
    if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new Error(`cannot parse number ${text}`);
    return Number(text);
  }

  #quoted(end: string): string {
    const from = ++this.at;
    for (; ; this.at++) {
      const letter = this.#text[this.at];
      if (letter === undefined || letter === '\n') throw new Error('unterminated quoted string');
      if (letter === end && this.#text[this.at - 1] !== '\\') break;
    }
    const inner = this.#text.slice(from, this.at++);
    return inner.replaceAll(/\\(u[\da-fA-F]{4}|x[\da-fA-F]{2}|.)/gs, (_, escape: string) =>
      escape.length > 1
        ? String.fromCodePoint(Number.parseInt(escape.slice(1), 16))
        : (escapes[escape] ?? escape),
    );
  }

  #brackets(): readonly Step[] {
    const close = this.#text.indexOf(']', this.at);
    if (close < 0 || this.#text.slice(this.at, close).includes('\n'))
      throw new Error('unterminated array');
    const inner = this.#text.slice(this.at + 1, close);
    this.at = close + 1;
    const parts = inner.split(',');
    if (parts.length > 1)
      return [
        { step: 'union', paths: parts.map((part) => new Reader(`[${part.trim()}]}`, 0).action()) },
      ];
    const [, key] = /^'([^']*)'$/.exec(inner) ?? [];
    if (key !== undefined) return new Reader(`.${key}}`, 0).action();
    return [sliceOf(inner === '*' ? ':' : inner)];
  }

  #filter(): Step {
    const from = this.at + 3;
    const end = filterEnd(this.#text, from);
    if (this.#text[end + 1] !== ']') throw new Error('unclosed array expect ]');
    const text = this.#text.slice(from, end);
    this.at = end + 2;
    const path = (part: string): Path => new Reader(`${part}}`, 0).action();
    const [, left, operator, right] = /^([^!<>=]+)([!<>=]+)(.+?)$/s.exec(text) ?? [];
    return operator === undefined
      ? { step: 'filter', left: path(text), operator: 'exists', right: [] }
      : { step: 'filter', left: path(left!), operator, right: path(right!) };
  }
}

/** Where the parenthesis stands that closes a filter: one outside of quotes. */
function filterEnd(text: string, from: number): number {
  let quote = '';
  let isClosed = false;
  for (let at = from; at < text.length && text[at] !== '\n'; at++) {
    const letter = text[at]!;
    if (letter === '"' || letter === "'") {
      if (!quote) quote = letter;
      else if (letter === quote && text[at - 1] !== '\\') isClosed = true;
    } else if (letter === ')' && Boolean(quote) === isClosed) return at;
  }
  throw new Error('unterminated filter');
}

function sliceOf(text: string): Step {
  const [whole, from, to, by] = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text) ?? [];
  if (whole === undefined) throw new Error(`invalid array index ${text}`);
  const number = (part: string | undefined): number | undefined => {
    if (part === undefined || part === '') return undefined;
    if (part === '-') throw new Error(`array index ${part} is not a number`);
    return Number(part);
  };
  const [start, end, step] = [number(from), number(to?.slice(1)), number(by?.slice(1))];
  return {
    step: 'slice',
    isIndex: to === undefined,
    ...(start !== undefined && { from: start }),
    ...(end !== undefined && { to: end }),
    ...(step !== undefined && { by: step }),
  };
}

const unicode = (letter: string): string =>
  `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${letter}'`;
