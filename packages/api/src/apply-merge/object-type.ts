import { zeroOf } from '../codec/json/zero.ts';
import type { StructNode } from '../schema/node.ts';
import { compare } from './typed/compare.ts';
import type { Comparison } from './typed/compare.ts';
import type { FieldSet } from './field-set/field-set.ts';
import { fieldSet, isEmpty, recursiveDifference } from './field-set/field-set.ts';
import { deduced } from './merge-type.ts';
import type { Json, MergeType } from './merge-type.ts';
import { mergeTypeOf } from './schema-type.ts';

/** A kind as server-side apply sees it. */
export interface ObjectType {
  readonly merge: MergeType;
  /** An object of the kind before anything is set: what the first write is compared with. */
  readonly empty: Json;
}

/** Objects of which no schema is known: typed by their looks. */
export const schemaless: ObjectType = { merge: deduced, empty: {} };

const known = new WeakMap<StructNode, ObjectType>();

/** A built-in kind. */
export function objectTypeOf(node: StructNode): ObjectType {
  let type = known.get(node);
  if (type === undefined)
    known.set(node, (type = { merge: mergeTypeOf(node), empty: zeroOf(node) as Json }));
  return type;
}

/** An object with the version it is written in. */
export interface Versioned {
  readonly apiVersion: string;
  readonly type: ObjectType;
  readonly object: Json;
}

/** The object in another version; undefined where that version is no longer served. */
export type Convert = (from: Versioned, apiVersion: string) => Versioned | undefined;

/** For kinds of one version: what others wrote is read as if it were in this one. */
export const sameVersion: Convert = (from) => from;

/** Paths in FieldsV1 spelling (`[['f:status']]`) that a writer here cannot own. */
export type ResetFields = readonly (readonly string[])[];

const resets = new WeakMap<ResetFields, FieldSet>();

export function resetSet(fields: ResetFields | undefined): FieldSet | undefined {
  if (fields === undefined || fields.length === 0) return undefined;
  let set = resets.get(fields);
  if (set === undefined) resets.set(fields, (set = fieldSet(fields)));
  return set;
}

export const withoutReset = (set: FieldSet, reset: FieldSet | undefined): FieldSet =>
  reset === undefined || isEmpty(set) ? set : recursiveDifference(set, reset);

/** How two objects differ, seen in a version that a writer used; undefined where it is no longer served. Throws TypedError. */
export type Compare = (apiVersion: string) => Comparison | undefined;

/** Compares once per version. */
export function comparer(
  before: Versioned,
  after: Versioned,
  convert: Convert,
  reset: FieldSet | undefined,
): Compare {
  const compareAt = (apiVersion: string): Comparison | undefined => {
    const same = apiVersion === after.apiVersion;
    const from = same ? before : convert(before, apiVersion);
    const to = same ? after : convert(after, apiVersion);
    if (from === undefined || to === undefined) return undefined;
    const { changed, removed } = compare(to.type.merge, from.object, to.object);
    return { changed: withoutReset(changed, reset), removed: withoutReset(removed, reset) };
  };
  const own = compareAt(after.apiVersion);
  if (convert === sameVersion) return () => own;
  const known = new Map([[after.apiVersion, own]]);
  return (apiVersion) => {
    if (!known.has(apiVersion)) known.set(apiVersion, compareAt(apiVersion));
    return known.get(apiVersion);
  };
}
