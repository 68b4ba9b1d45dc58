/** The first character of a text that cannot stand where it does; `at` is the end of a text that ends too early. */
export class JsonMistake extends Error {
  readonly at: number;

  constructor(words: string, at: number) {
    super(words);
    this.at = at;
  }
}

const end = 'unexpected end of JSON input';

const quoted = (found: string): string =>
  found === "'" ? `'\\''` : found === '"' ? `'"'` : `'${JSON.stringify(found).slice(1, -1)}'`;

/** Why a text is no JSON, in the words of Go's scanner. The text is one that `JSON.parse` refuses. */
export function syntaxError(text: string): string {
  try {
    const after = jsonEnd(text, 0);
    if (after < text.length) fail(text, after, 'after top-level value');
  } catch (error) {
    if (error instanceof JsonMistake) return error.message;
    throw error;
  }
  return end;
}

/** Where what follows the value begins that begins at a place, spaces left out. Throws JsonMistake. */
export const jsonEnd = (text: string, from: number): number =>
  skip(text, value(text, skip(text, from)));

function fail(text: string, at: number, where: string): never {
  if (at >= text.length) throw new JsonMistake(end, at);
  throw new JsonMistake(
    `invalid character ${quoted(String.fromCodePoint(text.codePointAt(at)!))} ${where}`,
    at,
  );
}

function skip(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++;
  return at;
}

function value(text: string, at: number): number {
  const first = text[at];
  if (first === '{') return object(text, at + 1);
  if (first === '[') return array(text, at + 1);
  if (first === '"') return string(text, at + 1);
  for (const word of ['true', 'false', 'null'])
    if (first === word[0]) {
      for (let step = 1; step < word.length; step++)
        if (text[at + step] !== word[step])
          fail(text, at + step, `in literal ${word} (expecting '${word[step]}')`);
      return at + word.length;
    }
  return number(text, at);
}

const isDigit = (found: string | undefined): boolean =>
  found !== undefined && found >= '0' && found <= '9';

function digits(text: string, from: number, where: string): number {
  let at = from;
  if (!isDigit(text[at])) fail(text, at, where);
  while (isDigit(text[at])) at++;
  return at;
}

function number(text: string, from: number): number {
  let at = from;
  if (text[at] === '-') at++;
  else if (!isDigit(text[at])) fail(text, at, 'looking for beginning of value');
  at = text[at] === '0' ? at + 1 : digits(text, at, 'in numeric literal');
  if (text[at] === '.') at = digits(text, at + 1, 'after decimal point in numeric literal');
  if (text[at] !== 'e' && text[at] !== 'E') return at;
  at++;
  if (text[at] === '+' || text[at] === '-') at++;
  return digits(text, at, 'in exponent of numeric literal');
}

function string(text: string, from: number): number {
  for (let at = from; ; at++) {
    const found = text[at];
    if (found === '"') return at + 1;
    if (found === undefined || found < ' ') fail(text, at, 'in string literal');
    if (found !== '\\') continue;
    at++;
    if (text[at] === 'u') {
      for (let step = 1; step <= 4; step++)
        if (!/[0-9a-fA-F]/.test(text[at + step] ?? ''))
          fail(text, at + step, 'in \\u hexadecimal character escape');
    } else if (text[at] === undefined || !'"\\/bfnrt'.includes(text[at]!))
      fail(text, at, 'in string escape code');
  }
}

function object(text: string, from: number): number {
  let at = skip(text, from);
  if (text[at] === '}') return at + 1;
  for (;;) {
    if (text[at] !== '"') fail(text, at, 'looking for beginning of object key string');
    at = skip(text, string(text, at + 1));
    if (text[at] !== ':') fail(text, at, 'after object key');
    at = skip(text, value(text, skip(text, at + 1)));
    if (text[at] === '}') return at + 1;
    if (text[at] !== ',') fail(text, at, 'after object key:value pair');
    at = skip(text, at + 1);
  }
}

function array(text: string, from: number): number {
  let at = skip(text, from);
  if (text[at] === ']') return at + 1;
  for (;;) {
    at = skip(text, value(text, at));
    if (text[at] === ']') return at + 1;
    if (text[at] !== ',') fail(text, at, 'after array element');
    at = skip(text, at + 1);
  }
}
