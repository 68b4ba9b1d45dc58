import type { CelType } from '../types/type.ts';
import { dyn } from '../types/type.ts';
import { RecordMap } from './maps.ts';
import { parseDuration, parseTimestamp, writeDuration, writeTimestamp } from './time.ts';
import type { Value } from './value.ts';
import { CelError, Duration, isList, isMap, ListValue, Timestamp, Uint } from './value.ts';

type Json = Readonly<Record<string, unknown>>;

/** What JSON holds, as a value of the type: integers where it says int, instants where it says timestamp. */
export function fromJson(raw: unknown, type: CelType = dyn): Value {
  if (raw === null || raw === undefined) return null;
  switch (type.kind) {
    case 'int':
      return typeof raw === 'number' ? BigInt(Math.trunc(raw)) : fromAny(raw);
    case 'double':
      return typeof raw === 'bigint' ? Number(raw) : fromAny(raw, true);
    case 'timestamp':
      return fromText(raw, parseTimestamp);
    case 'duration':
      return fromText(raw, parseDuration);
    case 'bytes':
      return fromText(raw, (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
    case 'list':
      return Array.isArray(raw) ? listFrom(raw, type) : fromAny(raw);
    case 'map':
      return isRecord(raw) ? mapFrom(raw, type.parameters![1]!) : fromAny(raw);
    case 'object':
      return isRecord(raw) && type.fields ? objectFrom(raw, type) : fromAny(raw);
    default:
      return fromAny(raw);
  }
}

const isRecord = (raw: unknown): raw is Json =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

function fromText(raw: unknown, read: (text: string) => Value): Value {
  if (typeof raw !== 'string') return fromAny(raw);
  return read(raw);
}

function fromAny(raw: unknown, floats = false): Value {
  switch (typeof raw) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return raw;
    case 'number':
      return Number.isInteger(raw) && !floats ? BigInt(raw) : raw;
    default:
  }
  if (raw instanceof Uint8Array) return raw;
  if (Array.isArray(raw)) return raw.map((each) => fromJson(each));
  return mapFrom(raw as Json, dyn);
}

function listFrom(raw: readonly unknown[], type: CelType): Value {
  const [element] = type.parameters!;
  const values = raw.map((each) => fromJson(each, element));
  if (!type.listType) return values;
  const list = new ListValue();
  list.push(...values);
  list.listType = type.listType;
  return list;
}

const present = (source: Json): readonly string[] =>
  Object.keys(source).filter((key) => source[key] !== undefined);

function mapFrom(source: Json, type: CelType): Value {
  const read = (key: string): Value | undefined =>
    Object.hasOwn(source, key) && source[key] !== undefined
      ? fromJson(source[key], type)
      : undefined;
  return new RecordMap(source, read, () => present(source));
}

function objectFrom(source: Json, type: CelType): Value {
  const fields = type.fields!;
  const jsonName = (name: string): string => fields.get(name)?.jsonName ?? name;
  const read = (name: string): Value | undefined => {
    const key = jsonName(name);
    const field = fields.get(name);
    return field && Object.hasOwn(source, key) && source[key] !== undefined
      ? fromJson(source[key], field.type)
      : undefined;
  };
  const keys = (): readonly string[] =>
    [...fields.keys()].filter((name) => source[jsonName(name)] !== undefined);
  return new RecordMap(source, read, keys, type.name);
}

/** A value as JSON holds it; throws CelError for what JSON cannot. */
export function toJson(value: Value): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Uint) return toJson(value.value);
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value));
  if (value instanceof Timestamp) return writeTimestamp(value);
  if (value instanceof Duration) return writeDuration(value);
  if (isList(value)) return value.map(toJson);
  if (isMap(value))
    return Object.fromEntries(
      value.keys().map((key) => [String(toJson(key)), toJson(value.get(key)!)]),
    );
  throw new CelError(`unsupported conversion from '${value.constructor.name}' to JSON`);
}
