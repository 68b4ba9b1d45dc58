import { alreadyExists, ApiError, forbidden, type KubeObject } from '@coxswain/api';
import type { Committed } from '@coxswain/storage';
import type { Draft, Kind } from '../kinds/kind.ts';
import { type Cached, objectOf } from '../watch-cache/index.ts';
import { admit, mutate } from './admit.ts';
import { madeAlike } from './alike.ts';
import { aboutOf, keyOf, type Served } from './catalog.ts';
import { commitPut, dryPut } from './commit.ts';
import { decodeBody } from './decode.ts';
import type { Call, Verb } from './engine.ts';
import { ownedBy, withUniqueOwners } from './managed-fields.ts';
import { inNamespace, stampNew, withGeneratedName } from './object-meta.ts';
import { optionsObject, type WriteOptions, writeOptions } from './options.ts';
import { prepareStore } from './prepare.ts';
import { checkAccept, respondObject } from './respond.ts';
import { type Beside, changesOf, takeFor } from './stock.ts';
import { prepareForCreate, validateNew } from './validate.ts';

/** Tries to find a free name by generateName. */
const namesMax = 8;

/** Creates the object of the body. */
export const create: Verb = async (call) => {
  const { request, served } = call;
  checkAccept(call);
  const options = writeOptions(request, 'CreateOptions');
  const { apiVersion, resource } = served;
  const { fieldManager } = options;
  const object = await madeAlike(call, fieldManager, async () => {
    const decoded = await decodeBody(call, { apiVersion, kind: resource.kind }, options);
    return ownedBy(call, undefined, prepareNew(call, withDefaults(call, decoded)), fieldManager);
  });
  return respondObject(call, 201, await createObject(call, object, options));
};

/** The object in the namespace of the request, without what only the server sets. */
export function prepareNew(call: Call, object: KubeObject): KubeObject {
  const {
    uid: _u,
    deletionTimestamp: _d,
    deletionGracePeriodSeconds: _g,
    selfLink: _s,
    ...kept
  } = object.metadata;
  return withUniqueOwners(call, { ...object, metadata: inNamespace(call, kept) });
}

/** The object with absent fields filled; `object` comes fresh from a decoder, but for what it has of a stored one, which lacks nothing. */
export function withDefaults(call: Call, object: KubeObject): KubeObject {
  const { defaults } = call.served.kind;
  if (!defaults) return object;
  const draft = draftOf(object, call.served.kind);
  defaults(draft, call.context);
  call.request.audited?.object(draft as KubeObject);
  return draft as KubeObject;
}

/** What defaults may fill. A typed decoder gives a tree of its own; a custom resource may share parts with one that is frozen. */
export const draftOf = (object: KubeObject, { custom }: Kind): Draft<KubeObject> =>
  (custom ? thawed(object) : object) as Draft<KubeObject>;

function thawed(value: object): object {
  const own = Object.isFrozen(value)
    ? Array.isArray(value)
      ? [...(value as readonly unknown[])]
      : { ...value }
    : value;
  for (const key in own) {
    const child: unknown = Reflect.get(own, key);
    if (typeof child !== 'object' || child === null) continue;
    const free = thawed(child);
    if (free !== child) Reflect.set(own, key, free);
  }
  return own;
}

/** Admits, validates and stores a new object whose fields are owned already. */
export async function createObject(
  call: Call,
  object: KubeObject,
  options: WriteOptions,
): Promise<Cached> {
  const { served } = call;
  if (served.kind.custom?.ending)
    throw forbidden(
      aboutOf(served, object.metadata.name),
      'create not allowed while custom resource definition is terminating',
    );
  const admission = {
    operation: 'CREATE',
    name: object.metadata.name,
    dryRun: options.dryRun,
    before: undefined,
    options: optionsObject('CreateOptions', options),
  } as const;
  const mutated = withUniqueOwners(
    call,
    (await mutate(call, { ...admission, object }))!,
    ' after mutating admission happens',
  );
  for (let attempt = 1; ; attempt++) {
    const made = withGeneratedName(call, stampNew(call, mutated));
    const prepared = prepareForCreate(call, made);
    const stored = await allocateAndStore(call, prepared, options, admission, () => {
      if (object.metadata.resourceVersion)
        throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
    });
    if (!('done' in stored)) return stored;
    if (stored.key !== keyOf(served, call.namespace, made.metadata.name) && attempt < namesMax) {
      // Another server was quicker to take something that this object needs beside its name.
      await call.engine.cache.level();
      continue;
    }
    const { name, generateName } = made.metadata;
    if (!generateName || mutated.metadata.name) throw taken(call, name);
    if (attempt === namesMax) throw generatedNameTaken(call, name);
  }
}

/** The name is another's; of one that is on its way out that is said first. */
function taken({ served, namespace }: Call, name: string): ApiError {
  const error = alreadyExists(aboutOf(served, name));
  return isGoing(served, keyOf(served, namespace, name))
    ? new ApiError(409, error.reason, `object is being deleted: ${error.message}`, error.details)
    : error;
}

/** What cannot be read tells nothing. */
function isGoing(served: Served, key: string): boolean {
  try {
    const there = served.cache!.get(key);
    return there !== undefined && objectOf(there).metadata.deletionTimestamp !== undefined;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

/** Takes from the stocks what the object needs, and gives it back when the object is not stored. */
async function allocateAndStore(
  call: Call,
  prepared: KubeObject,
  options: WriteOptions,
  admission: Omit<Parameters<typeof admit>[1], 'object' | 'name'>,
  checkLast: () => void,
): ReturnType<typeof storeNew> {
  const taken = takeFor(call, prepared, undefined, options.dryRun);
  const { object } = taken;
  try {
    validateNew(call, object);
    await admit(call, { ...admission, object, name: object.metadata.name });
    checkLast();
    const stored = await storeNew(call, object, options, taken.besides);
    if ('done' in stored) taken.revert();
    else taken.commit();
    return stored;
  } catch (error) {
    taken.revert();
    throw error;
  }
}

async function storeNew(
  call: Call,
  object: KubeObject,
  { dryRun }: WriteOptions,
  besides: readonly Beside[],
): Promise<Cached | Extract<Committed, { done: false }>> {
  const { served, engine } = call;
  const key = keyOf(served, call.namespace, object.metadata.name);
  if (!dryRun) return commitPut(call, key, object, 0, changesOf(call, besides));
  await engine.cache.level();
  await prepareStore(call, object);
  return served.cache!.get(key)
    ? { done: false, key, found: undefined }
    : dryPut(call, key, object);
}

function generatedNameTaken({ served }: Call, name: string): ApiError {
  const { message, details } = alreadyExists(aboutOf(served, name));
  return new ApiError(
    409,
    'AlreadyExists',
    `${message}, the server was not able to generate a unique name for the object`,
    {
      ...details,
      retryAfterSeconds: 1,
    },
  );
}
