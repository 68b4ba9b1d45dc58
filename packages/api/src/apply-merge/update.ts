import type { ManagedFieldsEntry } from '../generated/meta.ts';
import type { KubeObject } from '../resource.ts';
import { formatTime } from '../time/index.ts';
import { FieldSetError } from './field-set/decode.ts';
import { isEmpty } from './field-set/field-set.ts';
import type { FieldSet } from './field-set/field-set.ts';
import { sharedSet } from './field-set/shared.ts';
import { decodeManaged, encodeManaged, identifierIn } from './managed.ts';
import type { Managed, Owner } from './managed.ts';
import { sameValue } from './merge-type.ts';
import type { Json, MergeType } from './merge-type.ts';
import { comparer, resetSet, sameVersion } from './object-type.ts';
import type { Convert, ObjectType, ResetFields, Versioned } from './object-type.ts';
import { capOwners, dispossess, owned, possess, reconcileOwners } from './owners.ts';
import { TypedError } from './typed/list-items.ts';

/** Who writes, and through which door. */
export interface Writer {
  readonly manager: string;
  /** The subresource written to; '' or absent is the object itself. */
  readonly subresource?: string | undefined;
  /** The version the writer speaks, which is that of the objects given. */
  readonly apiVersion: string;
  readonly resetFields?: ResetFields | undefined;
  readonly convert?: Convert | undefined;
  readonly nowMs: number;
}

export interface PlainWrite extends Writer {
  /** The object as it is; undefined when it is created. */
  readonly before: KubeObject | undefined;
  /** The object as the writer sent or patched it, with the managedFields it came with. */
  readonly after: KubeObject;
  readonly type: ObjectType;
}

export type ManagedFields = readonly ManagedFieldsEntry[] | undefined;

/**
 * The managedFields of an object after a plain create, update or patch: the writer owns what it changed, and
 * nobody what it removed. Where nothing changed, the very list of `before`. An object that was never tracked stays
 * so, an emptied list (`[]` or `[{}]`) ends the tracking, and where the object does not fit its type the list of
 * `before` stays as it was.
 */
export function updateManagedFields(write: PlainWrite): ManagedFields {
  const { before, after } = write;
  const kept = before?.metadata.managedFields;
  const again = sameAgain(write);
  if (again) return again;
  const managed = startOf(write);
  if (managed.size === 0 && before?.metadata.uid) return undefined;
  try {
    trackUpdate(managed, write, (before ?? write.type.empty) as Json, after as unknown as Json);
  } catch (error) {
    if (error instanceof TypedError) return kept;
    throw error;
  }
  capOwners(managed);
  return settle(kept, encodeManaged(managed));
}

/** The same list where it says the same. */
function settle(before: ManagedFields, after: ManagedFields): ManagedFields {
  if (before?.length !== after?.length) return after;
  return after?.every((entry, i) => entry === before![i]) ? before : after;
}

/** Writers may set the list themselves, but not through a subresource; a list that is wrong counts as none. */
function startOf({ before, after, subresource }: PlainWrite): Managed {
  const live = before?.metadata.managedFields;
  const given = after.metadata.managedFields;
  if (subresource || given === undefined || given === null || given === live)
    return readOrNone(live);
  if (given.length === 0 || (given.length === 1 && sameValue(given[0], {}))) return new Map();
  const managed = readOrNone(
    live === undefined ? given : given.map((entry, i) => sameEntry(entry, live[i])),
  );
  return managed.size === 0 ? readOrNone(live) : managed;
}

const sameEntry = (
  given: ManagedFieldsEntry,
  live: ManagedFieldsEntry | undefined,
): ManagedFieldsEntry => (live !== undefined && sameValue(given, live) ? live : given);

function readOrNone(entries: ManagedFields): Managed {
  try {
    return decodeManaged(entries);
  } catch (error) {
    if (error instanceof FieldSetError) return new Map();
    throw error;
  }
}

/** Adds a plain write to what the writers own. Throws TypedError. */
export function trackUpdate(
  managed: Managed,
  writer: Writer & { readonly type: ObjectType },
  before: Json,
  after: Json,
): void {
  const { apiVersion, type, convert = sameVersion, subresource = '', resetFields, nowMs } = writer;
  const from: Versioned = { apiVersion, type, object: before };
  const to: Versioned = { apiVersion, type, object: after };
  reconcileOwners(managed, from, convert);
  const compare = comparer(from, to, convert, resetSet(resetFields));
  const identity = {
    manager: writer.manager || 'unknown',
    operation: 'Update',
    apiVersion,
    subresource,
  };
  const id = identifierIn(managed, identity);
  dispossess(managed, compare, id);
  const changed = owned(compare(apiVersion)!.changed);
  if (isEmpty(changed)) return;
  const isNew = before === type.empty;
  const set = isNew ? sharedSet(changed) : changed;
  const owner: Owner = { ...identity, time: formatTime(nowMs), set, agrees: type.merge };
  possess(managed, id, owner);
  const mine = managed.get(id)!;
  if (mine.agrees === type.merge) agreed.set(mine.set, type.merge);
}

/** Sets that agree with a type of today. */
const agreed = new WeakMap<FieldSet, MergeType>();

/**
 * The list with a new time, where its only writer changes plain values that it owns already, as who renews a lease does again
 * and again. Undefined where more has to be looked at.
 */
function sameAgain({
  before,
  after,
  type,
  resetFields,
  nowMs,
  ...writer
}: PlainWrite): ManagedFields {
  const list = before?.metadata.managedFields;
  const [entry] = list ?? [];
  if (!entry?.fieldsV1 || list!.length > 1 || after.metadata !== before!.metadata) return undefined;
  const isSelf =
    entry.operation === 'Update' &&
    entry.manager === (writer.manager || 'unknown') &&
    entry.apiVersion === writer.apiVersion &&
    (entry.subresource ?? '') === (writer.subresource ?? '');
  const set = entry.fieldsV1 as FieldSet;
  if (!isSelf || resetFields?.length || agreed.get(set) !== type.merge) return undefined;
  const changes = changesWithin(set, ...([before, after] as unknown as [Json, Json]));
  if (changes === undefined) return undefined;
  return changes === 0 ? list : [{ ...entry, time: formatTime(nowMs) }];
}

/**
 * How many plain values have changed, where that is all that has and `set` has each of them: whoever owns it alone then owns
 * just that. Undefined where it must be looked at more closely.
 */
function changesWithin(set: FieldSet, before: Json, after: Json): number | undefined {
  let changes = 0;
  for (const name in before)
    if (before[name] !== undefined && after[name] === undefined) return undefined;
  for (const name in after) {
    const [was, is] = [before[name], after[name]];
    if (was === is) continue;
    const below = set[`f:${name}`];
    if (below === undefined || typeof was !== typeof is) return undefined;
    if (typeof is !== 'object') {
      if (!isEmpty(below)) return undefined;
      changes++;
      continue;
    }
    if (is === null || was === null || Array.isArray(is) || Array.isArray(was)) return undefined;
    const found = changesWithin(below, was as Json, is as Json);
    if (found === undefined) return undefined;
    changes += found;
  }
  return changes;
}

/**
 * The managedFields to store with `after`: where it differs from `before` in nothing but their times, the old
 * list, so that a write without effect stores nothing. Asked last, when strategy and admission have had their say.
 */
export function withoutNewTimes(before: KubeObject, after: KubeObject): ManagedFields {
  const old = before.metadata.managedFields;
  const now = after.metadata.managedFields;
  if (old === now || old === undefined || now === undefined || old.length !== now.length)
    return now;
  // Most writes have an effect.
  if (!sameButManagedFields(before, after)) return now;
  return now.every((entry, i) => sameButTime(entry, old[i]!)) ? old : now;
}

const sameButTime = (a: ManagedFieldsEntry, b: ManagedFieldsEntry): boolean =>
  a === b || sameBut('time', a, b);

const sameButManagedFields = (a: KubeObject, b: KubeObject): boolean =>
  sameBut('metadata', a, b) && sameBut('managedFields', a.metadata, b.metadata);

/** Whether two objects say the same, whatever their field `name` says. */
function sameBut(name: string, a: object, b: object): boolean {
  for (const key in a)
    if (key !== name && !sameValue((a as Json)[key], (b as Json)[key])) return false;
  for (const key in b)
    if (key !== name && (a as Json)[key] === undefined && (b as Json)[key] !== undefined)
      return false;
  return true;
}
