import { Uint } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import type { Entry, Expr, Field } from './ast.ts';
import { codePointsMax, depthMax, keywords, levels, reserved, startsOperand } from './grammar.ts';
import type { Token } from './lexer.ts';
import { tokens, unquote } from './lexer.ts';
import { expandMacro, MacroError, type Macros } from './macros.ts';
import type { CompileIssue } from './source.ts';

class SyntaxStop extends Error {}

export interface Parsed {
  readonly expr: Expr | undefined;
  readonly issues: readonly CompileIssue[];
}

/** Reads an expression and expands its macros, and those of `more`. */
export function parse(text: string, more?: Macros): Parsed {
  const issues: CompileIssue[] = [];
  const size = Array.from(text).length;
  if (size > codePointsMax) {
    const message = `expression code point size exceeds limit: size: ${size}, limit ${codePointsMax}`;
    return { expr: undefined, issues: [{ at: 0, message }] };
  }
  try {
    const parser = new Parser(tokens(text, issues), issues, more);
    const expr = parser.whole();
    return { expr: issues.length ? undefined : expr, issues };
  } catch (cause) {
    if (cause instanceof SyntaxStop) return { expr: undefined, issues };
    throw cause;
  }
}

/** One pass over the tokens; stops at the first token that does not fit. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #issues: CompileIssue[];
  readonly #more: Macros | undefined;
  #next = 0;
  #id = 0;
  #depth = 0;

  constructor(list: readonly Token[], issues: CompileIssue[], more: Macros | undefined) {
    this.#tokens = list;
    this.#more = more;
    this.#issues = issues;
  }

  whole(): Expr {
    const expr = this.#expr();
    const rest = this.#token;
    if (rest.kind !== 'end') {
      const last = this.#tokens[this.#next + 1]?.kind === 'end';
      this.#stop(
        rest,
        `${last ? 'extraneous' : 'mismatched'} input '${rest.text}' expecting <EOF>`,
      );
    }
    return expr;
  }

  get #token(): Token {
    return this.#tokens[this.#next]!;
  }

  #is(text: string): boolean {
    const { kind, text: found } = this.#token;
    return found === text && (kind === 'sign' || kind === 'ident');
  }

  #take(): Token {
    return this.#tokens[this.#next++]!;
  }

  #expect(text: string, expecting: string): Token {
    if (this.#is(text)) return this.#take();
    const { text: found, kind } = this.#token;
    const isMissing = kind === 'end' && expecting === `'${text}'`;
    return this.#stop(
      this.#token,
      isMissing
        ? `missing ${expecting} at '${found}'`
        : `mismatched input '${found}' expecting ${expecting}`,
    );
  }

  #stop(token: Token, message: string): never {
    this.#issues.push({ at: token.at, message: `Syntax error: ${message}` });
    throw new SyntaxStop();
  }

  #node(token: Token): { id: number; at: number } {
    return { id: ++this.#id, at: token.at };
  }

  #call(token: Token, name: string, ...args: Expr[]): Expr {
    return { ...this.#node(token), kind: 'call', name, target: undefined, args };
  }

  #expr(): Expr {
    if (++this.#depth > depthMax) {
      this.#issues.push({ at: 0, message: `expression recursion limit exceeded: ${depthMax}` });
      throw new SyntaxStop();
    }
    const condition = this.#binary(0);
    if (this.#is('?')) {
      const token = this.#take();
      const yes = this.#binary(0);
      this.#expect(':', "':'");
      const no = this.#expr();
      this.#depth--;
      return this.#call(token, '_?_:_', condition, yes, no);
    }
    this.#depth--;
    return condition;
  }

  #binary(level: number): Expr {
    const operators = levels[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const { kind, text } = this.#token;
      const name = kind === 'sign' || text === 'in' ? operators[text] : undefined;
      if (!name || !Object.hasOwn(operators, text)) return left;
      const token = this.#take();
      left = this.#call(token, name, left, this.#binary(level + 1));
    }
  }

  #unary(): Expr {
    if (!this.#is('!') && !this.#is('-')) return this.#member();
    const token = this.#take();
    if (token.text === '-' && /^(int|double)$/.test(this.#token.kind)) {
      const literal = this.#take();
      return this.#members(this.#number(token, literal, '-'));
    }
    let count = 1;
    while (this.#is(token.text)) {
      this.#take();
      count++;
    }
    const operand = this.#member();
    return count % 2 ? this.#call(token, token.text === '!' ? '!_' : '-_', operand) : operand;
  }

  #member(): Expr {
    return this.#members(this.#primary());
  }

  #members(first: Expr): Expr {
    let expr = first;
    for (;;) {
      if (this.#is('.')) expr = this.#dotted(expr);
      else if (this.#is('[')) {
        const token = this.#take();
        const optional = this.#optional();
        const index = this.#expr();
        this.#expect(']', "']'");
        expr = this.#call(token, optional ? '_[?_]' : '_[_]', expr, index);
      } else return expr;
    }
  }

  #optional(): boolean {
    if (!this.#is('?')) return false;
    this.#take();
    return true;
  }

  #dotted(operand: Expr): Expr {
    const dot = this.#take();
    const optional = this.#optional();
    if (this.#is('in')) {
      // Read on as if it were the operator: that is what upstream's parser reports next.
      const { at } = this.#token;
      this.#issues.push({ at, message: "Syntax error: no viable alternative at input '.in'" });
      return operand;
    }
    const token = this.#take();
    const isName = token.kind === 'ident' && !keywords.has(token.text);
    if (!isName && token.kind !== 'quoted')
      this.#stop(
        token,
        keywords.has(token.text)
          ? `no viable alternative at input '.${token.text}'`
          : `mismatched input '${token.text}' expecting IDENTIFIER`,
      );
    const name = token.kind === 'quoted' ? token.text.slice(1, -1) : token.text;
    if (optional) {
      const literal: Expr = { ...this.#node(token), kind: 'literal', value: name };
      return this.#call(dot, '_?._', operand, literal);
    }
    if (token.kind === 'ident' && this.#is('(')) {
      const open = this.#take();
      const node = this.#node(open);
      return this.#expanded({ ...node, kind: 'call', name, target: operand, args: this.#args() });
    }
    return { ...this.#node(dot), kind: 'select', operand, field: name, test: false };
  }

  #args(): Expr[] {
    const args: Expr[] = [];
    if (this.#token.kind === 'end') this.#unexpected(startsOperand.replace("'(', ", "'(', ')', "));
    while (!this.#is(')')) {
      args.push(this.#expr());
      if (!this.#is(',')) break;
      this.#take();
      if (this.#is(')')) this.#unexpected();
    }
    this.#expect(')', "')'");
    return args;
  }

  #expanded(call: Expr & { kind: 'call' }): Expr {
    try {
      return expandMacro(call, () => ++this.#id, this.#more) ?? call;
    } catch (cause) {
      if (!(cause instanceof MacroError)) throw cause;
      this.#issues.push({ at: cause.at, message: cause.message });
      return call;
    }
  }

  #unexpected(expecting = startsOperand): never {
    const { text } = this.#token;
    return this.#stop(this.#token, `mismatched input '${text}' expecting ${expecting}`);
  }

  #primary(): Expr {
    const token = this.#token;
    switch (token.kind) {
      case 'int':
      case 'uint':
      case 'double':
        return this.#number(token, this.#take(), '');
      case 'string':
      case 'bytes':
        return this.#text(this.#take());
      case 'ident':
        return this.#named();
      case 'sign':
        return this.#signed(token);
      default:
        return this.#unexpected();
    }
  }

  #signed(token: Token): Expr {
    if (token.text === '(') {
      this.#take();
      const inner = this.#expr();
      this.#expect(')', "')'");
      return inner;
    }
    if (token.text === '[') return this.#list(this.#take());
    if (token.text === '{') {
      const node = this.#node(this.#take());
      return { ...node, kind: 'map', entries: this.#entries() };
    }
    if (token.text === '.' && this.#tokens[this.#next + 1]?.kind === 'ident') return this.#named();
    return this.#unexpected();
  }

  #literal(token: Token, value: Value | undefined, what: string): Expr {
    if (value === undefined) {
      this.#issues.push({ at: token.at, message: what });
      return { ...this.#node(token), kind: 'literal', value: null };
    }
    return { ...this.#node(token), kind: 'literal', value };
  }

  #number(at: Token, { kind, text }: Token, sign: string): Expr {
    if (kind === 'double') {
      const value = Number(sign + text);
      return this.#literal(
        at,
        Number.isFinite(value) ? value : undefined,
        'invalid double literal',
      );
    }
    if (kind === 'uint') {
      const value = BigInt(text.slice(0, -1));
      return this.#literal(at, value >> 64n ? undefined : new Uint(value), 'invalid uint literal');
    }
    const value = sign ? -BigInt(text) : BigInt(text);
    return this.#literal(
      at,
      BigInt.asIntN(64, value) === value ? value : undefined,
      'invalid int literal',
    );
  }

  #text(token: Token): Expr {
    return this.#literal(
      token,
      unquote(token.text, token.kind === 'bytes'),
      'unable to unescape string',
    );
  }

  #list(token: Token): Expr {
    const node = this.#node(token);
    const elements: Expr[] = [];
    const optional = new Set<number>();
    while (!this.#is(']')) {
      if (this.#optional()) optional.add(elements.length);
      elements.push(this.#expr());
      if (!this.#is(',')) break;
      this.#take();
    }
    this.#expect(']', "']'");
    return { ...node, kind: 'list', elements, optional };
  }

  #entries(): Entry[] {
    const entries: Entry[] = [];
    while (!this.#is('}')) {
      const optional = this.#optional();
      const key = this.#expr();
      const colon = this.#expect(':', "':'");
      entries.push({ ...this.#node(colon), key, optional, value: this.#expr() });
      if (!this.#is(',')) break;
      this.#take();
    }
    this.#expect('}', "'}'");
    return entries;
  }

  #named(): Expr {
    const start = this.#token;
    const leading = start.text === '.' ? (this.#take(), '.') : '';
    const token = this.#take();
    const { text } = token;
    if (text === 'true' || text === 'false') return this.#literal(token, text === 'true', '');
    if (text === 'null') return this.#literal(token, null, '');
    if (text === 'in') return (this.#next--, this.#unexpected());
    const struct = this.#structName();
    if (struct) {
      const node = this.#node(this.#take());
      return {
        ...node,
        kind: 'struct',
        name: leading + [text, ...struct].join('.'),
        fields: this.#fields(),
      };
    }
    if (reserved.has(text)) {
      this.#issues.push({ at: start.at, message: `reserved identifier: ${text}` });
    }
    if (!this.#is('(')) return { ...this.#node(token), kind: 'ident', name: leading + text };
    const node = this.#node(this.#take());
    return this.#expanded({
      ...node,
      kind: 'call',
      name: leading + text,
      target: undefined,
      args: this.#args(),
    });
  }

  /** The rest of `a.b.c` when a brace follows it, which makes it the name of a type. */
  #structName(): string[] | undefined {
    let at = this.#next;
    const rest: string[] = [];
    while (this.#tokens[at]?.text === '.' && this.#tokens[at + 1]?.kind === 'ident') {
      rest.push(this.#tokens[at + 1]!.text);
      at += 2;
    }
    const { kind, text } = this.#tokens[at]!;
    if (kind !== 'sign' || text !== '{') return undefined;
    this.#next = at;
    return rest;
  }

  #fields(): Field[] {
    const fields: Field[] = [];
    while (!this.#is('}')) {
      const optional = this.#optional();
      const token = this.#take();
      if (token.kind !== 'ident' && token.kind !== 'quoted')
        this.#stop(
          token,
          `mismatched input '${token.text}' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}`,
        );
      const name = token.kind === 'quoted' ? token.text.slice(1, -1) : token.text;
      const colon = this.#expect(':', "':'");
      fields.push({ ...this.#node(colon), name, optional, value: this.#expr() });
      if (!this.#is(',')) break;
      this.#take();
    }
    this.#expect('}', "'}'");
    return fields;
  }
}
