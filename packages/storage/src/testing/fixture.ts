import { virtualWorld, type VirtualClock, type World } from '@coxswain/base';
import type { Retention } from '../retention.ts';
import type { Author, Change, Entry, Revision, Seen, Storage } from '../storage.ts';

/** Opens an empty store of its own for each call. */
export type OpenStorage = (world: World, retention: Partial<Retention>) => Promise<Storage>;

export const author: Author = { user: 'tester', agent: 'suite/1' };

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (value: Uint8Array): string => new TextDecoder().decode(value);
export const put = (key: string, value: string, expect?: Revision, expiresMs?: number): Change => ({
  put: key,
  value: bytes(value),
  expect,
  expiresMs,
});
export const remove = (key: string, expect?: Revision): Change => ({ remove: key, expect });

/** An entry as one short line: `key=value@revision/created`. */
export const show = (entry: Entry | undefined): string | undefined =>
  entry && `${entry.key}=${text(entry.value)}@${entry.revision}/${entry.created}`;

/** An event as one short line: `put key=value@revision/created was value@revision`. */
export const showSeen = (seen: Seen): string => {
  if (seen.type === 'progress') return `progress ${seen.revision}`;
  const was = seen.before ? ` was ${text(seen.before.value)}@${seen.before.revision}` : '';
  return `${seen.type} ${show(seen.entry)}${was}`;
};

/** A store in a world of its own, closed at the end of the scope. */
export interface Fixture extends AsyncDisposable {
  readonly store: Storage;
  readonly world: World & { readonly clock: VirtualClock };
  /** One commit; the revision it took. Throws when it is refused. */
  readonly write: (...changes: readonly Change[]) => Promise<Revision>;
  /** Moves the clock by `ms` and lets all that follows from it happen. */
  readonly advance: (ms: number) => Promise<void>;
}

export async function openFixture(
  open: OpenStorage,
  retention: Partial<Retention> = {},
): Promise<Fixture> {
  const world = virtualWorld();
  const store = await open(world, retention);
  const settle = async (): Promise<void> => {
    do await new Promise((resolve) => setImmediate(resolve));
    while (world.work.outstanding > 0);
  };
  return {
    store,
    world,
    async write(...changes) {
      const committed = await store.commit(changes, author);
      if (!committed.done) throw new Error(`refused: ${committed.key} is ${show(committed.found)}`);
      return committed.revision;
    },
    async advance(ms) {
      const untilMs = world.clock.now() + ms;
      while (world.clock.step(untilMs)) await settle();
      await settle();
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** Reads a watch up to and with revision `until`, one line per event, progress marks left out on wish. */
export async function readWatch(
  store: Storage,
  prefix: string,
  after: Revision,
  until: Revision,
): Promise<readonly Seen[]> {
  const all: Seen[] = [];
  for await (const batch of store.watch(prefix, after, new AbortController().signal)) {
    all.push(...batch);
    const last = batch.at(-1)!;
    if ((last.type === 'progress' ? last.revision : last.entry.revision) >= until) break;
  }
  return all;
}
