import { type Action, literal, pieces, TemplateError, type Token } from './tokens.ts';

/** Where something stands in the source, and how it is written: what errors tell of it. */
export interface Place {
  readonly at: number;
  readonly text: string;
}

type Meaning =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'dot' }
  | { readonly is: 'field'; readonly path: readonly string[] }
  | { readonly is: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly is: 'function'; readonly name: string }
  | { readonly is: 'pipeline'; readonly pipeline: Pipeline; readonly path: readonly string[] };

/** What a pipeline is made of. */
export type Operand = Meaning & Place;

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
  | ({ readonly node: 'template'; readonly name: string; readonly pipeline?: Pipeline } & Place)
  | { readonly node: 'break' | 'continue' };

export type Nodes = readonly Node[];

export interface Template {
  readonly name: string;
  readonly body: Nodes;
  readonly defined: ReadonlyMap<string, Nodes>;
}

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

const bare: Pipeline = { variables: [], isAssignment: false, commands: [] };

class Parser {
  readonly defined = new Map<string, Nodes>();
  /** Names that are known where the parser stands. */
  #variables: readonly string[] = ['$'];
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
        const at = this.#peek()?.at ?? 0;
        const name = this.#stringToken();
        const pipeline = this.#peek() ? this.#pipeline([]) : undefined;
        const text = `{{template ${[JSON.stringify(name), ...(pipeline ? [pipelineText(pipeline)] : [])].join(' ')}}}`;
        return [{ node: 'template', name, at, text, ...(pipeline && { pipeline }) }];
      }
      case 'break':
      case 'continue':
        return [{ node: word }];
      default:
        return [{ node: 'action', pipeline: this.#pipeline([]) }];
    }
  }

  #control(node: 'if' | 'with' | 'range'): Node {
    const known = this.#variables;
    try {
      return this.#controlNode(node);
    } finally {
      this.#variables = known;
    }
  }

  #controlNode(node: 'if' | 'with' | 'range'): Node {
    if (!this.#peek()) throw this.#error(`missing value for ${node}`);
    const pipeline = this.#pipeline([]);
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
    const at = this.#peek()?.at ?? 0;
    const pipeline = word === 'block' ? this.#pipeline([]) : undefined;
    const outer = this.#variables;
    this.#variables = ['$'];
    this.defined.set(name, this.nodes(['end']).nodes);
    this.#variables = outer;
    const text = `{{template ${JSON.stringify(name)} ${pipeline ? pipelineText(pipeline) : ''}}}`;
    return pipeline ? [{ node: 'template', name, pipeline, at, text }] : [];
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
      if (mark === ':=') this.#variables = [...this.#variables, ...variables];
      else for (const name of variables) this.#use(name);
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

  #use(name: string): void {
    if (!this.#variables.includes(name))
      throw this.#error(`undefined variable ${JSON.stringify(name)}`);
  }

  #operand(token: Token): Operand {
    this.#token++;
    const { at, text } = token;
    switch (token.kind) {
      case 'string':
      case 'char':
      case 'number':
        return { is: 'value', value: literal(token), at, text };
      case 'field': {
        const path = text.slice(1).split('.');
        // What has several fields stands, for Go, where its second begins.
        return { is: 'field', path, text, at: path.length > 1 ? at + path[0]!.length + 1 : at };
      }
      case 'variable': {
        this.#use(text);
        const joined = this.#joinedField();
        return {
          ...{ is: 'variable', name: text, path: joined.path, text: `${text}${joined.text}` },
          at: joined.at ?? at,
        };
      }
      case 'word':
        return { ...this.#wordOperand(text), at, text };
      default:
        if (text === '.') return { is: 'dot', at, text };
        if (text !== '(') throw this.#error(`unexpected ${JSON.stringify(text)} in operand`);
        return this.#parenthesis(at);
    }
  }

  #wordOperand(word: string): Meaning {
    if (word === 'true' || word === 'false') return { is: 'value', value: word === 'true' };
    if (word === 'nil') return { is: 'value', value: null };
    if (!this.#functions.has(word))
      throw this.#error(`function ${JSON.stringify(word)} not defined`);
    return { is: 'function', name: word };
  }

  #parenthesis(at: number): Operand {
    const pipeline = this.#pipeline([')']);
    if (this.#peek()?.text !== ')') throw this.#error('unclosed left paren');
    this.#token++;
    const joined = this.#joinedField();
    const text = `(${pipelineText(pipeline)})${joined.text}`;
    return { is: 'pipeline', pipeline, path: joined.path, text, at: joined.at ?? at };
  }

  /** A field right behind a variable or parenthesis, without a space. */
  #joinedField(): {
    readonly path: readonly string[];
    readonly text: string;
    readonly at?: number;
  } {
    const next = this.#tokens[this.#token];
    if (next?.kind !== 'field') return { path: [], text: '' };
    this.#token++;
    return { path: next.text.slice(1).split('.'), text: next.text, at: next.at };
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

/** A command as it is written. */
export const commandText = (operands: readonly Operand[]): string =>
  operands.map(({ text }) => text).join(' ');

const pipelineText = ({ variables, isAssignment, commands }: Pipeline): string =>
  `${variables.length > 0 ? `${variables.join(', ')} ${isAssignment ? '=' : ':='} ` : ''}${commands.map(commandText).join(' | ')}`;
