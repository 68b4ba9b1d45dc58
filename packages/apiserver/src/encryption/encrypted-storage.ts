import type { Change, Entry, Seen, Storage, Written } from '@coxswain/storage';
import type { Encryption } from './configuration.ts';

/** How values are kept below the encryption, where a store keeps them in a form of its own. */
export interface Form {
  readonly encode: (value: Uint8Array) => Uint8Array;
  readonly decode: (stored: Uint8Array) => Uint8Array;
}

/** What encrypts now; replaced as a whole when its file changes. */
export interface CurrentEncryption {
  now: Encryption;
}

/**
 * `storage` with values sealed as `current` says. It remembers which were not written by the first provider, so that
 * an update without another effect writes them anew. `keyOf` is the key that the seal is bound to.
 */
export function encryptedStorage(
  storage: Storage,
  current: CurrentEncryption,
  form?: Form,
  keyOf: (key: string) => string = (key) => key,
): Storage {
  const stale = new Set<string>();
  const opened = (entry: Entry): Entry => {
    const chain = current.now.chainOf(entry.key);
    if (!chain) return form ? { ...entry, value: form.decode(entry.value) } : entry;
    const { value, isStale } = chain.open(entry.value, keyOf(entry.key));
    if (isStale) stale.add(entry.key);
    else stale.delete(entry.key);
    return { ...plain(entry), value: form ? form.decode(value) : value };
  };
  const sealed = (change: Change): Change => {
    if (!('put' in change)) return change;
    const value = form ? form.encode(change.value) : change.value;
    const chain = current.now.chainOf(change.put);
    return { ...change, value: chain ? chain.seal(value, keyOf(change.put)) : value };
  };
  const seenOpened = (seen: Seen): Seen => {
    if (seen.type === 'progress') return seen;
    const before = seen.before && opened(seen.before);
    const entry = opened(seen.entry);
    if (seen.type === 'remove') stale.delete(entry.key);
    return { type: seen.type, entry, before };
  };
  return {
    async commit(changes, by) {
      const committed = await storage.commit(changes.map(sealed), by);
      if (committed.done) return committed;
      return { ...committed, found: committed.found && opened(committed.found) };
    },
    async get(key, at) {
      const entry = await storage.get(key, at);
      return entry && opened(entry);
    },
    async list(prefix, page) {
      const listed = await storage.list(prefix, page);
      return { ...listed, entries: listed.entries.map(opened) };
    },
    count: (prefix) => storage.count(prefix),
    upcoming: (...given) => storage.upcoming(...given),
    async *watch(prefix, after, signal) {
      for await (const batch of storage.watch(prefix, after, signal)) yield batch.map(seenOpened);
    },
    current: () => storage.current(),
    compact: (before) => storage.compact(before),
    async *history(key) {
      for await (const written of storage.history(key))
        yield { ...written, entry: opened(written.entry) } satisfies Written;
    },
    bytes: () => storage.bytes(),
    isStale(key) {
      const chain = current.now.chainOf(key);
      return chain !== undefined && stale.has(key);
    },
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}

const plain = ({ key, revision, created }: Entry): Omit<Entry, 'value'> => ({
  ...{ key, revision, created },
});
