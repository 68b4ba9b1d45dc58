import { writeDuration, writeTimestamp } from '../values/time.ts';
import type { Value } from '../values/value.ts';
import {
  CelError,
  Duration,
  isList,
  isMap,
  Timestamp,
  typeName,
  TypeValue,
  Uint,
} from '../values/value.ts';

const precisionDefault = 6;
const encoder = new TextEncoder();

const wrong = (what: string, value: Value): never => {
  throw new CelError(
    `error during formatting: ${what} clause can only be used on ${clauses[what] ?? 'strings'}, was given ${typeName(value)}`,
  );
};
const clauses: Readonly<Record<string, string>> = {
  decimal: 'integers',
  octal: 'integers',
  binary: 'integers and bools',
  hex: 'integers, byte buffers, and strings',
  'fixed-point': 'doubles',
  scientific: 'doubles',
};

const integer = (value: Value): bigint | undefined => {
  if (typeof value === 'bigint') return value;
  return value instanceof Uint ? value.value : undefined;
};

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? undefined : value > 0 ? 'Infinity' : '-Infinity';
}

/** As `%s` writes it; lists and maps with what is in them. */
function asText(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return special(value) ?? String(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof Timestamp) return writeTimestamp(value);
  if (value instanceof Duration) return writeDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (isList(value)) return `[${value.map(asText).join(', ')}]`;
  if (isMap(value)) {
    const entries = value.keys().map((key) => [asText(key), asText(value.get(key)!)] as const);
    return `{${entries
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => `${key}: ${each}`)
      .join(', ')}}`;
  }
  throw new CelError(`error during formatting: no formatting function for ${typeName(value)}`);
}

function inBase(value: Value, base: number, what: string): string {
  if (typeof value === 'boolean' && base === 2) return value ? '1' : '0';
  const number = integer(value);
  return number === undefined ? wrong(what, value) : number.toString(base);
}

function asHex(value: Value, upper: boolean): string {
  const bytes =
    typeof value === 'string'
      ? encoder.encode(value)
      : value instanceof Uint8Array
        ? value
        : undefined;
  const text = bytes
    ? [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    : inBase(value, 16, 'hex');
  return upper ? text.toUpperCase() : text;
}

function asDouble(value: Value, what: string, write: (value: number) => string): string {
  const number = typeof value === 'number' ? value : Number(integer(value) ?? Number.NaN);
  if (typeof value !== 'number' && integer(value) === undefined) return wrong(what, value);
  return special(number) ?? write(number);
}

function clause(verb: string, precision: number, value: Value): string {
  switch (verb) {
    case 's':
      return asText(value);
    case 'd':
      return typeof value === 'number' && special(value)
        ? special(value)!
        : inBase(value, 10, 'decimal');
    case 'f':
      return asDouble(value, 'fixed-point', (number) => number.toFixed(precision));
    case 'e':
      return asDouble(value, 'scientific', (number) =>
        number.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2'),
      );
    case 'b':
      return inBase(value, 2, 'binary');
    case 'x':
    case 'X':
      return asHex(value, verb === 'X');
    case 'o':
      return inBase(value, 8, 'octal');
    default:
      throw new CelError(
        `could not parse formatting clause: unrecognized formatting clause "${verb}"`,
      );
  }
}

/** A text with its clauses (`%s`, `%d`, `%.2f` ...) replaced by the arguments. */
export function format(text: string, args: readonly Value[]): string {
  let next = 0;
  return text.replaceAll(
    /%(%|(?:\.(\d+))?(.?))/gsu,
    (_, rest: string, precision?: string, verb?: string) => {
      if (rest === '%') return '%';
      if (next >= args.length) throw new CelError(`index ${next} out of range`);
      return clause(
        verb ?? '',
        precision === undefined ? precisionDefault : Number(precision),
        args[next++]!,
      );
    },
  );
}
