import { internalError } from '@coxswain/api';
import type { Change, Entry, Seen, Storage, Written } from '@coxswain/storage';
import type { Encryption } from './configuration.ts';
import type { Opened, Soon } from './transformer.ts';

/** How values are kept below the encryption, where a store keeps them in a form of its own. */
export interface Form {
  readonly encode: (value: Uint8Array) => Uint8Array;
  readonly decode: (stored: Uint8Array) => Uint8Array;
}

/** What encrypts now; replaced as a whole when its file changes. */
export interface CurrentEncryption {
  now: Encryption;
  /** Told when `now` is another. */
  changed?: () => void;
  /** Ends what follows its file and its plugins. */
  [Symbol.dispose]?: () => void;
}

/** The feed ends when values that could not be read may be readable now: who follows it reads all again. */
const changedText = 'the encryption configuration has changed';

const noBytes = new Uint8Array();

/**
 * `storage` with values sealed as `current` says. It remembers which were not written by the first provider, so that
 * an update without another effect writes them anew. `keyOf` is the key that the seal is bound to. What cannot be
 * opened is there all the same, as unreadable.
 */
export function encryptedStorage(
  storage: Storage,
  current: CurrentEncryption,
  form?: Form,
  keyOf: (key: string) => string = (key) => key,
): Storage {
  const { opened, stale, turn } = opener(current, form, keyOf);
  const sealed = (change: Change): Change => {
    if (!('put' in change)) return change;
    const value = form ? form.encode(change.value) : change.value;
    const chain = current.now.chainOf(change.put);
    return { ...change, value: chain ? seal(() => chain.seal(value, keyOf(change.put))) : value };
  };
  const seenOpened = async (seen: Seen): Promise<Seen> => {
    if (seen.type === 'progress') return seen;
    const before = seen.before && (await opened(seen.before));
    const entry = await opened(seen.entry);
    if (seen.type === 'remove') stale.delete(entry.key);
    return { type: seen.type, entry, before };
  };
  return {
    async commit(changes, by) {
      const committed = await storage.commit(changes.map(sealed), by);
      if (committed.done) return committed;
      return { ...committed, found: committed.found && (await opened(committed.found)) };
    },
    async get(key, at) {
      const entry = await storage.get(key, at);
      return entry && opened(entry);
    },
    async list(prefix, page) {
      const listed = await storage.list(prefix, page);
      return { ...listed, entries: await all(listed.entries.map(opened)) };
    },
    count: (prefix) => storage.count(prefix),
    upcoming: (...given) => storage.upcoming(...given),
    async *watch(prefix, after, signal) {
      const ending = AbortSignal.any([signal, turn()]);
      for await (const batch of storage.watch(prefix, after, ending))
        yield await all(batch.map(seenOpened));
    },
    current: () => storage.current(),
    compact: (before) => storage.compact(before),
    async *history(key) {
      for await (const written of storage.history(key))
        yield { ...written, entry: await opened(written.entry) } satisfies Written;
    },
    bytes: () => storage.bytes(),
    isStale(key) {
      const chain = current.now.chainOf(key);
      return chain !== undefined && stale.has(key);
    },
    async [Symbol.asyncDispose]() {
      current[Symbol.dispose]?.();
      await storage[Symbol.asyncDispose]();
    },
  };
}

interface Opener {
  readonly opened: (entry: Entry) => Soon<Entry>;
  /** Keys of what another provider than the first one wrote. */
  readonly stale: Set<string>;
  /** Ends when what could not be read may be readable. */
  readonly turn: () => AbortSignal;
}

function opener(
  current: CurrentEncryption,
  form: Form | undefined,
  keyOf: (key: string) => string,
): Opener {
  const stale = new Set<string>();
  let hasUnreadable = false;
  let turn = new AbortController();
  current.changed = () => {
    if (!hasUnreadable) return;
    hasUnreadable = false;
    turn.abort(new Error(changedText));
    turn = new AbortController();
  };
  const opened = (entry: Entry): Soon<Entry> => {
    const chain = current.now.chainOf(entry.key);
    if (!chain) return form ? { ...entry, value: form.decode(entry.value) } : entry;
    const done = ({ value, isStale }: Opened): Entry => {
      if (isStale) stale.add(entry.key);
      else stale.delete(entry.key);
      return { ...plain(entry), value: form ? form.decode(value) : value };
    };
    const failed = (error: unknown): Entry => {
      hasUnreadable = true;
      return { ...plain(entry), value: noBytes, unreadable: error as Error };
    };
    try {
      const found = chain.open(entry.value, keyOf(entry.key));
      return found instanceof Promise ? found.then(done).catch(failed) : done(found);
    } catch (error) {
      return failed(error);
    }
  };
  return { opened, stale, turn: () => turn.signal };
}

/** Waits only where there is something to wait for. */
const all = <T>(values: readonly Soon<T>[]): Soon<readonly T[]> =>
  values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as readonly T[]);

/** What cannot be sealed is not written, and its request fails. */
function seal(job: () => Uint8Array): Uint8Array {
  try {
    return job();
  } catch (error) {
    throw internalError(error);
  }
}

const plain = ({ key, revision, created }: Entry): Omit<Entry, 'value'> => ({
  ...{ key, revision, created },
});
