import {
  Compacted,
  type Entry,
  FutureRevision,
  type Revision,
  type Seen,
  type Storage,
  type Written,
} from '../../storage.ts';

/**
 * A store of etcd whose revisions are counted from 1 without gaps, as the suite expects: etcd counts everything that
 * is written anywhere in it. Learns the store's own revisions by a watch.
 */
export async function counted(store: Storage): Promise<Storage> {
  const base = await store.current();
  const known: Revision[] = []; // etcd's, in order
  let reached = base;
  let wake = Promise.withResolvers<void>();
  const end = new AbortController();
  const learning = (async () => {
    for await (const batch of store.watch('', base, end.signal)) {
      for (const seen of batch) {
        reached = seen.type === 'progress' ? seen.revision : seen.entry.revision;
        if (seen.type !== 'progress' && known.at(-1) !== reached) known.push(reached);
      }
      wake.resolve();
      wake = Promise.withResolvers();
    }
  })().catch(() => {});
  const learn = async (revision: Revision): Promise<void> => {
    while (reached < revision) await wake.promise;
  };
  const level = async (): Promise<void> => learn(await store.current());
  const rank = (revision: Revision): Revision => known.filter((each) => each <= revision).length;
  const real = async (count: Revision): Promise<Revision> => {
    if (count > known.length) await level();
    if (count === 0) return base;
    return known[count - 1] ?? reached + count - known.length;
  };
  const entryOf = (entry: Entry): Entry => ({
    key: entry.key,
    value: entry.value,
    revision: rank(entry.revision),
    created: rank(entry.created),
  });
  const counting = <T>(job: Promise<T>): Promise<T> =>
    job.catch((error: unknown) => {
      throw inCount(error);
    });
  const inCount = (error: unknown): unknown => {
    if (error instanceof Compacted) return new Compacted(rank(error.horizon));
    if (error instanceof FutureRevision) return new FutureRevision(rank(error.current));
    return error;
  };
  return {
    async commit(changes, by) {
      const inReal = await Promise.all(
        changes.map(async (change) =>
          change.expect ? { ...change, expect: await real(change.expect) } : change,
        ),
      );
      const committed = await store.commit(inReal, by);
      await level();
      if (committed.done) return { done: true, revision: rank(committed.revision) };
      return { ...committed, found: committed.found && entryOf(committed.found) };
    },
    async get(key, at) {
      const entry = await counting(store.get(key, at === undefined ? at : await real(at)));
      await level();
      return entry && entryOf(entry);
    },
    async list(prefix, page = {}) {
      const at = page.at === undefined ? undefined : await real(page.at);
      const listed = await counting(store.list(prefix, { ...page, at }));
      await level();
      return { ...listed, entries: listed.entries.map(entryOf), at: rank(listed.at) };
    },
    count: (prefix) => store.count(prefix),
    async *watch(prefix, after, signal) {
      let told = after;
      try {
        for await (const batch of store.watch(prefix, await real(after), signal)) {
          await learn(Math.max(...batch.map(revisionOf)));
          const counted: Seen[] = [];
          for (const seen of batch) {
            const revision = rank(revisionOf(seen));
            if (seen.type !== 'progress') {
              const before = seen.before && entryOf(seen.before);
              counted.push({ type: seen.type, entry: entryOf(seen.entry), before });
            } else if (revision > told) counted.push({ type: 'progress', revision });
            told = revision;
          }
          if (counted.length > 0) yield counted;
        }
      } catch (error) {
        throw inCount(error);
      }
    },
    async current() {
      await level();
      return rank(await store.current());
    },
    upcoming: () => undefined,
    async compact(before) {
      await counting(store.compact(await real(before)));
    },
    async *history(key) {
      await level();
      for await (const written of store.history(key))
        yield { ...written, entry: entryOf(written.entry) } satisfies Written;
    },
    bytes: () => store.bytes(),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      end.abort();
      await learning;
    },
  };
}

const revisionOf = (seen: Seen): Revision =>
  seen.type === 'progress' ? seen.revision : seen.entry.revision;
