import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@coxswain/base';
import type { Revision, Seen, Storage } from '../storage.ts';
import { runClients, type Sight, type Step } from './clients.ts';
import { openFixture, type OpenStorage, put, readWatch, showSeen, text } from './fixture.ts';

interface Version {
  readonly revision: Revision;
  readonly value: string | undefined; // undefined: removed
}

/** All that happened, as a watch from `after` to `until` tells it; each event must follow from those before. */
export async function readLog(
  store: Storage,
  after: Revision,
  until: Revision,
): Promise<ReadonlyMap<string, readonly Version[]>> {
  const log = new Map<string, Version[]>();
  let last = after;
  if (until === after) return log;
  for (const seen of await readWatch(store, '', after, until)) {
    if (seen.type === 'progress') continue;
    const { key, revision, value } = seen.entry;
    if (revision > until) break;
    assert.ok(revision > last, `the watch went from ${last} to ${revision}`);
    last = revision;
    const line = log.get(key) ?? [];
    const before = line.at(-1)?.value;
    assert.equal(seen.before && text(seen.before.value), before, `before ${showSeen(seen)}`);
    line.push({ revision, value: seen.type === 'put' ? text(value) : undefined });
    log.set(key, line);
  }
  return log;
}

/**
 * Whether `steps` are a history that one client after the other could have made. The store's revisions give the order of
 * writes; a question that ended before another began must not come after it.
 */
export function checkHistory(
  steps: readonly Step[],
  log: ReadonlyMap<string, readonly Version[]>,
): void {
  const asked = new Map<string, Extract<Step, { asks: string }> & { readonly known: Revision }>();
  let known = 0; // the newest revision that any answer so far has shown
  const versionsOf = (key: string): readonly Version[] => log.get(key) ?? [];
  const sees = (id: string, key: string, sight: Sight, since: Revision): void => {
    const line = versionsOf(key);
    const goneAt = (at: number): Revision => line[at + 1]?.revision ?? Infinity;
    if (sight.revision === 0) {
      const wasAbsent = line.some(({ value }, at) => value === undefined && goneAt(at) > since);
      assert.ok(goneAt(-1) > since || wasAbsent, `${id} did not see ${key}, though it was there`);
      return;
    }
    const at = line.findIndex(({ revision }) => revision === sight.revision);
    assert.equal(line[at]?.value, sight.value, `${id} saw what never was`);
    assert.ok(goneAt(at) > since, `${id} saw ${key} as it was before ${since}`);
    assert.ok(asked.has(sight.value), `${id} saw ${sight.value} before it was asked for`);
  };
  for (const step of steps) {
    if ('asks' in step) {
      asked.set(step.id, { ...step, known });
      continue;
    }
    const { key, value, expect, known: since } = asked.get(step.id)!;
    if ('read' in step) {
      sees(step.id, key, step.read, since);
      known = Math.max(known, step.read.revision);
    } else if ('refused' in step) {
      assert.notEqual(step.refused.revision, expect);
      sees(step.id, key, step.refused, since);
      known = Math.max(known, step.refused.revision);
      assert.ok(!versionsOf(key).some((each) => each.value === step.id), `${step.id} was refused`);
    } else {
      const line = versionsOf(key);
      const isRemoval = value === '';
      // A removal of nothing takes no revision, and names the newest, whosever that is.
      const isNoWrite = isRemoval && expect === 0;
      const at = isNoWrite ? -1 : line.findIndex(({ revision }) => revision === step.done);
      if (!isRemoval || at >= 0) assert.equal(line[at]?.value, isRemoval ? undefined : value);
      if (at >= 0 && expect !== null) {
        const before = line[at - 1];
        assert.equal(before?.value === undefined ? 0 : before.revision, expect, step.id);
      }
      if (at >= 0 && !isRemoval) assert.ok(step.done > since, `${step.id} came before ${since}`);
      known = Math.max(known, step.done);
    }
  }
  for (const line of log.values())
    for (const { value } of line)
      if (value !== undefined) assert.ok(asked.has(value), `${value} was never asked for`);
}

const rounds = 5;

/** Concurrent histories without crashes; those with them are each store's own. */
export function linearSuite(open: OpenStorage): void {
  test('concurrent histories are linearizable, and every watch tells the same', async () => {
    for (let seed = 1; seed <= rounds; seed++) {
      await using fixture = await openFixture(open);
      const { store, write } = fixture;
      const steps: Step[] = [];
      const random = seededRandom(seed);
      const watches: Promise<readonly Seen[]>[] = [];
      const watch = async (after: Revision): Promise<readonly Seen[]> => {
        const all: Seen[] = [];
        for await (const batch of store.watch('/k/', after, new AbortController().signal)) {
          all.push(...batch.filter(({ type }) => type !== 'progress'));
          if (
            batch.some((seen) =>
              seen.type === 'progress' ? seen.revision >= last : seen.entry.revision >= last,
            )
          )
            break;
        }
        return all;
      };
      let last = Infinity;
      const record = (step: Step): void => {
        steps.push(step);
        if (steps.length % 100 === 50 && 'done' in step) watches.push(watch(step.done));
      };
      await runClients(store, { clients: 8, each: 40, random, record, name: 's' });
      last = await write(put('/z', 'end'));
      checkHistory(steps, await readLog(store, 0, last - 1));
      const all = (await readWatch(store, '/k/', 0, last)).filter(
        ({ type }) => type !== 'progress',
      );
      for (const seen of await Promise.all(watches))
        assert.deepEqual(seen.map(showSeen), all.slice(all.length - seen.length).map(showSeen));
    }
  });
}
