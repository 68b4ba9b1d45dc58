import { goText } from '../printers/go-text.ts';

export type TemplateFunction = (...args: readonly unknown[]) => unknown;

/** Empty values are not true, as in Go. */
export const isTrue = (value: unknown): boolean => {
  if (value === null || value === undefined || value === false || value === 0 || value === '')
    return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
};

/** Functions of Go's templates, and kubectl's own `exists` and `base64decode`. `and` and `or` are elsewhere: they stop early. */
export const functions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>(
  Object.entries({
    not: (value) => !isTrue(value),
    len: lengthOf,
    index: (value, ...keys) => keys.reduce(indexed, value),
    slice: (value, from = 0, to = lengthOf(value)) =>
      (value as string | readonly unknown[]).slice(from as number, to as number),
    print: (...values) => spaced(values),
    println: (...values) => `${values.map(goText).join(' ')}\n`,
    printf: (format, ...values) => formatted(String(format), values),
    html: (...values) => spaced(values).replaceAll(/[&<>"'\0]/g, (letter) => htmlEscapes[letter]!),
    js: (...values) => spaced(values).replaceAll(/[\\'"<>&=\n\r\t]/g, jsEscape),
    urlquery: (...values) => encodeURIComponent(spaced(values)).replaceAll('%20', '+'),
    eq: (first, ...others) => others.some((other) => isEqual(first, other)),
    ne: (a, b) => !isEqual(a, b),
    lt: (a, b) => order(a, b) < 0,
    le: (a, b) => order(a, b) <= 0,
    gt: (a, b) => order(a, b) > 0,
    ge: (a, b) => order(a, b) >= 0,
    exists: (value, ...keys) => exists(value, keys),
    base64decode: (text) => decoded(String(text)),
  } satisfies Record<string, TemplateFunction>),
);

/** The fewest and the most arguments of each function that needs any. */
export const argumentCounts: Readonly<Record<string, readonly [least: number, most: number]>> = {
  ...Object.fromEntries(['not', 'len', 'base64decode'].map((name) => [name, [1, 1] as const])),
  ...Object.fromEntries(['ne', 'lt', 'le', 'gt', 'ge'].map((name) => [name, [2, 2] as const])),
  ...Object.fromEntries(
    ['index', 'slice', 'printf', 'eq', 'and', 'or', 'call', 'exists'].map(
      (name) => [name, [1, Number.POSITIVE_INFINITY]] as const,
    ),
  ),
};

const htmlEscapes: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;', '\0': '\ufffd' },
};

const jsEscape = (letter: string): string =>
  '\\\'"'.includes(letter)
    ? `\\${letter}`
    : `\\u${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** As Go's Print: a space between neighbours that are no texts. */
const spaced = (values: readonly unknown[]): string =>
  values
    .map((value, at) => {
      const isApart = at > 0 && typeof value !== 'string' && typeof values[at - 1] !== 'string';
      return `${isApart ? ' ' : ''}${goText(value)}`;
    })
    .join('');

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new Error(
    `error calling len: len of ${value === null || value === undefined ? 'nil pointer' : `type ${typeOf(value)}`}`,
  );
}

export function indexed(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined)
    throw new Error('error calling index: index of untyped nil');
  if (Array.isArray(value) || typeof value === 'string') {
    const at = Number(key);
    if (typeof key !== 'number')
      throw new Error(`error calling index: cannot index slice/array with type ${typeOf(key)}`);
    if (at < 0 || at >= value.length)
      throw new Error(`error calling index: reflect: slice index out of range`);
    return typeof value === 'string' ? Buffer.from(value)[at] : (value[at] as unknown);
  }
  if (typeof value === 'object') {
    if (typeof key !== 'string')
      throw new Error(`error calling index: value has type ${typeOf(key)}; should be string`);
    const name = key;
    return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  }
  throw new Error(`error calling index: can't index item of type ${typeOf(value)}`);
}

/** What Go calls the type of a value. */
export const typeOf = (value: unknown): string =>
  typeof value === 'number'
    ? 'int'
    : typeof value === 'boolean'
      ? 'bool'
      : typeof value === 'string'
        ? 'string'
        : 'map[string]interface {}';

function isEqual(a: unknown, b: unknown): boolean {
  if (a === null || b === null || a === undefined || b === undefined)
    return (a ?? null) === (b ?? null);
  if (typeof a !== typeof b)
    throw new Error(
      `error calling eq: incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`,
    );
  return a === b;
}

function order(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) throw new Error('error calling lt: incompatible types for comparison');
  return a === b ? 0 : (a as number) < (b as number) ? -1 : 1;
}

function exists(value: unknown, keys: readonly unknown[]): boolean {
  let present = value;
  for (const key of keys) {
    const isThere = Array.isArray(present)
      ? Number(key) >= 0 && Number(key) < present.length
      : typeof present === 'object' && present !== null && Object.hasOwn(present, String(key));
    if (!isThere) return false;
    present = indexed(present, key);
  }
  return true;
}

/** The first letter that is none of base64, or where its last four letters begin. */
function wrongByte(text: string): number {
  const wrong = text.search(/[^A-Za-z\d+/\r\n=]/);
  return wrong < 0 ? Math.floor(text.length / 4) * 4 : wrong;
}

function decoded(text: string): string {
  if (
    !/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(
      text.replaceAll(/[\r\n]/g, ''),
    )
  )
    throw new Error(
      `error calling base64decode: base64 decode failed: illegal base64 data at input byte ${wrongByte(text)}`,
    );
  return Buffer.from(text, 'base64').toString('utf8');
}

/** Go's verbs of Printf that templates use. */
function formatted(format: string, values: readonly unknown[]): string {
  let at = 0;
  const text = format.replaceAll(
    /%([-+ 0#]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
    (_, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (at >= values.length) return `%!${verb}(MISSING)`;
      const shown = ofVerb(verb, values[at++], precision, flags);
      const size = Number(width ?? 0);
      if (flags.includes('-')) return shown.padEnd(size);
      return shown.padStart(
        size,
        flags.includes('0') && typeof values[at - 1] === 'number' ? '0' : ' ',
      );
    },
  );
  const surplus = values.slice(at).map((value) => `${typeOf(value)}=${goText(value)}`);
  return surplus.length > 0 ? `${text}%!(EXTRA ${surplus.join(', ')})` : text;
}

function ofVerb(
  verb: string,
  value: unknown,
  precision: string | undefined,
  flags: string,
): string {
  const wrong = `%!${verb}(${typeOf(value)}=${goText(value)})`;
  switch (verb) {
    case 'v':
      return goText(value);
    case 's':
      return typeof value === 'number' || typeof value === 'boolean'
        ? wrong
        : goText(value).slice(0, precision === undefined ? undefined : Number(precision));
    case 'q':
      return JSON.stringify(goText(value));
    case 'd':
      return typeof value === 'number'
        ? `${flags.includes('+') && value >= 0 ? '+' : ''}${value}`
        : wrong;
    case 'f':
      return typeof value === 'number' ? value.toFixed(Number(precision ?? 6)) : wrong;
    case 't':
      return typeof value === 'boolean' ? String(value) : wrong;
    case 'x':
      return typeof value === 'number'
        ? value.toString(16)
        : Buffer.from(goText(value)).toString('hex');
    case 'T':
      return typeOf(value);
    default:
      return wrong;
  }
}
