/** An object as its text has it: keys in order, twice where they stand twice. */
export class Pairs {
  readonly entries: (readonly [key: string, value: unknown])[] = [];
}

/** A JSON text that `JSON.parse` accepts, with objects as Pairs. */
export function parsePairs(text: string): unknown {
  let at = 0;
  const skip = (): void => {
    while (text.charCodeAt(at) <= 32) at++;
  };
  const string = (): string => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return JSON.parse(text.slice(start, ++at)) as string;
  };
  const object = (): Pairs => {
    const pairs = new Pairs();
    for (at++, skip(); text[at] !== '}'; skip()) {
      if (text[at] === ',') at++;
      skip();
      const key = string();
      skip();
      at++;
      pairs.entries.push([key, value()]);
    }
    at++;
    return pairs;
  };
  const array = (): unknown[] => {
    const items: unknown[] = [];
    for (at++, skip(); text[at] !== ']'; skip()) {
      if (text[at] === ',') at++;
      items.push(value());
    }
    at++;
    return items;
  };
  const value = (): unknown => {
    skip();
    if (text[at] === '{') return object();
    if (text[at] === '[') return array();
    if (text[at] === '"') return string();
    const start = at;
    while (at < text.length && !',]} \n\r\t'.includes(text[at]!)) at++;
    return JSON.parse(text.slice(start, at)) as unknown;
  };
  return value();
}

/** Some object of the text has a key twice: the text has more keys than what was parsed from it. */
export const hasDuplicateKeys = (text: string, parsed: unknown): boolean =>
  keysInText(text) > keysInValue(parsed);

function keysInText(text: string): number {
  let keys = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    let end = text.indexOf('"', at + 1);
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
    at = end + 1;
    let code = text.charCodeAt(at);
    while (code <= 32) code = text.charCodeAt(++at);
    if (code === 58) keys++;
  }
  return keys;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === 92) slashes++;
  return slashes % 2 === 1;
}

function keysInValue(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') keys += keysInValue(item);
    return keys;
  }
  for (const key in value) {
    keys++;
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === 'object') keys += keysInValue(item);
  }
  return keys;
}
