import type { KubeObject } from '@coxswain/api';
import type { Commit } from './store.ts';
import type { Request } from './requests.ts';

/** An object as the store has it. Leases, Events and the like come without their content. */
export interface Stored {
  readonly key: string;
  readonly revision: number;
  readonly object: Fields | undefined;
  /** Who wrote it first. */
  readonly creator: Request | undefined;
}

/** Objects of any kind, as JSON has them. */
export type Fields = KubeObject & Readonly<Record<string, any>>;

/** One object's change. */
export interface Step {
  readonly key: string;
  readonly revision: number;
  readonly atMs: number;
  readonly now: Stored | undefined;
  readonly before: Stored | undefined;
  readonly request: Request | undefined;
}

/** What changes all the time, and is of no interest here but for its revision. */
const opaque = /^\/registry\/(events|leases|clusterroles|clusterrolebindings|apiregistration)/;
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
  take({ revision, changes, request }: Commit, atMs: number): readonly Step[] {
    this.#revision = revision;
    this.first ||= revision;
    const steps: Step[] = [];
    for (const change of changes) {
      const key = 'put' in change ? change.put : change.remove;
      const shelf = this.#shelf(kindOf(key));
      const before = shelf.get(key);
      let now: Stored | undefined;
      if ('put' in change) {
        const object = opaque.test(key)
          ? undefined
          : (JSON.parse(decoder.decode(change.value)) as Fields);
        now = { key, revision, object, creator: before ? before.creator : request };
        shelf.set(key, now);
      } else shelf.delete(key);
      if (now || before) steps.push({ key, revision, atMs, now, before, request });
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

  #shelf(kind: string): Map<string, Stored> {
    const found = this.#kinds.get(kind);
    if (found) return found;
    const made = new Map<string, Stored>();
    this.#kinds.set(kind, made);
    return made;
  }
}

/** `pods` of `/registry/pods/default/web`, `services/specs` of a Service. */
export function kindOf(key: string): string {
  const [, , first = '', second = ''] = key.split('/');
  return first === 'services' || first.includes('.') ? `${first}/${second}` : first;
}
