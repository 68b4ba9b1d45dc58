import type { KubeObject } from '@coxswain/api';
import type { Clock } from '@coxswain/base';
import {
  type Author,
  type Change,
  type Committed,
  type Storage,
  StoreClosed,
} from '@coxswain/storage';
import { parseStored } from '../../packages/apiserver/src/watch-cache/cached.ts';
import { type Request, serving } from './requests.ts';

/** What the store took in at one revision, and whose request it was; undefined: the server's own. */
export interface Commit {
  readonly revision: number;
  readonly changes: readonly Change[];
  /** What each change puts. */
  readonly objects: readonly (KubeObject | undefined)[];
  readonly by: Author;
  readonly request: Request | undefined;
}

/**
 * So many commits of a minute take no time. A component that does not hear of a deletion makes anew what another one removes:
 * at one instant they would never end.
 */
const swiftMax = 2500;
const busyMs = 100;

/** The store under the API server. It outlives servers; its disk may be slow. */
export class Disk {
  /** How long a commit may take; they go one after another. */
  slowMs = 0;
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #committed: (commit: Commit) => void;
  #revision = 0;
  #waiting = 0;
  #minute = 0;
  #committedInMinute = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(
    storage: Storage,
    parts: { clock: Clock; random: () => number; committed: (commit: Commit) => void },
  ) {
    this.#storage = storage;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#committed = parts.committed;
  }

  /** The store as a server has it that lives until `life` aborts: what was not synced by then never will be. */
  open(life: AbortSignal): Storage {
    const storage = this.#storage;
    const living = <T>(ask: () => T): T => {
      if (life.aborted) throw new StoreClosed();
      return ask();
    };
    return {
      commit: (changes, by) => this.#commit(changes, by, life),
      get: async (key, at) => living(() => storage.get(key, at)),
      list: async (prefix, page) => living(() => storage.list(prefix, page)),
      count: async (prefix) => living(() => storage.count(prefix)),
      watch: (prefix, after, signal) =>
        storage.watch(prefix, after, AbortSignal.any([signal, life])),
      current: async () => living(() => storage.current()),
      upcoming: () => (this.#takesTime() ? undefined : storage.upcoming()),
      compact: async (before) => living(() => storage.compact(before)),
      history: (key) => storage.history(key),
      bytes: () => storage.bytes(),
      [Symbol.asyncDispose]: async () => {},
    };
  }

  async #commit(changes: readonly Change[], by: Author, life: AbortSignal): Promise<Committed> {
    const request = serving.getStore();
    if (this.#takesTime()) await this.#turn();
    this.#committedInMinute++;
    if (life.aborted) throw new StoreClosed();
    // As it was given: decoding what was encoded just now is half of what a commit costs. See `misspelt`.
    const objects = changes.map((change) =>
      'put' in change ? parseStored(change.value) : undefined,
    );
    const committed = await this.#storage.commit(changes, by);
    if (!committed.done || committed.revision <= this.#revision) return committed;
    const { revision } = committed;
    this.#revision = revision;
    this.#committed({ revision, changes, objects, by, request });
    return committed;
  }

  #takesTime(): boolean {
    const minute = Math.floor(this.#clock.now() / 60_000);
    if (minute !== this.#minute) this.#committedInMinute = 0;
    this.#minute = minute;
    return this.slowMs > 0 || this.#waiting > 0 || this.#isBusy;
  }

  get #isBusy(): boolean {
    return this.#committedInMinute >= swiftMax;
  }

  async #turn(): Promise<void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    this.#waiting++;
    await before;
    const leastMs = this.#isBusy ? busyMs : 0;
    await this.#clock.sleep(leastMs + Math.ceil(this.#random() * this.slowMs));
    this.#waiting--;
    resolve();
  }
}
