import {
  encodeJson,
  encodeProtobuf,
  internalError,
  type KubeObject,
  type PartsReader,
} from '@coxswain/api';
import type { Entry, Revision } from '@coxswain/storage';
import { type Packed, packed, unpacked } from './packed.ts';
import { addedTo, type KnownText, type Places, placesIn, storedText } from './stored-text.ts';

/** One object at one revision. Decoded on first look. */
export class Cached {
  readonly key: string;
  readonly revision: Revision;
  object: KubeObject | undefined;
  /** `object`, for as long as somebody in this process keeps it; see `lend`. */
  lent: WeakRef<KubeObject> | undefined;
  /** Of `bytes`, once they are known; see `placesOf`. */
  places: Places | undefined;
  /** See `protobufOf`. */
  protobuf: Uint8Array | undefined;
  /** Undefined: `object` stands nowhere, and its bytes are made for who asks. */
  #kept: Uint8Array | Packed | undefined;

  constructor(
    key: string,
    revision: Revision,
    kept: Uint8Array | Packed | undefined,
    object?: KubeObject,
    places?: Places,
  ) {
    this.key = key;
    this.revision = revision;
    this.object = object;
    this.lent = undefined;
    this.places = places;
    this.protobuf = undefined;
    this.#kept = kept;
  }

  /**
   * Its JSON as stored: kind, apiVersion and metadata first, without resourceVersion, which every reader puts in right behind
   * `"metadata":{`. They may be made for who asks, each time anew.
   */
  get bytes(): Uint8Array {
    if (this.#kept instanceof Uint8Array) return this.#kept;
    if (!this.#kept) return storedBytes(this.object!);
    if (lastUnpacked?.kept !== this.#kept)
      lastUnpacked = { kept: this.#kept, bytes: unpacked(this.#kept) };
    return lastUnpacked.bytes;
  }

  /** How many `bytes` it has. */
  get size(): number {
    return (this.#kept ?? this.bytes).length;
  }

  /** Whether it keeps no bytes of its own. */
  get isPacked(): boolean {
    return this.#kept !== undefined && !(this.#kept instanceof Uint8Array);
  }

  /** Keeps nothing but what tells it apart from `like`; false where that is too much. */
  packBeside(like: Uint8Array): boolean {
    if (!(this.#kept instanceof Uint8Array)) return true;
    const found = packed(this.#kept, like);
    if (found) this.#kept = found;
    return found !== undefined;
  }

  /** The same object as of another revision: what a removal shows. */
  asOf(revision: Revision): Cached {
    const object = this.object && withRevision(this.object, revision);
    return new Cached(this.key, revision, this.#kept, object, this.places);
  }
}

/** Whoever asks for bytes asks for them again at once. */
let lastUnpacked: { readonly kept: Packed; readonly bytes: Uint8Array } | undefined;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of the objects whose decoded form is kept after they were written, with or without a watcher, and after somebody looked. */
const writtenBytesMax = 16 * 2 ** 20;
const unseenBytesMax = 2 ** 18;
const readBytesMax = 32 * 2 ** 20;
/** Of objects in protobuf. */
const protobufBytesMax = 128 * 2 ** 20;

/** What was made last of objects: the others are stored bytes alone, which the collector need not walk. */
class Recent {
  readonly #bytesMax: number;
  readonly #sizeOf: (cached: Cached) => number;
  readonly #forget: (cached: Cached) => void;
  #kept: Cached[] = [];
  #start = 0;
  #bytes = 0;

  constructor(
    bytesMax: number,
    sizeOf: (cached: Cached) => number = ({ size }) => size,
    forget: (cached: Cached) => void = (cached) => void (cached.object = undefined),
  ) {
    this.#bytesMax = bytesMax;
    this.#sizeOf = sizeOf;
    this.#forget = forget;
  }

  keep(cached: Cached): void {
    this.#kept.push(cached);
    this.#bytes += this.#sizeOf(cached);
    while (this.#bytes > this.#bytesMax) {
      const oldest = this.#kept[this.#start++]!;
      this.#bytes -= this.#sizeOf(oldest);
      this.#forget(oldest);
    }
    if (this.#start < 1024 || this.#start * 2 < this.#kept.length) return;
    this.#kept = this.#kept.slice(this.#start);
    this.#start = 0;
  }
}

const recentlyWritten = new Recent(writtenBytesMax);
const writtenUnseen = new Recent(unseenBytesMax);
const recentlyRead = new Recent(readBytesMax);
const inProtobuf = new Recent(
  protobufBytesMax,
  ({ protobuf }) => protobuf?.length ?? 0,
  (cached) => void (cached.protobuf = undefined),
);

interface Written {
  readonly object: KubeObject;
  readonly places: Places | undefined;
}

/** Objects that this process has written itself: the store's own bytes lead the cache to them without decoding. */
const writtenHere = new WeakMap<Uint8Array, Written>();

/** The stored form of `object`, whose resourceVersion is left out; where it will stand at that revision, the cache takes it as it is. */
export function toStored(object: KubeObject, known?: KnownText): Uint8Array {
  const { text, places } = storedText(object, known);
  const bytes = encoder.encode(text);
  writtenHere.set(bytes, { object, places: bytes.length === text.length ? places : undefined });
  return bytes;
}

/** As `toStored`, for an object that this process did not write: the cache is not led back to it. */
export const storedBytes = (object: KubeObject): Uint8Array =>
  encoder.encode(storedText(object, undefined).text);

/** What stands nowhere: as it was last, or as it would be. Its bytes are made for who asks. */
export const unwritten = (key: string, revision: Revision, object: KubeObject): Cached =>
  new Cached(key, revision, undefined, object);

/** What was written by `toStored` just now, as of a revision. */
export const justWritten = (
  key: string,
  revision: Revision,
  bytes: Uint8Array,
  object: KubeObject,
): Cached => new Cached(key, revision, bytes, object, writtenHere.get(bytes)?.places);

/** What need not be made anew of the JSON of `next`, which comes after `cached`. */
export function knownText(cached: Cached, next: KubeObject): KnownText | undefined {
  const known = specText(cached, next);
  const open = openText(cached, next);
  return open === undefined ? known : { of: undefined, text: '', ...known, open };
}

type Fields = Readonly<Record<string, unknown>>;
const isApart = (name: string): boolean => name === 'managedFields' || name === 'resourceVersion';

/** All before its managed fields, where of metadata only these differ. */
function openText(cached: Cached, next: KubeObject): string | undefined {
  const { object, places } = cached;
  if (!object || !places?.managedFrom) return undefined;
  if (object.kind !== next.kind || object.apiVersion !== next.apiVersion) return undefined;
  const before = object.metadata as object as Fields;
  const now = next.metadata as object as Fields;
  let more = 0;
  for (const name in now)
    if (!isApart(name)) {
      if (now[name] !== before[name]) return undefined;
      more++;
    }
  for (const name in before) if (!isApart(name)) more--;
  return more === 0 ? decoder.decode(cached.bytes.subarray(0, places.managedFrom)) : undefined;
}

/** The JSON of the spec of `next`, where it is that of `cached`, or that and more; and of all behind it, where only metadata differ. */
function specText(cached: Cached, next: KubeObject): KnownText | undefined {
  const { places, object } = cached;
  const [before, now] = [object, next] as readonly (Bodied | undefined)[];
  if (!places?.specTo || !before?.spec || !now?.spec) return undefined;
  const added = before.spec === now.spec ? {} : addedTo(before.spec, now.spec);
  if (!added) return undefined;
  const { bytes } = cached;
  const text = decoder.decode(bytes.subarray(places.specFrom, places.specTo));
  const more = encodeJson(added).slice(1);
  if (more !== '}') return { of: now.spec, text: `${text.slice(0, -1)},${more}` };
  const { status } = now;
  const isRest = before.status === status && Object.keys(before).length === (status ? 5 : 4);
  const behind = isRest
    ? { status, text: decoder.decode(bytes.subarray(places.specTo)) }
    : undefined;
  return { of: now.spec, text, behind };
}
type Bodied = { readonly spec?: object; readonly status?: unknown };

/** The object behind its stored form. */
export const parseStored = (bytes: Uint8Array): KubeObject =>
  writtenHere.get(bytes)?.object ?? (JSON.parse(decoder.decode(bytes)) as KubeObject);

/** Throws 500 for what the store cannot read. `isUnseen`: nobody watches, who might look at it soon. */
export function fromEntry(entry: Entry, isUnseen = false): Cached {
  if (entry.unreadable) throw internalError(entry.unreadable);
  const { key, revision, value: bytes } = entry;
  const written = writtenHere.get(bytes);
  if (!written) return new Cached(key, revision, bytes);
  // From here on the cache holds it: a large WeakMap makes every collection slow.
  writtenHere.delete(bytes);
  const object = withRevision(written.object, revision);
  const cached = new Cached(key, revision, bytes, object, written.places);
  (isUnseen ? writtenUnseen : recentlyWritten).keep(cached);
  return cached;
}

/** The object with its resourceVersion; frozen, decoded anew when nobody has looked for long. */
export function objectOf(cached: Cached): KubeObject {
  if (cached.object) return cached.object;
  const object = cached.lent?.deref() ?? decode(cached);
  cached.object = object;
  recentlyRead.keep(cached);
  return object;
}

/** Its protobuf in the envelope of its kind, made once for those who ask within a while. */
export function protobufOf(cached: Cached): Uint8Array {
  if (!cached.protobuf) {
    cached.protobuf = encodeProtobuf(glance(cached));
    inProtobuf.keep(cached);
  }
  return cached.protobuf;
}

/** The object for one look: where it is decoded for that, it is not kept. */
export const glance = (cached: Cached): KubeObject =>
  cached.object ?? cached.lent?.deref() ?? decode(cached);

/** As `glance`, for who does not look at managed fields, a third of what would be decoded; or only at what `read` reads. */
export function glanceAtParts(cached: Cached, read: PartsReader | undefined): KubeObject {
  const known = cached.object ?? cached.lent?.deref();
  if (known) return known;
  const { bytes, revision } = cached;
  const { managedFrom, managedTo } = placesOf(cached);
  if (read) return read(bytes, managedFrom, managedTo) as KubeObject;
  const text = decoder.decode(bytes.subarray(0, managedFrom));
  const rest = decoder.decode(bytes.subarray(managedTo));
  return withRevision(JSON.parse(text + rest) as KubeObject, revision);
}

/** Where the parts of `cached` stand in its bytes; looked for once. */
export const placesOf = (cached: Cached): Places => (cached.places ??= placesIn(cached.bytes));

/** The same as `objectOf`, for a component in this process: while its own cache keeps the object, ours need not decode it again. */
export function lend(cached: Cached): KubeObject {
  const object = objectOf(cached);
  if (cached.lent?.deref() !== object) cached.lent = new WeakRef(object);
  return object;
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
