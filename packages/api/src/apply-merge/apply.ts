import type { KubeObject } from '../resource.ts';
import { ApiError, badRequest } from '../status/index.ts';
import { formatTime } from '../time/index.ts';
import { applyConflict } from './conflict.ts';
import type { Conflict } from './conflict.ts';
import { FieldSetError } from './field-set/decode.ts';
import { difference, intersection, isEmpty, leaf } from './field-set/field-set.ts';
import { isAllowed, lastApplied, withLastApplied } from './last-applied.ts';
import { decodeManaged, encodeManaged, identifier } from './managed.ts';
import type { Managed, Owner } from './managed.ts';
import { sameValue } from './merge-type.ts';
import type { Json } from './merge-type.ts';
import { comparer, resetSet, sameVersion, withoutReset } from './object-type.ts';
import type { Compare, Convert, ObjectType, Versioned } from './object-type.ts';
import { dispossess, owned, reconcileOwners } from './owners.ts';
import { prune } from './prune.ts';
import { TypedError } from './typed/list-items.ts';
import { mergeObjects } from './typed/merge.ts';
import { toFieldSet } from './typed/to-field-set.ts';
import { validateTyped } from './typed/validate.ts';
import { trackUpdate } from './update.ts';
import type { ManagedFields, Writer } from './update.ts';

export interface Apply extends Writer {
  /** The object as it is; undefined when apply creates it. */
  readonly live: KubeObject | undefined;
  /** What was sent, as parsed: unknown fields and nulls and all. */
  readonly applied: Json;
  readonly type: ObjectType;
  readonly kind: string;
  /** Take fields from other writers instead of failing. */
  readonly force?: boolean;
}

export interface Applied {
  /** The merged object with its managedFields, before defaults; `live` itself where nothing changes. */
  readonly object: KubeObject;
  readonly managedFields: ManagedFields;
}

/**
 * Server-side apply: lays `applied` over the live object, removes what this manager stated before and states no
 * more, and keeps account of who owns what. Throws ApiError: 409 with a cause per field that another manager
 * holds, 400 and 500 with upstream's words for what cannot be applied.
 */
export function applyObject(apply: Apply): Applied {
  const { live, applied, manager } = apply;
  checkApplied(apply);
  const before = (live ?? {
    ...apply.type.empty,
    apiVersion: apply.apiVersion,
    kind: apply.kind,
  }) as Json;
  const managed = ownersOf(apply, before);
  const result = applyAs(apply, before, managed);
  const merged = manager === 'kubectl' ? withLastApplied(result, applied) : result;
  return conclude(live, merged ?? before, encodeManaged(managed));
}

/** `gvk` and names as upstream prints them inside messages. */
const kindText = (apiVersion: unknown, kind: unknown): string => {
  const version = typeof apiVersion === 'string' ? apiVersion : '';
  return `${version.includes('/') ? version : `/${version}`}, Kind=${typeof kind === 'string' ? kind : ''}`;
};

function checkApplied({ applied, apiVersion, kind }: Apply): void {
  if (applied['apiVersion'] !== apiVersion || applied['kind'] !== kind)
    throw badRequest(`invalid object type: ${kindText(applied['apiVersion'], applied['kind'])}`);
  const metadata = applied['metadata'] as Json | null | undefined;
  if (metadata?.['managedFields'] !== undefined && metadata['managedFields'] !== null)
    throw badRequest('metadata.managedFields must be nil');
}

/** What is there without any owner becomes `before-first-apply`'s. */
function ownersOf(apply: Apply, before: Json): Managed {
  const entries = (before as unknown as KubeObject).metadata?.managedFields;
  try {
    const managed = new Map(decodeManaged(entries));
    if (managed.size === 0)
      trackUpdate(managed, { ...apply, manager: 'before-first-apply' }, apply.type.empty, before);
    return managed;
  } catch (cause) {
    if (cause instanceof FieldSetError)
      throw failure(`failed to decode managed fields: ${cause.message}`, cause);
    if (cause instanceof TypedError)
      throw failure(`failed to create manager for existing fields: ${cause.message}`, cause);
    throw cause;
  }
}

/** Upstream has no reason for these: they reach the client as 500 with the bare message. */
const failure = (message: string, cause: unknown): ApiError =>
  new ApiError(500, '', message, undefined, { cause });

/** Runs the merge, updates `managed`, and gives the object; undefined where it stays as it is. */
function applyAs(apply: Apply, before: Json, managed: Managed): Json | undefined {
  const { applied, type, apiVersion, convert = sameVersion } = apply;
  typed(apply, 'failed to create typed patch object', () => validateTyped(type.merge, applied));
  const live: Versioned = { apiVersion, type, object: before };
  const reset = resetSet(apply.resetFields);
  const self = {
    ...apply,
    manager: apply.manager || 'unknown',
    operation: 'Apply',
    subresource: apply.subresource ?? '',
  };
  const id = identifier(self);
  return typed(apply, 'failed to merge config', () => {
    reconcileOwners(managed, live, convert);
    const last = managed.get(id);
    const set = withoutReset(toFieldSet(type.merge, applied), reset);
    const { manager, operation, subresource } = self;
    const own: Owner = { manager, operation, subresource, apiVersion, time: last?.time, set };
    managed.set(id, own);
    const merged = { ...live, object: mergeObjects(type.merge, before, applied) };
    const { object } = statesAll(own, last, convert)
      ? merged
      : prune(merged, managed, last, convert);
    const compare = comparer(live, { ...live, object }, convert, reset);
    refuseConflicts(apply, before, managed, compare, id);
    dispossess(managed, compare, id);
    const changed = !sameValue(before, object);
    keepOwn(managed, id, own, last, changed ? formatTime(apply.nowMs) : last?.time);
    return changed ? object : undefined;
  });
}

/** Whether the applier states all that it stated before: then there is nothing to take away. */
const statesAll = (own: Owner, last: Owner | undefined, convert: Convert): boolean =>
  convert === sameVersion &&
  last?.apiVersion === own.apiVersion &&
  isEmpty(difference(last.set, own.set));

/** The applier owns exactly what it states. */
function keepOwn(
  managed: Managed,
  id: string,
  own: Owner,
  last: Owner | undefined,
  time: string | undefined,
): void {
  const set = owned(managed.get(id)?.set ?? leaf);
  if (isEmpty(set)) managed.delete(id);
  else if (
    last !== undefined &&
    last.time === time &&
    sameValue(last.set, set) &&
    last.apiVersion === own.apiVersion
  )
    managed.set(id, last);
  else managed.set(id, { ...own, set, time });
}

function refuseConflicts(
  apply: Apply,
  before: Json,
  managed: Managed,
  compare: Compare,
  self: string,
): void {
  if (apply.force === true) return;
  const conflicts: Conflict[] = [];
  for (const [id, owner] of managed) {
    const changed = id === self ? undefined : compare(owner.apiVersion)?.changed;
    if (changed === undefined) continue;
    const set = intersection(owner.set, changed);
    if (!isEmpty(set)) conflicts.push({ id, owner, set });
  }
  if (conflicts.length === 0) return;
  const open =
    apply.manager === 'kubectl' ? isAllowed(conflicts, lastApplied(apply, before)) : conflicts;
  if (open.length > 0) throw applyConflict(open);
}

/** Names the object in front of what is wrong with it. */
function typed<T>({ applied, apiVersion, kind }: Apply, what: string, job: () => T): T {
  try {
    return job();
  } catch (cause) {
    if (!(cause instanceof TypedError)) throw cause;
    const metadata = applied['metadata'] as Json | undefined;
    const name = `${metadata?.['namespace'] ?? ''}/${metadata?.['name'] ?? ''}`;
    throw failure(`${what} (${name}; ${kindText(apiVersion, kind)}): ${cause.message}`, cause);
  }
}

function conclude(live: KubeObject | undefined, merged: Json, entries: ManagedFields): Applied {
  const object = merged as unknown as KubeObject;
  const old = live?.metadata.managedFields;
  const same =
    old?.length === entries?.length && (entries?.every((entry, i) => entry === old![i]) ?? true);
  const managedFields = same ? old : entries;
  if (merged === (live as unknown) && same) return { object: live!, managedFields };
  const { managedFields: _, ...metadata } = object.metadata;
  const withFields = managedFields === undefined ? metadata : { ...metadata, managedFields };
  return { object: { ...object, metadata: withFields }, managedFields };
}
