/** What a pipeline is made of. */
export type Operand =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'dot' }
  | { readonly is: 'field'; readonly path: readonly string[] }
  | { readonly is: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly is: 'function'; readonly name: string }
  | { readonly is: 'pipeline'; readonly pipeline: Pipeline; readonly path: readonly string[] };

export interface Pipeline {
  /** Names that take the result: declared anew, or set where `isAssignment`. */
  readonly variables: readonly string[];
  readonly isAssignment: boolean;
  /** Each gets the result of the one before as its last argument. */
  readonly commands: readonly (readonly Operand[])[];
}

export type Node =
  | { readonly node: 'text'; readonly text: string }
  | { readonly node: 'action'; readonly pipeline: Pipeline }
  | {
      readonly node: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: Nodes;
      readonly otherwise: Nodes;
    }
  | { readonly node: 'template'; readonly name: string; readonly pipeline?: Pipeline }
  | { readonly node: 'break' | 'continue' };

export type Nodes = readonly Node[];

export interface Template {
  readonly name: string;
  readonly body: Nodes;
  readonly defined: ReadonlyMap<string, Nodes>;
}

/** A template that cannot be read; the message names template and line as Go's does. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

type Token = {
  readonly text: string;
  readonly kind: 'word' | 'field' | 'variable' | 'string' | 'number' | 'char' | 'mark' | 'space';
};

interface Action {
  readonly tokens: readonly Token[];
  readonly line: number;
}

const tokenPattern =
  /(?<space>\s+)|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<char>'(?:[^'\\\n]|\\.)+')|(?<number>[-+]?(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+))|(?<field>(?:\.[\p{L}_][\p{L}\d_]*)+)|(?<variable>\$[\p{L}\d_]*)|(?<word>[\p{L}_][\p{L}\d_]*)|(?<mark>:=|[=|(),.])/uy;

/** Reads a Go template. Throws TemplateError. */
export function parseTemplate(
  name: string,
  source: string,
  functions: ReadonlySet<string>,
): Template {
  const parser = new Parser(name, pieces(name, source), functions);
  const body = parser.nodes(['']).nodes;
  return { name, body, defined: parser.defined };
}

/** Texts and actions in turn; `{{-` and `-}}` have eaten the white space beside them. */
function pieces(name: string, source: string): readonly (string | Action)[] {
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
        tokens: tokens(name, source.slice(from, trims ? close - 1 : close), line),
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

function tokens(name: string, text: string, line: number): readonly Token[] {
  const found: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    const at = tokenPattern.lastIndex;
    const { groups } = tokenPattern.exec(text) ?? {};
    if (!groups) {
      const letter = String.fromCodePoint(text.codePointAt(at)!);
      throw new TemplateError(
        `template: ${name}:${line}: unexpected ${JSON.stringify(letter)} in command`,
      );
    }
    const [kind, value] = Object.entries(groups).find(([, each]) => each !== undefined)!;
    found.push({ kind: kind as Token['kind'], text: value });
  }
  return found;
}

const bare: Pipeline = { variables: [], isAssignment: false, commands: [] };

class Parser {
  readonly defined = new Map<string, Nodes>();
  readonly #name: string;
  readonly #pieces: readonly (string | Action)[];
  readonly #functions: ReadonlySet<string>;
  #at = 0;
  #tokens: readonly Token[] = [];
  #token = 0;
  #line = 0;

  constructor(name: string, all: readonly (string | Action)[], functions: ReadonlySet<string>) {
    this.#name = name;
    this.#pieces = all;
    this.#functions = functions;
  }

  /** Nodes up to one of the words `ends`; '' is the end of the template. */
  nodes(ends: readonly string[]): { readonly nodes: Nodes; readonly end: string } {
    const nodes: Node[] = [];
    for (; this.#at < this.#pieces.length;) {
      const piece = this.#pieces[this.#at++]!;
      if (typeof piece === 'string') {
        nodes.push({ node: 'text', text: piece });
        continue;
      }
      this.#enter(piece);
      const word = this.#peek()?.kind === 'word' ? this.#peek()!.text : '';
      if (word === 'end' || word === 'else') {
        if (!ends.includes(word)) throw this.#error(`unexpected {{${word}}}`);
        this.#token++;
        return { nodes, end: word };
      }
      nodes.push(...this.#node(word));
    }
    if (!ends.includes('')) throw this.#error('unexpected EOF');
    return { nodes, end: '' };
  }

  #node(word: string): Nodes {
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        this.#token++;
        return [this.#control(word)];
      case 'define':
      case 'block':
        return this.#define(word);
      case 'template': {
        this.#token++;
        const name = this.#stringToken();
        const pipeline = this.#peek() ? this.#pipeline([]) : undefined;
        return [{ node: 'template', name, ...(pipeline && { pipeline }) }];
      }
      case 'break':
      case 'continue':
        return [{ node: word }];
      default:
        return [{ node: 'action', pipeline: this.#pipeline([]) }];
    }
  }

  #control(node: 'if' | 'with' | 'range'): Node {
    const pipeline = this.#pipeline([]);
    if (pipeline.commands.length === 0) throw this.#error(`missing value for ${node}`);
    const { nodes: body, end } = this.nodes(['end', 'else']);
    if (end === 'end') return { node, pipeline, body, otherwise: [] };
    const next = this.#peek();
    if (next?.text === 'if' || next?.text === 'with') {
      this.#token++;
      return { node, pipeline, body, otherwise: [this.#control(next.text as 'if' | 'with')] };
    }
    return { node, pipeline, body, otherwise: this.nodes(['end']).nodes };
  }

  #define(word: 'define' | 'block'): Nodes {
    this.#token++;
    const name = this.#stringToken();
    const pipeline = word === 'block' ? this.#pipeline([]) : undefined;
    this.defined.set(name, this.nodes(['end']).nodes);
    return pipeline ? [{ node: 'template', name, pipeline }] : [];
  }

  #pipeline(ends: readonly string[]): Pipeline {
    const declared = this.#declaration();
    const commands: Operand[][] = [];
    for (;;) {
      const command = this.#command(ends);
      if (command.length === 0) throw this.#error('missing value for command');
      commands.push(command);
      if (this.#peek()?.text !== '|') break;
      this.#token++;
    }
    const rest = this.#peek();
    if (rest && !ends.includes(rest.text))
      throw this.#error(`unexpected ${JSON.stringify(rest.text)} in operand`);
    return { ...bare, ...declared, commands };
  }

  /** `$a :=`, `$a =` or `$i, $v :=` at the beginning. */
  #declaration(): Pick<Pipeline, 'variables' | 'isAssignment'> {
    const back = this.#token;
    const variables: string[] = [];
    for (;;) {
      const token = this.#peek();
      if (token?.kind !== 'variable') break;
      variables.push(token.text);
      this.#token++;
      if (this.#peek()?.text !== ',') break;
      this.#token++;
    }
    const mark = this.#peek()?.text;
    if (variables.length > 0 && (mark === ':=' || mark === '=')) {
      this.#token++;
      return { variables, isAssignment: mark === '=' };
    }
    this.#token = back;
    return { variables: [], isAssignment: false };
  }

  #command(ends: readonly string[]): Operand[] {
    const operands: Operand[] = [];
    for (;;) {
      const token = this.#peek();
      if (!token || token.text === '|' || ends.includes(token.text)) return operands;
      operands.push(this.#operand(token));
    }
  }

  #operand(token: Token): Operand {
    this.#token++;
    switch (token.kind) {
      case 'string':
      case 'char':
      case 'number':
        return { is: 'value', value: literal(token) };
      case 'field':
        return { is: 'field', path: token.text.slice(1).split('.') };
      case 'variable':
        return { is: 'variable', name: token.text, path: this.#joinedField() };
      case 'word':
        return this.#wordOperand(token.text);
      default:
        if (token.text === '.') return { is: 'dot' };
        if (token.text !== '(')
          throw this.#error(`unexpected ${JSON.stringify(token.text)} in operand`);
        return this.#parenthesis();
    }
  }

  #wordOperand(word: string): Operand {
    if (word === 'true' || word === 'false') return { is: 'value', value: word === 'true' };
    if (word === 'nil') return { is: 'value', value: null };
    if (!this.#functions.has(word))
      throw this.#error(`function ${JSON.stringify(word)} not defined`);
    return { is: 'function', name: word };
  }

  #parenthesis(): Operand {
    const pipeline = this.#pipeline([')']);
    if (this.#peek()?.text !== ')') throw this.#error('unclosed left paren');
    this.#token++;
    return { is: 'pipeline', pipeline, path: this.#joinedField() };
  }

  /** A field right behind a variable or parenthesis, without a space. */
  #joinedField(): readonly string[] {
    const next = this.#tokens[this.#token];
    if (next?.kind !== 'field') return [];
    this.#token++;
    return next.text.slice(1).split('.');
  }

  #stringToken(): string {
    const token = this.#peek();
    if (token?.kind !== 'string')
      throw this.#error(`unexpected ${JSON.stringify(token?.text ?? '}}')} in template clause`);
    this.#token++;
    return literal(token) as string;
  }

  #enter(action: Action): void {
    this.#tokens = action.tokens;
    this.#token = 0;
    this.#line = action.line;
  }

  /** The next token that is no space. */
  #peek(): Token | undefined {
    while (this.#tokens[this.#token]?.kind === 'space') this.#token++;
    return this.#tokens[this.#token];
  }

  #error(words: string): TemplateError {
    return new TemplateError(`template: ${this.#name}:${this.#line}: ${words}`);
  }
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

function literal({ kind, text }: Token): unknown {
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
