import type { Change, Entry, Revision, Storage } from '../storage.ts';
import { author, bytes, text } from './fixture.ts';

/** What a client saw of a key. */
export interface Sight {
  readonly revision: Revision; // 0: nothing stood there
  readonly value: string;
}

/** What a client asked for, and what came of it; a question without an end had an outcome that nobody knows. */
export type Step =
  | {
      readonly id: string;
      readonly asks: 'read' | 'put' | 'remove';
      readonly key: string;
      readonly value: string; // '' but for puts, where it is no other's
      readonly expect: Revision | null; // null: no matter
    }
  | { readonly id: string; readonly read: Sight }
  | { readonly id: string; readonly done: Revision }
  | { readonly id: string; readonly refused: Sight };

export interface ClientsWanted {
  readonly clients: number;
  /** Questions of each. */
  readonly each: number;
  readonly random: () => number;
  /** Told at once, so that the order of steps is the order in time. */
  readonly record: (step: Step) => void;
  /** Sets these clients apart from those of an earlier run. */
  readonly name: string;
}

const keys = ['/k/a', '/k/b', '/k/c'];
const nothing: Sight = { revision: 0, value: '' };
const sightOf = (entry: Entry | undefined): Sight =>
  entry ? { revision: entry.revision, value: text(entry.value) } : nothing;

/** Clients that read, write, compare and remove a few keys at the same time. A question that fails has no end. */
export async function runClients(store: Storage, wanted: ClientsWanted): Promise<void> {
  const { clients, each, random, record, name } = wanted;
  const client = async (_: unknown, number: number): Promise<void> => {
    const seen = new Map<string, Revision>();
    for (let n = 0; n < each; n++) {
      const id = `${name}.${number}.${n}`;
      const key = keys[Math.floor(random() * keys.length)]!;
      const step = await ask(store, { id, key, lot: random(), seen: seen.get(key) }, record).catch(
        () => undefined,
      );
      if (!step) continue;
      record(step);
      if ('read' in step) seen.set(key, step.read.revision);
      else if ('refused' in step) seen.set(key, step.refused.revision);
      else if ('done' in step) seen.set(key, step.done);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

interface Question {
  readonly id: string;
  readonly key: string;
  readonly lot: number; // decides what is asked
  readonly seen: Revision | undefined;
}

async function ask(
  store: Storage,
  { id, key, lot, seen }: Question,
  record: (step: Step) => void,
): Promise<Step> {
  if (lot < 0.4) {
    record({ id, asks: 'read', key, value: '', expect: null });
    return { id, read: sightOf(await store.get(key)) };
  }
  const removes = lot > 0.9;
  const expect = lot < 0.75 || lot > 0.95 ? (seen ?? 0) : null;
  const value = removes ? '' : id;
  record({ id, asks: removes ? 'remove' : 'put', key, value, expect });
  const change: Change = removes
    ? { remove: key, expect: expect ?? undefined }
    : { put: key, value: bytes(value), expect: expect ?? undefined };
  const committed = await store.commit([change], author);
  if (committed.done) return { id, done: committed.revision };
  return { id, refused: sightOf(committed.found) };
}
