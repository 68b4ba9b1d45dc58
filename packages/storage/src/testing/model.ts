import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Change, Revision } from '../storage.ts';
import {
  author,
  type Fixture,
  openFixture,
  type OpenStorage,
  put,
  readWatch,
  remove,
  text,
} from './fixture.ts';

/** The simplest store there is: every state it ever had. */
class Model {
  readonly states: ReadonlyMap<string, { value: string; revision: Revision; created: Revision }>[] =
    [new Map()];
  horizon = 0;

  get current(): Revision {
    return this.states.length - 1;
  }

  commit(changes: readonly Change[]): boolean {
    const now = this.states.at(-1)!;
    const next = new Map(now);
    const revision = this.current + 1;
    let changed = false;
    for (const change of changes) {
      const key = 'put' in change ? change.put : change.remove;
      const { expect } = change;
      if (expect !== undefined && expect !== (now.get(key)?.revision ?? 0)) return false;
    }
    for (const change of changes)
      if ('remove' in change) changed = next.delete(change.remove) || changed;
      else {
        changed = true;
        const created = now.get(change.put)?.created ?? revision;
        next.set(change.put, { value: text(change.value), revision, created });
      }
    if (changed) this.states.push(next);
    return true;
  }

  list(at: Revision): readonly string[] {
    const entries = [...this.states[at]!].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return entries.map(
      ([key, { value, revision, created }]) => `${key}=${value}@${revision}/${created}`,
    );
  }
}

type Op =
  | {
      readonly do: 'commit';
      readonly changes: readonly { key: number; kind: number; value: number }[];
    }
  | { readonly do: 'compact' | 'list'; readonly share: number };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const change = fc.record({ key: fc.nat(9), kind: fc.nat(4), value: fc.nat(99) });
const changes = fc.uniqueArray(change, { minLength: 1, maxLength: 4, selector: ({ key }) => key });
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('commit' as const), changes }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const), share }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('list' as const), share }) },
);

const keyOf = (n: number): string => `/${n % 2 ? 'p' : 'q'}/${n}`;

function changeOf(
  model: Model,
  { key, kind, value }: { key: number; kind: number; value: number },
): Change {
  const name = keyOf(key);
  const stands = model.states.at(-1)!.get(name)?.revision ?? 0;
  if (kind === 0) return remove(name);
  if (kind === 1) return remove(name, stands);
  if (kind === 2) return put(name, `${value}`, value % 5 === 0 ? stands + 1 : stands);
  return put(name, `${value}`);
}

async function runOps({ store }: Fixture, model: Model, ops: readonly Op[]): Promise<void> {
  for (const op of ops)
    if (op.do === 'commit') {
      const changes = op.changes.map((one) => changeOf(model, one));
      const done = model.commit(changes);
      const committed = await store.commit(changes, author);
      assert.equal(committed.done, done);
      if (committed.done) assert.equal(committed.revision, model.current);
    } else {
      const at = model.horizon + Math.floor(op.share * (model.current - model.horizon));
      if (op.do === 'compact') await store.compact((model.horizon = at));
      const { entries } = await store.list('', { at });
      const lines = entries.map(
        ({ key, value, revision, created }) => `${key}=${text(value)}@${revision}/${created}`,
      );
      assert.deepEqual(lines, model.list(at));
    }
}

/** Replays the watch from `after` over the state at `after`: it must end in the newest state. */
async function checkReplay({ store }: Fixture, model: Model, after: Revision): Promise<void> {
  if (model.current === after) return;
  const state = new Map(model.states[after]);
  for (const seen of await readWatch(store, '', after, model.current)) {
    if (seen.type === 'progress') continue;
    const { key, value, revision, created } = seen.entry;
    const was = seen.before && {
      value: text(seen.before.value),
      revision: seen.before.revision,
      created: seen.before.created,
    };
    assert.deepEqual(was, state.get(key));
    if (seen.type === 'put') state.set(key, { value: text(value), revision, created });
    else assert.ok(state.delete(key));
  }
  assert.deepEqual(state, new Map(model.states.at(-1)));
}

export function modelSuite(open: OpenStorage): void {
  test('any history of operations equals the model, and every watch replays to the state', async () => {
    const property = fc.asyncProperty(
      fc.array(op, { minLength: 5, maxLength: 120, size: 'max' }),
      async (ops) => {
        await using fixture = await openFixture(open, { historyBytesMax: 40 });
        const model = new Model();
        await runOps(fixture, model, ops);
        for (let after = model.horizon; after <= model.current; after += 7)
          await checkReplay(fixture, model, after);
      },
    );
    await fc.assert(property, { numRuns: 30 });
  });
}
