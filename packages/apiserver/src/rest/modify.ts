import { ApiError, badRequest, conflict, type KubeObject, notFound } from '@coxswain/api';
import type { ObjectMeta } from '@coxswain/api/types/meta';
import { type Cached, objectOf, knownText, type Turn } from '../watch-cache/index.ts';
import { admit, mutate } from './admit.ts';
import { aboutOf } from './catalog.ts';
import { commitPut, commitRemove, dryPut, keyOfCall } from './commit.ts';
import type { Call } from './engine.ts';
import { isSame } from './equal.ts';
import type { Facet } from './facet.ts';
import { isFinalized } from './finalizers.ts';
import { keepsUntouched, ownedBy, withUniqueOwners } from './managed-fields.ts';
import { inNamespace, withMeta } from './object-meta.ts';
import { optionsObject, type WriteOptions } from './options.ts';
import { prepareRead, prepareStore } from './prepare.ts';
import { type Beside, changesOf, removedBeside, takeFor } from './stock.ts';
import { throwIfInvalid } from './validate.ts';
import { validateObjectMetaUpdate } from './validate-meta.ts';

/** Most rounds of reading and writing one object that others write at the same time. */
const roundsMax = 200;
const staleText =
  'the object has been modified; please apply your changes to the latest version and try again';

export interface Modification {
  readonly facet: Facet;
  /** The new whole object, made of the present one; called again when that has changed meanwhile. */
  readonly next: (before: KubeObject) => KubeObject | Promise<KubeObject>;
  /** Creates what is not there. */
  readonly create?: (() => Promise<Cached>) | undefined;
  /** Apply patches keep managed fields themselves. */
  readonly ownsFields?: boolean;
}

export interface Modified {
  readonly cached: Cached;
  readonly created: boolean;
}

/** Reads, changes and writes one object until nobody was in between; 409 when the client's own version is stale. */
export async function modify(
  call: Call,
  options: WriteOptions,
  modification: Modification,
): Promise<Modified> {
  const key = keyOfCall(call);
  const cache = call.served.cache!;
  for (let round = 0; round < roundsMax; round++) {
    const taken = cache.turns.take(key);
    using turn = taken instanceof Promise ? await taken : taken;
    if (!call.engine.cache.isLevel) await call.engine.cache.level();
    const { ahead } = turn;
    const present = ahead?.cached ?? cache.get(key);
    if (!present) {
      if (!modification.create) throw notFound(aboutOf(call.served, call.name));
      return { cached: await modification.create(), created: true };
    }
    try {
      const outcome = await attempt(call, options, modification, present, turn);
      // Another was quicker, with this object or with something that it needs.
      if ('done' in outcome) continue;
      // An answer that rests on what another is about to write holds only once that is written.
      if (outcome !== present || !ahead || (await ahead.stands()))
        return { cached: outcome, created: false };
    } catch (error) {
      if (!ahead || (await ahead.stands())) throw error;
    }
  }
  throw conflict(aboutOf(call.served, call.name), staleText);
}

type Outcome = Cached | Extract<Awaited<ReturnType<typeof commitPut>>, { done: false }>;

async function attempt(
  call: Call,
  options: WriteOptions,
  { facet, next, ownsFields = false }: Modification,
  present: Cached,
  turn: Turn,
): Promise<Outcome> {
  const { served } = call;
  const reading = prepareRead(call, [present]);
  if (reading) await reading;
  const before = served.read(objectOf(present));
  const made = next(before);
  const sent = made instanceof Promise ? await made : made;
  const isPatch = call.request.info.verb === 'patch';
  const named = withVersion(call, isPatch ? sent : withUniqueOwners(call, sent), before);
  const owned = ownsFields
    ? named
    : ownedBy(call, before, named, options.fieldManager, facet.subresource);
  const admission = {
    operation: 'UPDATE',
    dryRun: options.dryRun,
    before: viewed(call, facet, before),
    options: optionsObject('UpdateOptions', options),
  } as const;
  const seen = viewed(call, facet, owned);
  const mutating = mutate(call, { ...admission, object: seen });
  const changed = (mutating instanceof Promise ? await mutating : mutating)!;
  const mutated = withUniqueOwners(
    call,
    changed === seen ? owned : (facet.merge?.(changed, owned, call) ?? changed),
    ' after mutating admission happens',
  );
  const prepared = prepare(call, facet, mutated, before);
  const taken = facet.isWhole ? takeFor(call, prepared, before, options.dryRun) : undefined;
  const object = taken?.object ?? prepared;
  try {
    const checked = check(call, facet, object, before);
    const admitting = admit(call, { ...admission, object: viewed(call, facet, checked) });
    if (admitting) await admitting;
    const outcome = await write(call, options, checked, before, present, turn, taken?.besides);
    if ('done' in outcome) taken?.revert();
    else taken?.commit();
    return outcome;
  } catch (error) {
    taken?.revert();
    throw error;
  }
}

/** What admission sees of an object: what clients see. */
const viewed = (call: Call, facet: Facet, object: KubeObject): KubeObject =>
  facet.kind && facet.view ? facet.view(object, call) : object;

/** A body that names a uid means that one object; `before` undefined: there is none. */
export function checkUid(
  call: Call,
  uid: string | undefined,
  { dryRun }: WriteOptions,
  before?: KubeObject,
): void {
  if (!uid || uid === before?.metadata.uid) return;
  // Without effect upstream does not get as far as where the store's root is put in front.
  const key = keyOfCall(call).slice(dryRun ? '/registry'.length : 0);
  throw conflict(
    aboutOf(call.served, call.name),
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before?.metadata.uid ?? ''}`,
  );
}

/** Without resourceVersion an update is of the present object, where the kind allows that. */
function withVersion(call: Call, next: KubeObject, before: KubeObject): KubeObject {
  const { served, name } = call;
  const { resourceVersion } = next.metadata;
  const about = aboutOf(served, name);
  if (resourceVersion && resourceVersion !== '0') {
    if (!/^\d+$/.test(resourceVersion))
      throw new ApiError(
        500,
        '',
        `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`,
      );
    if (resourceVersion !== before.metadata.resourceVersion) throw conflict(about, staleText);
    return next;
  }
  if (served.kind.allowUnconditionalUpdate === false) throw mustNameVersion(about);
  return withMeta(next, { resourceVersion: before.metadata.resourceVersion });
}

function mustNameVersion(about: {
  group: string;
  resource: string;
  name?: string | undefined;
}): ApiError {
  const kind = about.group ? `${about.resource}.${about.group}` : about.resource;
  const detail = 'Invalid value: 0: must be specified for an update';
  return new ApiError(
    422,
    'Invalid',
    `${kind} "${about.name}" is invalid: metadata.resourceVersion: ${detail}`,
    {
      ...(about.name && { name: about.name }),
      ...(about.group && { group: about.group }),
      kind: about.resource,
      causes: [{ reason: 'FieldValueInvalid', message: detail, field: 'metadata.resourceVersion' }],
    },
  );
}

/** The first half of upstream's BeforeUpdate: what an update can never change, and the strategy. */
function prepare(call: Call, facet: Facet, wanted: KubeObject, before: KubeObject): KubeObject {
  const old = before.metadata;
  const placed = inNamespace(call, wanted.metadata);
  const strategic = facet.prepare(withGeneration(wanted, placed, old.generation), before, call);
  const { metadata } = strategic;
  const grace = metadata.deletionGracePeriodSeconds ?? old.deletionGracePeriodSeconds;
  const isKept = marks.every((name) => metadata[name] === old[name]);
  if (isKept) return strategic;
  return withMeta(strategic, {
    uid: metadata.uid || old.uid,
    creationTimestamp: old.creationTimestamp ?? metadata.creationTimestamp,
    ...(old.deletionTimestamp && { deletionTimestamp: old.deletionTimestamp }),
    ...(grace !== undefined && { deletionGracePeriodSeconds: grace }),
  });
}

/** What only the server sets. */
const marks = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** `object` in the metadata `placed`, whose generation is that which is stored. */
function withGeneration(
  object: KubeObject,
  placed: ObjectMeta,
  generation: number | undefined,
): KubeObject {
  if (placed.generation === generation)
    return placed === object.metadata ? object : { ...object, metadata: placed };
  const { generation: _, ...rest } = placed;
  return { ...object, metadata: generation === undefined ? rest : { ...rest, generation } };
}

/** Its second half: the rules. */
function check(call: Call, facet: Facet, prepared: KubeObject, before: KubeObject): KubeObject {
  const { served, context, request } = call;
  const errors = [
    ...validateObjectMetaUpdate(prepared, before, served.kind, facet.subresource),
    ...(facet.validate(prepared, before, call) ?? []),
  ];
  throwIfInvalid(call, prepared, errors, facet.kind);
  if (facet.isWhole)
    for (const text of served.kind.warnings?.(prepared, before, context) ?? []) request.warn(text);
  return keepsUntouched(prepared, before);
}

/** Nothing is written when nothing changes; an object that waited only for its finalizers goes. */
async function write(
  call: Call,
  { dryRun }: WriteOptions,
  next: KubeObject,
  before: KubeObject,
  present: Cached,
  turn: Turn,
  besides: readonly Beside[] = [],
): Promise<Outcome> {
  const key = keyOfCall(call);
  if (dryRun || isFinalized(call, next, before)) await prepareStore(call, next);
  if (isFinalized(call, next, before)) {
    if (dryRun) return dryPut(call, key, next);
    const removed = await commitRemove(call, key, present.revision, removedBeside(call, before));
    return removed.done ? dryPut(call, key, next).asOf(present.revision) : removed;
  }
  if (isSame(next, before) && !call.engine.storage.isStale?.(key)) return present;
  if (dryRun) return dryPut(call, key, next);
  const known = knownText(present, next);
  return commitPut(call, key, next, present.revision, changesOf(call, besides), turn, known);
}

/** The name of a body must be that of its URL. */
export function checkName({ name }: Call, object: KubeObject): void {
  const { metadata } = object;
  if (!metadata.name)
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (metadata.name !== name)
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
}
