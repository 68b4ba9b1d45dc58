import { isNil } from '../codec/json/zero.ts';
import type { Element } from './field-set/element.ts';

/**
 * What merging must know of a type, and nothing more. A type may take several forms (an untyped value
 * is all three); a value then shows by itself which one it has. Built-in types come from
 * `mergeTypeOf`; another schema, such as a custom resource's, builds these itself.
 */
export interface MergeType {
  readonly scalar?: MergeScalar;
  readonly list?: MergeList;
  readonly map?: MergeMap;
}

export type MergeScalar = 'numeric' | 'string' | 'boolean' | 'untyped';

export interface MergeList {
  /** `keys` names an item by some of its fields, `set` by its value; an `atomic` list is one value. */
  readonly items: 'keys' | 'set' | 'atomic';
  /** Names of the key fields, sorted. */
  readonly keys: readonly MergeKey[];
  readonly element: MergeType;
}

export interface MergeKey {
  readonly name: string;
  /** What an item without the field is taken to hold. */
  readonly default?: unknown;
}

/** A struct or a map. */
export interface MergeMap {
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, MergeField>;
  /** The fields by name, where there can be no others: walks then need not sort. */
  readonly sorted?: readonly MergeField[] | undefined;
  /** The type of what is not among `fields`; absent: nothing else is allowed. */
  readonly element?: MergeType | undefined;
}

export interface MergeField {
  readonly name: string;
  readonly path: Element; // 'f:' and the name
  readonly type: MergeType;
  /** It is no part of what writers own: `metadata.managedFields`. */
  readonly unowned: boolean;
}

/** Any value, merged as a whole. */
export const untyped: MergeType = cyclic('atomic');

/** Any value, typed by its looks: objects merge field by field, lists are one value. For objects without a schema. */
export const deduced: MergeType = cyclic('granular');

function cyclic(maps: 'atomic' | 'granular'): MergeType {
  const type: { scalar: MergeScalar; list?: MergeList; map?: MergeMap } = { scalar: 'untyped' };
  const inList = maps === 'atomic' ? type : untyped;
  type.list = { items: 'atomic', keys: [], element: inList };
  type.map = { atomic: maps === 'atomic', fields: new Map(), element: type };
  return type;
}

export type Form = 'map' | 'list' | 'scalar';
/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** The form in which a type takes a value; a null takes the first form that the type has. */
export function formOf(type: MergeType, value: unknown): Form {
  if (value !== null && value !== undefined) {
    if (typeof value !== 'object') {
      if (type.scalar !== undefined) return 'scalar';
    } else if (Array.isArray(value)) {
      if (type.list !== undefined) return 'list';
    } else if (type.map !== undefined) return 'map';
  }
  return type.map !== undefined ? 'map' : type.scalar !== undefined ? 'scalar' : 'list';
}

export const asMap = (value: unknown): Json | undefined =>
  typeof value === 'object' && !isNil(value) && !Array.isArray(value) ? (value as Json) : undefined;

export const asList = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value) && !isNil(value) ? value : undefined;

/** A field of an object; what every JavaScript object inherits is none. */
export function fieldValue(object: Json | undefined, name: string): unknown {
  const value = object?.[name];
  return typeof value === 'function' ? undefined : value;
}

/** The type of a field; untyped where the type does not know it. */
export const fieldType = (map: MergeMap, name: string): MergeType =>
  map.fields.get(name)?.type ?? map.element ?? untyped;

export const fieldElement = (map: MergeMap, name: string): Element =>
  map.fields.get(name)?.path ?? `f:${name}`;

const isList = (value: Json | readonly unknown[]): value is readonly unknown[] =>
  Array.isArray(value);

/** Whether nothing is in it: an absent value, an empty list, an empty object. */
export function isBare(value: Json | readonly unknown[] | undefined): boolean {
  if (value === undefined) return true;
  if (isList(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

/** The same JSON value. Fields that are undefined count as absent. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!sameValue(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  let count = 0;
  for (const key in a) {
    const mine = (a as Json)[key];
    if (mine === undefined) continue;
    if (!sameValue(mine, (b as Json)[key])) return false;
    count++;
  }
  for (const key in b) if ((b as Json)[key] !== undefined) count--;
  return count === 0;
}
