/** The form of a configuration, and its strict decoding as upstream does it. */
export type Shape = Scalar | { readonly list: Shape } | Fields | 'any';

type Scalar = `${'string' | 'bool' | 'int32' | 'int64' | 'duration'}${'' | ` ${string}`}`;

/** An object of the Go type `name`, which its error texts name. */
export interface Fields {
  readonly name: string;
  readonly fields: Readonly<Record<string, Shape>>;
}

/** A configuration that cannot be taken; its message says all that is wrong with it. */
export class ConfigurationError extends Error {}

type Found = 'string' | 'bool' | 'number' | 'array' | 'object';

const foundOf = (value: unknown): Found =>
  Array.isArray(value)
    ? 'array'
    : typeof value === 'boolean'
      ? 'bool'
      : typeof value === 'number' || typeof value === 'string'
        ? (typeof value as 'number' | 'string')
        : 'object';

const expected: Readonly<Record<string, Found>> = {
  string: 'string',
  bool: 'bool',
  int32: 'number',
  int64: 'number',
  duration: 'string',
};

/**
 * `value` with only what `shape` knows. Throws for a value of another type; the names of unknown fields, by their whole
 * path, are added to `unknown`.
 */
export function decode(value: unknown, shape: Shape, unknown: string[], at = '', go = ''): unknown {
  if (value === null || value === undefined || shape === 'any') return value ?? undefined;
  if (typeof shape === 'string') return decodeScalar(value, shape, go);
  if ('list' in shape) {
    if (!Array.isArray(value)) throw mismatch(value, go, `[]${goType(shape.list)}`);
    return value.map((each, index) => decode(each, shape.list, unknown, `${at}[${index}]`, go));
  }
  if (foundOf(value) !== 'object') throw mismatch(value, go, goType(shape));
  const decoded: Record<string, unknown> = {};
  const path = go.includes('.') ? `.${go.slice(go.indexOf('.') + 1)}` : '';
  for (const [key, each] of Object.entries(value as object).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const inner = shape.fields[key];
    const place = at ? `${at}.${key}` : key;
    if (inner === undefined) unknown.push(`unknown field "${place}"`);
    else {
      const made = decode(each, inner, unknown, place, `${shape.name}${path}.${key}`);
      if (made !== undefined) decoded[key] = made;
    }
  }
  return decoded;
}

const goType = (shape: Shape): string =>
  shape === 'any'
    ? 'interface {}'
    : typeof shape === 'string'
      ? (shape.split(' ')[1] ?? shape)
      : 'list' in shape
        ? `[]${goType(shape.list)}`
        : `v1.${shape.name}`;

function decodeScalar(value: unknown, shape: Scalar, go: string): unknown {
  const [sort = '', type = sort] = shape.split(' ');
  if (foundOf(value) !== expected[sort])
    throw mismatch(value, go, sort === 'duration' ? 'string' : type);
  if (sort === 'duration') return durationMs(value as string);
  if (expected[sort] === 'number' && !Number.isInteger(value))
    throw mismatch(`number ${String(value)}`, go, type);
  return value;
}

const mismatch = (value: unknown, go: string, type: string): ConfigurationError => {
  const found = typeof value === 'string' && value.startsWith('number ') ? value : foundOf(value);
  const of = found === 'object' ? 'object' : found;
  return new ConfigurationError(
    `json: cannot unmarshal ${of} into Go ${go ? `struct field ${go} of` : 'value of'} type ${type}`,
  );
};

const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

function badDuration(text: string, rest: string): ConfigurationError {
  const [, unit] = /^(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))*\d+(?:\.\d+)?([^\d.]*)/.exec(rest) ?? [];
  const quoted = JSON.stringify(text);
  if (unit === undefined) return new ConfigurationError(`time: invalid duration ${quoted}`);
  return new ConfigurationError(
    unit
      ? `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`
      : `time: missing unit in duration ${quoted}`,
  );
}

function durationMs(text: string): number {
  if (text === '0') return 0;
  const [, sign, rest = ''] = /^([-+]?)(.*)$/.exec(text)!;
  const parts = [...rest.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== rest)
    throw badDuration(text, rest);
  const sum = parts.reduce((ms, [, count, unit]) => ms + Number(count) * unitsMs[unit!]!, 0);
  return sign === '-' ? -sum : sum;
}
