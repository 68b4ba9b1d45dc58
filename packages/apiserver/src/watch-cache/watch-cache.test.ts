import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, type KubeObject, type WatchEvent } from '@coxswain/api';
import type { Status } from '@coxswain/api/types/meta';
import { seededRandom } from '@coxswain/base';
import fc from 'fast-check';
import { openTestServer, type TestServer } from '../testing/server.ts';

const path = '/api/v1/namespaces/default/configmaps';
type List = { items: readonly KubeObject[]; metadata: Record<string, string | number> };

const object = (name: string, labels: Record<string, string> = {}, value = ''): KubeObject =>
  ({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name, labels },
    data: { value },
  }) as KubeObject;

/** Follows a watch until it is told to stop; what it has seen is in `events`. */
async function follow(
  server: TestServer,
  query: Record<string, string>,
  at = path,
): Promise<{ events: WatchEvent[]; stop: () => Promise<void>; done: Promise<void> }> {
  const abort = new AbortController();
  const events: WatchEvent[] = [];
  const watch = await server.watch(at, query, abort.signal);
  const iterator = watch[Symbol.asyncIterator]();
  const done = (async () => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next())
      events.push(...next.value);
  })();
  return {
    events,
    done,
    stop: async () => {
      await server.advance(0);
      server.server.engine.cache.endWatches();
      await done;
    },
  };
}

const brief = (events: readonly WatchEvent[]): readonly string[] =>
  events.map(
    ({ type, object: { metadata } }) =>
      `${type} ${metadata.name ?? ''} ${metadata.resourceVersion}`,
  );

test('a watch from a list sees what came after it, nothing twice, with the revision of each write', async () => {
  await using server = await openTestServer();
  await server.post(path, object('a'));
  const { metadata } = await server.get<List>(path);
  const watch = await follow(server, { resourceVersion: String(metadata['resourceVersion']) });
  await server.post(path, object('b'));
  await server.put(`${path}/b`, object('b', {}, '1'));
  await server.delete(`${path}/b`);
  await watch.stop();
  assert.deepEqual(brief(watch.events), ['ADDED b 2', 'MODIFIED b 3', 'DELETED b 4']);
});

test('a watch without a revision begins with the state', async () => {
  await using server = await openTestServer();
  await server.post(path, object('a'));
  const watch = await follow(server, {});
  await server.post(path, object('b'));
  await watch.stop();
  assert.deepEqual(brief(watch.events), ['ADDED a 1', 'ADDED b 2']);
});

test('WatchList ends its state with an annotated bookmark', async () => {
  await using server = await openTestServer();
  await server.post(path, object('a'));
  const watch = await follow(server, {
    sendInitialEvents: 'true',
    resourceVersionMatch: 'NotOlderThan',
    allowWatchBookmarks: 'true',
  });
  await watch.stop();
  assert.deepEqual(brief(watch.events), ['ADDED a 1', 'BOOKMARK  1']);
  assert.deepEqual(watch.events[1]!.object.metadata.annotations, {
    'k8s.io/initial-events-end': 'true',
  });
});

test('bookmarks come each minute and before the end, to those who asked', async () => {
  await using server = await openTestServer();
  await server.post(path, object('a'));
  const query = { resourceVersion: '1', timeoutSeconds: '90' };
  const asked = await follow(server, { ...query, allowWatchBookmarks: 'true' });
  const silent = await follow(server, query);
  await server.post('/api/v1/namespaces', {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: { name: 'n' },
  });
  await server.advance(91_000);
  await Promise.all([asked.done, silent.done]);
  assert.deepEqual(brief(asked.events), ['BOOKMARK  2', 'BOOKMARK  2']);
  assert.deepEqual(silent.events, []);
});

test('an object that begins or ends to match is ADDED or DELETED', async () => {
  await using server = await openTestServer();
  const watch = await follow(server, { labelSelector: 'on=yes' });
  await server.post(path, object('a', { on: 'no' }));
  await server.put(`${path}/a`, object('a', { on: 'yes' }));
  await server.put(`${path}/a`, object('a', { on: 'yes' }, '1'));
  await server.put(`${path}/a`, object('a', { on: 'no' }, '2'));
  await server.delete(`${path}/a`);
  await watch.stop();
  assert.deepEqual(brief(watch.events), ['ADDED a 2', 'MODIFIED a 3', 'DELETED a 4']);
  const last = watch.events[2]!.object as KubeObject & { data: unknown };
  assert.deepEqual(last.data, { value: '1' }, 'the last state that matched');
});

test('a pod moves into the watch of its node', async () => {
  await using server = await openTestServer();
  const pods = '/api/v1/namespaces/default/pods';
  const watches = await Promise.all(
    ['n1', 'n2'].map((node) =>
      follow(server, { fieldSelector: `spec.nodeName=${node}` }, '/api/v1/pods'),
    ),
  );
  const spec = { containers: [{ name: 'c', image: 'i' }] };
  await server.post(pods, { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p' }, spec });
  const target = { kind: 'Node', name: 'n1' };
  const binding = { kind: 'Binding', apiVersion: 'v1', metadata: { name: 'p' }, target };
  await server.post(`${pods}/p/binding`, binding);
  await watches[0]!.stop();
  await watches[1]!.done;
  assert.deepEqual(brief(watches[0]!.events), ['ADDED p 2']);
  assert.deepEqual(watches[1]!.events, []);
  const listed = await server.get<List>(pods, { fieldSelector: 'spec.nodeName=n1' });
  assert.equal(listed.items.length, 1);
});

test('a watch from before the horizon is refused with 410', async () => {
  await using server = await openTestServer();
  for (const name of ['a', 'b', 'c']) await server.post(path, object(name));
  await server.storage.compact(3);
  // The cache still knows: its own window reaches back to where the server began.
  const watch = await follow(server, { resourceVersion: '1' });
  await watch.stop();
  assert.deepEqual(brief(watch.events), ['ADDED b 2', 'ADDED c 3']);
  await server.advance(6 * 60_000);
  await server.post(path, object('d'));
  const late = await follow(server, { resourceVersion: '1' });
  await late.done;
  const [event] = late.events;
  assert.equal(event?.type, 'ERROR');
  const { code, reason, message } = event.object as unknown as Status;
  assert.deepEqual([code, reason, message], [410, 'Expired', 'too old resource version: 1 (3)']);
});

test('the state of a list that goes on is kept for a while, and its pages are right after that too', async () => {
  await using server = await openTestServer();
  for (const name of ['a', 'b', 'c']) await server.post(path, object(name));
  const cache = server.server.engine.catalog.get('', 'v1', 'configmaps')!.cache!;
  const { metadata } = await server.get<List>(path, { limit: '1' });
  const rest = async (): Promise<readonly unknown[]> => {
    const page = await server.get<List>(path, { continue: String(metadata['continue']) });
    return page.items.map((each) => each.metadata.name);
  };
  for (const [name, isKept] of [
    ['d', true],
    ['e', false],
  ] as const) {
    await server.post(path, object(name));
    assert.equal(cache.at(3) !== undefined, isKept);
    assert.deepEqual(await rest(), ['b', 'c']);
    await server.advance(6 * 60_000);
  }
});

test('a slow watcher is ended, and loses nothing silently', async () => {
  await using server = await openTestServer();
  const watch = await server.watch(path, { resourceVersion: '0' }, new AbortController().signal);
  const iterator = watch[Symbol.asyncIterator]();
  await server.post(path, object('a'));
  await iterator.next();
  const value = 'x'.repeat(10);
  for (let i = 0; i < 17_000; i++) await server.put(`${path}/a`, object('a', {}, value + i));
  let seen = 0;
  for (let next = await iterator.next(); !next.done; next = await iterator.next())
    seen += next.value.length;
  assert.ok(seen > 16_000 && seen < 17_000, String(seen));
});

type Step = { readonly name: string; readonly on: boolean; readonly act: 'put' | 'delete' };
const steps = fc.array(
  fc.record<Step>({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    on: fc.boolean(),
    act: fc.constantFrom('put', 'put', 'delete'),
  }),
  { maxLength: 40 },
);

async function take(server: TestServer, { name, on, act }: Step, i: number): Promise<void> {
  const ignore = (): void => {};
  if (act === 'delete') return server.delete<void>(`${path}/${name}`).catch(ignore);
  const next = object(name, { on: String(on) }, String(i));
  await server.post(path, next).catch(() => server.put(`${path}/${name}`, next));
}

test('list + watch = state, for every selector and from every revision', async () => {
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.nat(39),
      fc.constantFrom('', 'on=true'),
      async (all, at, labelSelector) => {
        await using server = await openTestServer();
        for (const [i, step] of all.slice(0, at).entries()) await take(server, step, i);
        const query = labelSelector ? { labelSelector } : {};
        const list = await server.get<List>(path, query);
        const seen = new Map(list.items.map((item) => [item.metadata.name, item]));
        const from = String(list.metadata['resourceVersion']);
        const watch = await follow(server, { ...query, resourceVersion: from === '0' ? '' : from });
        for (const [i, step] of all.slice(at).entries()) await take(server, step, i + at);
        await watch.stop();
        for (const {
          type,
          object: { metadata },
          object: item,
        } of watch.events)
          if (type === 'DELETED') seen.delete(metadata.name);
          else seen.set(metadata.name, item);
        const now = await server.get<List>(path, query);
        const byName = [...seen.values()].toSorted((a, b) =>
          a.metadata.name < b.metadata.name ? -1 : 1,
        );
        assert.deepEqual(byName, now.items);
      },
    ),
    { numRuns: 60 },
  );
});

test('pages show one revision while others write', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.integer(), async (limit, seed) => {
      await using server = await openTestServer();
      const random = seededRandom(seed);
      for (let i = 0; i < 20; i++)
        await server.post(path, object(`o${String(i).padStart(2, '0')}`));
      const whole = await server.get<List>(path);
      const items: KubeObject[] = [];
      let query: Record<string, string> = { limit: String(limit) };
      for (;;) {
        const page = await server.get<List>(path, query);
        assert.equal(page.metadata['resourceVersion'], whole.metadata['resourceVersion']);
        items.push(...page.items);
        const token = page.metadata['continue'];
        if (!token) break;
        assert.equal(page.metadata['remainingItemCount'], 20 - items.length);
        query = { limit: String(limit), continue: String(token) };
        const name = `o${String(Math.floor(random() * 25)).padStart(2, '0')}`;
        await take(server, { name, on: true, act: random() < 0.5 ? 'put' : 'delete' }, 1);
      }
      assert.deepEqual(items, whole.items);
    }),
    { numRuns: 40 },
  );
});

test('a token that has expired comes with one that goes on at the newest state', async () => {
  await using server = await openTestServer();
  for (const name of ['a', 'b', 'c']) await server.post(path, object(name));
  const first = await server.get<List>(path, { limit: '1' });
  const old = Buffer.from(String(first.metadata['continue']), 'base64url').toString();
  const token = Buffer.from(old.replace('"rv":3', '"rv":1')).toString('base64url');
  await server.storage.compact(3);
  const error: unknown = await server.get(path, { limit: '1', continue: token }).catch((e) => e);
  assert.ok(error instanceof ApiError);
  assert.deepEqual([error.code, error.reason], [410, 'Expired']);
  const rest = await server.get<List>(path, { continue: error.metadata.continue! });
  assert.deepEqual(
    rest.items.map(({ metadata }) => metadata.name),
    ['b', 'c'],
  );
});

const states = [
  { name: 'any', query: { resourceVersion: '0' }, names: ['a', 'b', 'c'] },
  { name: 'not older', query: { resourceVersion: '2' }, names: ['a', 'b', 'c'] },
  {
    name: 'exact',
    query: { resourceVersion: '2', resourceVersionMatch: 'Exact' },
    names: ['a', 'b'],
  },
  { name: 'exact by limit', query: { resourceVersion: '1', limit: '9' }, names: ['a'] },
];
for (const { name, query, names } of states)
  test(`list at a revision: ${name}`, async () => {
    await using server = await openTestServer();
    for (const each of ['a', 'b', 'c']) await server.post(path, object(each));
    const list = await server.get<List>(path, query as Record<string, string>);
    assert.deepEqual(
      list.items.map(({ metadata }) => metadata.name),
      names,
    );
  });
