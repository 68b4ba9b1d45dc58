import { SortedMap } from '@coxswain/base';
import type { Retention } from '../retention.ts';
import type { Author, Entry, Revision, Written } from '../storage.ts';

/** One value of a key, or its removal, and what it replaced. */
export interface Version {
  readonly entry: Entry;
  readonly removed: boolean;
  readonly by: Author;
  readonly atMs: number;
  readonly dueMs: number | undefined; // when it expires
  previous: Version | undefined; // cut once it is no longer retained
}

/** The newest version of a key: a write of what is there already changes it alone, and no order. */
interface Head {
  version: Version;
}

const bytesOf = ({ entry }: Version): number => entry.key.length + entry.value.length;

/**
 * All versions that are current, that a watch or a read within the horizon may ask for, or that the
 * retention keeps: per key a chain, newest first.
 */
export class Versions {
  readonly #retention: Retention;
  readonly #byKey = new Map<string, Head>();
  readonly #heads = new SortedMap<Head>(); // the same in order, removals too
  readonly #live = new SortedMap<Head>();
  #recent: Version[] = []; // that replaced or removed something, within the horizon, oldest first
  #past: Version[] = []; // the same behind the horizon
  #pastStart = 0;
  #historyBytes = 0;
  #bytes = 0;

  constructor(retention: Retention) {
    this.#retention = retention;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The current value of `key`. */
  get(key: string): Version | undefined {
    const version = this.head(key);
    return version?.removed ? undefined : version;
  }

  /** The value that `key` had at `at`. */
  getAt(key: string, at: Revision): Version | undefined {
    return liveAt(this.head(key), at);
  }

  /** What a new version of `key` replaces: a value, or a removal that is still retained. */
  head(key: string): Version | undefined {
    return this.#byKey.get(key)?.version;
  }

  add(version: Version): void {
    const { key } = version.entry;
    const known = this.#byKey.get(key);
    const isLive = known && !known.version.removed;
    const head = known ?? { version };
    head.version = version;
    if (!known) {
      this.#byKey.set(key, head);
      this.#heads.set(key, head);
    }
    if (version.removed) this.#live.delete(key);
    else if (!isLive) this.#live.set(key, head);
    if (version.previous) this.#recent.push(version);
    this.#bytes += bytesOf(version);
  }

  /** Visits the values under `prefix` from `from` on as they stood at `at`, in order, until `visit` answers false. */
  walk(
    prefix: string,
    from: string,
    at: Revision | undefined,
    visit: (entry: Entry) => boolean,
  ): void {
    const versions = at === undefined ? this.#live : this.#heads;
    versions.walk(from > prefix ? from : prefix, (key, head) => {
      if (!key.startsWith(prefix)) return false;
      const version = at === undefined ? head.version : liveAt(head.version, at);
      return version ? visit(version.entry) : true;
    });
  }

  /** Number of current values under `prefix` not below `from`. */
  count(prefix: string, from: string): number {
    const end = `${prefix}\u{ffff}`;
    return Math.max(0, this.#live.rank(end) - this.#live.rank(from > prefix ? from : prefix));
  }

  *history(key: string): Generator<Written, void> {
    const forgotten = this.#forgets(key);
    for (let version = this.head(key); version; version = version.previous) {
      if (version.removed && (forgotten || !version.previous)) return;
      const { entry, removed, by, atMs } = version;
      yield { entry, removed, by, atMs };
      if (forgotten) return;
    }
  }

  /** Lets go of what neither the horizon nor the retention asks for. */
  trim(horizon: Revision, nowMs: number): void {
    const settled = this.#recent.findIndex(({ entry }) => entry.revision > horizon);
    for (const version of this.#recent.splice(0, settled < 0 ? this.#recent.length : settled))
      if (this.#forgets(version.entry.key)) this.#cut(version);
      else {
        this.#past.push(version);
        this.#historyBytes += bytesOf(version.previous!);
      }
    const oldestMs = nowMs - this.#retention.historyAgeMaxMs;
    for (; this.#pastStart < this.#past.length; this.#pastStart++) {
      const version = this.#past[this.#pastStart]!;
      const fits = this.#historyBytes <= this.#retention.historyBytesMax;
      if (fits && version.atMs >= oldestMs) break;
      this.#historyBytes -= bytesOf(version.previous!);
      this.#cut(version);
    }
    if (this.#pastStart * 2 < this.#past.length) return;
    this.#past = this.#past.slice(this.#pastStart);
    this.#pastStart = 0;
  }

  /** Forgets what `version` replaced, and a removal that nothing follows. */
  #cut(version: Version): void {
    this.#bytes -= bytesOf(version.previous!);
    version.previous = undefined;
    const { key } = version.entry;
    if (!version.removed || this.head(key) !== version) return;
    this.#byKey.delete(key);
    this.#heads.delete(key);
    this.#bytes -= bytesOf(version);
  }

  #forgets(key: string): boolean {
    return this.#retention.forgotten.some((prefix) => key.startsWith(prefix));
  }
}

function liveAt(head: Version | undefined, at: Revision): Version | undefined {
  let version = head;
  while (version && version.entry.revision > at) version = version.previous;
  return version?.removed ? undefined : version;
}
