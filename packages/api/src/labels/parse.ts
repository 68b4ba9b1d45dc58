import { fieldErrorText } from '../status/index.ts';
import { binaryOperators, keyError, requirement, SelectorError } from './requirement.ts';
import type { Operator, Requirement } from './requirement.ts';

type TokenType =
  | 'end'
  | 'identifier'
  | 'in'
  | 'notin'
  | '=='
  | '='
  | '!='
  | '!'
  | '>'
  | '<'
  | '('
  | ')'
  | ',';

interface Token {
  readonly type: TokenType;
  readonly text: string;
}

const token = /[ \t\r\n]+|(==|!=|[=!(),><])|([^=!(),>< \t\r\n]+)/g;

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  for (const [, symbol, word] of text.matchAll(token))
    if (symbol !== undefined) found.push({ type: symbol as TokenType, text: symbol });
    else if (word !== undefined)
      found.push({ type: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
  return [...found, { type: 'end', text: '' }];
}

/** Reads tokens in order; `in` and `notin` are plain words where a value or a key may stand. */
interface Reader {
  next(): Token;
  peek(): Token;
  operator(): Token;
}

function readerOf(text: string): Reader {
  const all = tokens(text);
  let at = 0;
  const asWord = (token: Token): Token =>
    token.type === 'in' || token.type === 'notin' ? { ...token, type: 'identifier' } : token;
  return {
    next: () => asWord(all[at++] ?? all.at(-1)!),
    peek: () => asWord(all[at] ?? all.at(-1)!),
    operator: () => all[at++] ?? all.at(-1)!,
  };
}

const expected = (token: Token, what: string, comma = ','): SelectorError =>
  new SelectorError(`found '${token.text}'${comma} expected: ${what}`);

/** The requirements of a label selector's text, by key. Throws SelectorError with upstream's words. */
export function parseRequirements(text: string): readonly Requirement[] {
  const reader = readerOf(text);
  const found: Requirement[] = [];
  for (;;) {
    const first = reader.peek();
    if (first.type === 'end') break;
    if (first.type !== 'identifier' && first.type !== '!')
      throw expected(first, "!, identifier, or 'end of string'");
    found.push(readRequirement(reader));
    const after = reader.next();
    if (after.type === 'end') break;
    if (after.type !== ',') throw expected(after, "',' or 'end of string'");
    const following = reader.peek();
    if (following.type !== 'identifier' && following.type !== '!')
      throw expected(following, "identifier after ','");
  }
  return found.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function readRequirement(reader: Reader): Requirement {
  try {
    const negated = reader.peek().type === '!';
    if (negated) reader.next();
    const key = reader.next();
    if (key.type !== 'identifier') throw expected(key, 'identifier');
    const wrong = keyError('<nil>', key.text);
    if (wrong) throw new SelectorError(fieldErrorText(wrong));
    const { type } = reader.peek();
    if (negated) return requirement(key.text, '!', []);
    if (type === 'end' || type === ',') return requirement(key.text, 'exists', []);
    const operator = readOperator(reader);
    const values = operator === 'in' || operator === 'notin' ? readSet(reader) : readValue(reader);
    return requirement(key.text, operator, values);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    throw new SelectorError(`unable to parse requirement: ${error.message}`, { cause: error });
  }
}

function readOperator(reader: Reader): Operator {
  const token = reader.operator();
  switch (token.type) {
    case 'in':
    case 'notin':
    case '=':
    case '==':
    case '!=':
      return token.type;
    case '>':
      return 'gt';
    case '<':
      return 'lt';
    default:
      throw expected(token, binaryOperators.join(', '));
  }
}

function readValue(reader: Reader): readonly string[] {
  const { type } = reader.peek();
  if (type === 'end' || type === ',') return [''];
  const token = reader.next();
  if (token.type === 'identifier') return [token.text];
  throw expected(token, 'identifier');
}

/** `(a,b,,c)`: empty values count, twice the same counts once. */
function readSet(reader: Reader): readonly string[] {
  const open = reader.next();
  if (open.type !== '(') throw expected(open, "'('", '');
  const first = reader.peek();
  if (first.type === ')') {
    reader.next();
    return [''];
  }
  if (first.type !== 'identifier' && first.type !== ',')
    throw expected(first, "',', ')' or identifier");
  const values = new Set<string>();
  for (;;) {
    const token = reader.next();
    const after = reader.peek();
    if (token.type === 'identifier') {
      values.add(token.text);
      if (after.type === ')') break;
      if (after.type !== ',') throw expected(after, "',' or ')'");
    } else if (token.type === ',') {
      if (values.size === 0 || after.type === ')' || after.type === ',') values.add('');
      if (after.type === ')') break;
    } else throw expected(token, "',', or identifier");
  }
  reader.next();
  return [...values].toSorted();
}
