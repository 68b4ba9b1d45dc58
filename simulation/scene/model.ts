import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '@coxswain/api';
import type { Commit } from './store.ts';
import type { Request } from './requests.ts';

/** An object as the store has it. Leases, Events and the like come without their content. */
export interface Stored {
  readonly key: string;
  readonly revision: number;
  readonly object: Fields | undefined;
  readonly bytes: Uint8Array;
  /** Who wrote it first. */
  readonly creator: Request | undefined;
}

/** Objects of any kind, as JSON has them. */
export type Fields = KubeObject & Readonly<Record<string, any>>;

/** One object's change. */
export interface Step {
  readonly key: string;
  readonly kind: string;
  readonly revision: number;
  readonly atMs: number;
  readonly now: Stored | undefined;
  readonly before: Stored | undefined;
  readonly request: Request | undefined;
}

/** What changes all the time, and is of no interest here but for its revision. */
const opaque = new Set([
  ...['events', 'leases', 'clusterroles', 'clusterrolebindings'],
  'apiregistration.k8s.io/apiservices',
]);
const decoder = new TextDecoder();

/** The whole state of the store, decoded, and what was written at which revision: what all promises are held against. */
export class Model {
  /** Before it, nothing was looked at. */
  first = 0;
  #revision = 0;
  readonly #kinds = new Map<string, Map<string, Stored>>();
  readonly #log = new Map<number, readonly string[]>();

  get revision(): number {
    return this.#revision;
  }

  /** Takes a commit in, and tells what it changed. */
  take({ revision, changes, objects, request }: Commit, atMs: number): readonly Step[] {
    this.#revision = revision;
    this.first ||= revision;
    const steps: Step[] = [];
    for (const [at, change] of changes.entries()) {
      const key = 'put' in change ? change.put : change.remove;
      const kind = kindOf(key);
      const shelf = this.#shelf(kind);
      const before = shelf.get(key);
      let now: Stored | undefined;
      if ('put' in change) {
        const object = opaque.has(kind) ? undefined : (objects[at] as Fields);
        const creator = before ? before.creator : request;
        now = { key, revision, object, bytes: change.value, creator };
        shelf.set(key, now);
      } else shelf.delete(key);
      if (now || before) steps.push({ key, kind, revision, atMs, now, before, request });
    }
    this.#log.set(
      revision,
      steps.map(({ key }) => key),
    );
    return steps;
  }

  /** The keys that were written at a revision. */
  writtenAt(revision: number): readonly string[] {
    return this.#log.get(revision) ?? [];
  }

  get(key: string): Stored | undefined {
    return this.#kinds.get(kindOf(key))?.get(key);
  }

  /** Everything of a kind as the store names it: `pods`, `services/specs`. */
  all(kind: string): Iterable<Stored> {
    return this.#kinds.get(kind)?.values() ?? [];
  }

  /** The objects of a kind. */
  *objects(kind: string): Generator<Fields> {
    for (const { object } of this.all(kind)) if (object) yield object;
  }

  get kinds(): Iterable<string> {
    return this.#kinds.keys();
  }

  /** Keys whose bytes say something else than the object that was written with them. */
  *misspelt(): Generator<string> {
    for (const kind of this.kinds)
      for (const { key, object, bytes } of this.all(kind))
        if (object && !isDeepStrictEqual(plain(object), JSON.parse(decoder.decode(bytes))))
          yield key;
  }

  #shelf(kind: string): Map<string, Stored> {
    const found = this.#kinds.get(kind);
    if (found) return found;
    const made = new Map<string, Stored>();
    this.#kinds.set(kind, made);
    return made;
  }
}

/** An object as JSON has it; the store's bytes do not say their own revision. */
function plain({ metadata: { resourceVersion: _, ...metadata }, ...object }: Fields): unknown {
  return JSON.parse(JSON.stringify({ ...object, metadata }));
}

const root = '/registry/'.length;

/** `pods` of `/registry/pods/default/web`, `services/specs` of a Service. */
export function kindOf(key: string): string {
  const end = key.indexOf('/', root);
  const first = key.slice(root, end);
  return first === 'services' || first.includes('.')
    ? key.slice(root, key.indexOf('/', end + 1))
    : first;
}
