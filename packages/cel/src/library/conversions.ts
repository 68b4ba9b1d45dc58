import type { FunctionDeclaration } from '../run/overload.ts';
import { declare } from '../run/overload.ts';
import { PairMap } from '../values/maps.ts';
import {
  calendar,
  instant,
  parseDuration,
  parseTimestamp,
  writeDuration,
  writeTimestamp,
} from '../values/time.ts';
import type { MapValue, Value } from '../values/value.ts';
import {
  CelError,
  Duration,
  sizeOf,
  Timestamp,
  typeName,
  TypeValue,
  Uint,
} from '../values/value.ts';
import { contains, findPattern } from './pattern.ts';

const text = (value: string): string => JSON.stringify(value);

function parseInteger(value: string, what: 'Int' | 'Uint'): bigint {
  const pattern = what === 'Int' ? /^[+-]?\d+$/ : /^\d+$/;
  if (!pattern.test(value))
    throw new CelError(`strconv.Parse${what}: parsing ${text(value)}: invalid syntax`);
  const parsed = BigInt(value.replace(/^\+/, ''));
  const kept = what === 'Int' ? BigInt.asIntN(64, parsed) : BigInt.asUintN(64, parsed);
  if (kept !== parsed)
    throw new CelError(`strconv.Parse${what}: parsing ${text(value)}: value out of range`);
  return parsed;
}

function parseDouble(value: string): number {
  if (/^[+-]?(inf|infinity|nan)$/i.test(value))
    return /nan/i.test(value) ? Number.NaN : value.startsWith('-') ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value))
    throw new CelError(`strconv.ParseFloat: parsing ${text(value)}: invalid syntax`);
  return Number(value);
}

function toInt(value: number): bigint {
  if (!(value > -(2 ** 63) && value < 2 ** 63)) throw new CelError('integer overflow');
  return BigInt(Math.trunc(value));
}

function toUint(value: bigint): Uint {
  if (value < 0n || value >> 64n) throw new CelError('unsigned integer overflow');
  return new Uint(value);
}

function parseBool(value: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) return false;
  throw new CelError(`strconv.ParseBool: parsing ${text(value)}: invalid syntax`);
}

/** A double as Go's shortest form writes it. */
export function writeDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e21)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

function decode(value: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch (cause) {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string', { cause });
  }
}

const self = (value: Value): Value => value;
const seconds = 1_000_000_000n;

const converted: readonly FunctionDeclaration[] = [
  declare(
    'bool',
    ['bool_to_bool', '(bool) bool', self],
    ['string_to_bool', '(string) bool', parseBool],
  ),
  declare(
    'bytes',
    ['bytes_to_bytes', '(bytes) bytes', self],
    ['string_to_bytes', '(string) bytes', (value: string) => new TextEncoder().encode(value)],
  ),
  declare(
    'double',
    ['double_to_double', '(double) double', self],
    ['int64_to_double', '(int) double', (value: bigint) => Number(value)],
    ['string_to_double', '(string) double', parseDouble],
    ['uint64_to_double', '(uint) double', ({ value }: Uint) => Number(value)],
  ),
  declare(
    'duration',
    ['duration_to_duration', '(duration) duration', self],
    ['int64_to_duration', '(int) duration', (value: bigint) => new Duration(value)],
    ['string_to_duration', '(string) duration', parseDuration],
  ),
  declare('dyn', ['to_dyn', '(A) dyn', self]),
  declare(
    'int',
    ['int64_to_int64', '(int) int', self],
    ['double_to_int64', '(double) int', toInt],
    ['duration_to_int64', '(duration) int', ({ nanos }: Duration) => nanos],
    ['string_to_int64', '(string) int', (value: string) => parseInteger(value, 'Int')],
    [
      'timestamp_to_int64',
      '(timestamp) int',
      ({ nanos }: Timestamp) => (nanos - (((nanos % seconds) + seconds) % seconds)) / seconds,
    ],
    [
      'uint64_to_int64',
      '(uint) int',
      ({ value }: Uint) => {
        if (value >> 63n) throw new CelError('integer overflow');
        return value;
      },
    ],
  ),
  declare(
    'string',
    ['string_to_string', '(string) string', self],
    ['bool_to_string', '(bool) string', String],
    ['bytes_to_string', '(bytes) string', decode],
    ['double_to_string', '(double) string', writeDouble],
    ['duration_to_string', '(duration) string', writeDuration],
    ['int64_to_string', '(int) string', String],
    ['timestamp_to_string', '(timestamp) string', writeTimestamp],
    ['uint64_to_string', '(uint) string', ({ value }: Uint) => String(value)],
  ),
  declare(
    'timestamp',
    ['timestamp_to_timestamp', '(timestamp) timestamp', self],
    ['int64_to_timestamp', '(int) timestamp', (value: bigint) => instant(value * seconds)],
    ['string_to_timestamp', '(string) timestamp', parseTimestamp],
  ),
  declare('type', ['type', '(A) type(A)', (value: Value) => new TypeValue(typeName(value))]),
  declare(
    'uint',
    ['uint64_to_uint64', '(uint) uint', self],
    [
      'double_to_uint64',
      '(double) uint',
      (value: number) => {
        if (!(value >= 0 && value < 2 ** 64)) throw new CelError('unsigned integer overflow');
        return new Uint(BigInt(Math.trunc(value)));
      },
    ],
    ['int64_to_uint64', '(int) uint', toUint],
    ['string_to_uint64', '(string) uint', (value: string) => new Uint(parseInteger(value, 'Uint'))],
  ),
];

const size = (value: Value): bigint => BigInt(sizeOf(value)!);

const dayOfYear = (date: Date): number =>
  Math.floor(
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
      Date.UTC(date.getUTCFullYear(), 0, 1)) /
      86_400_000,
  );

const parts: readonly (readonly [name: string, id: string, read: (date: Date) => number])[] = [
  ['getFullYear', 'year', (date) => date.getUTCFullYear()],
  ['getMonth', 'month', (date) => date.getUTCMonth()],
  ['getDayOfYear', 'day_of_year', dayOfYear],
  ['getDayOfMonth', 'day_of_month', (date) => date.getUTCDate() - 1],
  ['getDate', 'day_of_month_1_based', (date) => date.getUTCDate()],
  ['getDayOfWeek', 'day_of_week', (date) => date.getUTCDay()],
  ['getHours', 'hours', (date) => date.getUTCHours()],
  ['getMinutes', 'minutes', (date) => date.getUTCMinutes()],
  ['getSeconds', 'seconds', (date) => date.getUTCSeconds()],
  ['getMilliseconds', 'milliseconds', (date) => date.getUTCMilliseconds()],
];

const inUnits: Readonly<Record<string, bigint>> = {
  getHours: 3600n * seconds,
  getMinutes: 60n * seconds,
  getSeconds: seconds,
  getMilliseconds: seconds / 1000n,
};

const times = parts.map(([name, id, read]) =>
  declare(
    name,
    [`timestamp_to_${id}`, 'timestamp.() int', (at: Timestamp) => BigInt(read(calendar(at)))],
    [
      `timestamp_to_${id}_with_tz`,
      'timestamp.(string) int',
      (at: Timestamp, zone: string) => BigInt(read(calendar(at, zone))),
    ],
    ...(inUnits[name]
      ? ([
          [`duration_to_${id}`, 'duration.() int', ({ nanos }: Duration) => nanos / inUnits[name]!],
        ] as const)
      : []),
  ),
);

/** Conversions, sizes, times, and the functions on strings that belong to the language itself. */
export const conversions: readonly FunctionDeclaration[] = [
  ...converted,
  declare(
    'size',
    ...(['bytes', 'list', 'map', 'string'] as const).flatMap((name) => {
      const type = name === 'list' ? 'list(A)' : name === 'map' ? 'map(A, B)' : name;
      return [
        [`size_${name}`, `(${type}) int`, size],
        [`${name}_size`, `${type}.() int`, size],
      ] as const;
    }),
  ),
  declare('contains', [
    'contains_string',
    'string.(string) bool',
    (a: string, b: string) => a.includes(b),
  ]),
  declare('startsWith', [
    'starts_with_string',
    'string.(string) bool',
    (a: string, b: string) => a.startsWith(b),
  ]),
  declare('endsWith', [
    'ends_with_string',
    'string.(string) bool',
    (a: string, b: string) => a.endsWith(b),
  ]),
  declare(
    'matches',
    ['matches', '(string, string) bool', contains],
    ['matches_string', 'string.(string) bool', contains],
  ),
  declare('find', [
    'string_find_string',
    'string.(string) string',
    (a: string, b: string) => findPattern(a, b, 1n)[0] ?? '',
  ]),
  declare(
    'findAll',
    [
      'string_find_all_string',
      'string.(string) list(string)',
      (a: string, b: string) => findPattern(a, b, -1n),
    ],
    ['string_find_all_string_int', 'string.(string, int) list(string)', findPattern],
  ),
  ...times,
  declare(
    'cel.@mapInsert',
    ['@mapInsert_map_key_value', '(map(A, B), A, B) map(A, B)', insertPair],
    ['@mapInsert_map_map', '(map(A, B), map(A, B)) map(A, B)', insertAll],
  ),
];

const pairs = (map: MapValue): (readonly [Value, Value])[] =>
  map.keys().map((key) => [key, map.get(key)!]);
const grown = (map: MapValue): PairMap => (map instanceof PairMap ? map : new PairMap(pairs(map)));

function insertPair(map: MapValue, key: Value, value: Value): Value {
  return grown(map).with([[key, value]]);
}

function insertAll(map: MapValue, more: MapValue): Value {
  return grown(map).with(pairs(more));
}
