import { encodeJson, type KubeObject } from '@coxswain/api';
import type { Entry, Revision } from '@coxswain/storage';

/**
 * One object at one revision. `bytes` are its JSON as stored: kind, apiVersion and metadata first, without
 * resourceVersion, which every reader puts in right behind `"metadata":{`. Decoded on first look.
 */
export interface Cached {
  readonly key: string;
  readonly revision: Revision;
  readonly bytes: Uint8Array;
  object: KubeObject | undefined;
  protobuf: Uint8Array | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Objects that this process has written itself: the store's own bytes lead the cache to them without decoding. */
const writtenHere = new WeakMap<Uint8Array, KubeObject>();

/** The stored form of `object`, whose resourceVersion is left out. */
export function toStored(object: KubeObject): Uint8Array {
  const bytes = storedBytes(object);
  writtenHere.set(bytes, object);
  return bytes;
}

/** As `toStored`, for an object that this process did not write: the cache is not led back to it. */
export function storedBytes(object: KubeObject): Uint8Array {
  const { kind, apiVersion, metadata, ...rest } = object;
  const { resourceVersion: _, ...kept } = metadata;
  return encoder.encode(encodeJson({ kind, apiVersion, metadata: kept, ...rest }));
}

/** The object behind its stored form. */
export const parseStored = (bytes: Uint8Array): KubeObject =>
  writtenHere.get(bytes) ?? (JSON.parse(decoder.decode(bytes)) as KubeObject);

export function fromEntry(entry: Entry): Cached {
  const { key, revision, value: bytes } = entry;
  const written = writtenHere.get(bytes);
  if (!written) return { key, revision, bytes, object: undefined, protobuf: undefined };
  // From here on the cache holds it: a large WeakMap makes every collection slow.
  writtenHere.delete(bytes);
  return { key, revision, bytes, object: withRevision(written, revision), protobuf: undefined };
}

/** The object with its resourceVersion; frozen, decoded at most once. */
export function objectOf(cached: Cached): KubeObject {
  return (cached.object ??= decode(cached));
}

/** The same object as of another revision: what a removal shows. */
export function asOf(cached: Cached, revision: Revision): Cached {
  const { key, bytes } = cached;
  const before = cached.object;
  const object = before && withRevision(before, revision);
  return { key, revision, bytes, object, protobuf: undefined };
}

function decode({ bytes, revision }: Cached): KubeObject {
  return withRevision(JSON.parse(decoder.decode(bytes)) as KubeObject, revision);
}

/** `object` with its resourceVersion, frozen at the top; deeper parts are shared. */
export function withRevision(object: KubeObject, revision: Revision): KubeObject {
  const resourceVersion = String(revision);
  if (object.metadata.resourceVersion === resourceVersion && Object.isFrozen(object)) return object;
  const metadata = Object.freeze({ ...object.metadata, resourceVersion });
  return Object.freeze({ ...object, metadata });
}

/** Freezes `value` all the way down. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const child of Object.values(value)) freezeDeep(child);
  return value;
}
