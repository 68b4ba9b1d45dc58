/** A server that packs whatever it can, all the time, answers to the byte as one that packs nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@coxswain/base';
import { admin, adminToken, openWholeServer, type WholeServer } from '../testing/whole-server.ts';

const path = '/api/v1/namespaces/default/configmaps';
const texts = ['', '"', '\\', '<a>&b', 'ä한🙂', '\ud800', '\u2028', '}]{[,:', 'x'.repeat(700)];
const accepts = [
  'application/json',
  'application/vnd.kubernetes.protobuf',
  'application/json;as=Table;g=meta.k8s.io;v=v1',
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
];

/** Packs all that is kept of ConfigMaps, each beside another; how many of them were. */
function pack({ server: { engine } }: WholeServer): number {
  const cache = engine.catalog.all().find(({ resource }) => resource.kind === 'ConfigMap')!.cache!;
  let like: Uint8Array | undefined;
  let count = 0;
  cache.walk('', (_, cached) => {
    if (like) cached.packBeside(like);
    else like = cached.bytes;
    cached.object = cached.lent = cached.places = cached.protobuf = undefined;
    count += Number(cached.isPacked);
    return true;
  });
  return count;
}

/** One of the things that happen to ConfigMaps, by chance. */
async function act(whole: WholeServer, draw: () => number): Promise<void> {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(draw() * from.length)]!;
  const name = `map-${Math.floor(draw() * 12)}`;
  const data = Object.fromEntries(
    ['a', 'b', 'c'].map((key) => [key, pick(texts) + Math.floor(draw() * 99)]),
  );
  const metadata = { name, labels: { of: pick(['x', 'y']) } };
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata, data };
  const call = (method: string, target: string, type: string, body: object) =>
    whole.wire(target, {
      ...{ method, token: adminToken, body: JSON.stringify(body) },
      headers: { 'content-type': `application/${type}` },
    });
  const { code } = await pick([
    () => call('POST', path, 'json', object),
    () => call('PUT', `${path}/${name}`, 'json', object),
    () => call('PATCH', `${path}/${name}`, 'merge-patch+json', { data: { b: pick(texts) } }),
    () => call('PATCH', `${path}/${name}?fieldManager=m`, 'apply-patch+yaml', object),
    () => call('PATCH', `${path}/${name}`, 'merge-patch+json', { metadata: { finalizers: null } }),
    () => call('DELETE', `${path}/${name}`, 'json', {}),
  ])();
  assert.ok([200, 201, 404, 409].includes(code), String(code));
}

/** Every page of a list, from its first. */
async function pages(whole: WholeServer, query: string, accept: string): Promise<string[]> {
  const found: string[] = [];
  for (let next = ''; ;) {
    const { text } = await whole.wire(`${path}?${query}${next}`, {
      ...{ token: adminToken, headers: { accept } },
    });
    found.push(text);
    const [, token = ''] = /"continue":"([^"]+)"/.exec(text) ?? [];
    if (token === '') return found;
    next = `&continue=${encodeURIComponent(token)}`;
    query = query.replace(/resourceVersion(Match)?=\w+/g, '');
  }
}

/** What is answered after a life by chance. */
async function answers(seed: number, isPacking: boolean): Promise<readonly unknown[]> {
  await using whole = await openWholeServer();
  const draw = seededRandom(seed);
  const revisions: string[] = [];
  let packedCount = 0;
  for (let step = 0; step < 60; step++) {
    await act(whole, draw);
    if (isPacking) packedCount += pack(whole);
    if (step % 20 === 10) {
      const { metadata } = await whole
        .as(admin)
        .get<{ metadata: { resourceVersion: string } }>(path);
      revisions.push(metadata.resourceVersion);
    }
  }
  assert.equal(packedCount > 0, isPacking);
  const found: unknown[] = [];
  for (const accept of accepts)
    for (const query of ['', 'limit=3', 'labelSelector=of%3Dx&limit=2'])
      found.push(await pages(whole, query, accept));
  for (const revision of revisions) {
    const exact = `resourceVersion=${revision}&resourceVersionMatch=Exact&limit=3`;
    found.push(await pages(whole, exact, accepts[0]!), await changes(whole, revision));
  }
  return found;
}

/** All that a watch from an old revision sees. */
async function changes(whole: WholeServer, revision: string): Promise<readonly unknown[]> {
  const end = String(whole.server.engine.cache.revision);
  const abort = new AbortController();
  const seen: unknown[] = [];
  const query = { resourceVersion: revision, allowWatchBookmarks: 'true' };
  const watch = await whole.as(admin).watch(path, query, abort.signal);
  const reading = (async () => {
    for await (const batch of watch) seen.push(...batch.map(({ type, object }) => [type, object]));
  })();
  await whole.advance(60_000);
  abort.abort();
  await reading;
  assert.ok(JSON.stringify(seen).includes(`"resourceVersion":"${end}"`));
  return seen;
}

for (const seed of [1, 2, 3])
  test(`packed or not, the answers are the same: seed ${seed}`, async () => {
    const [plain, packed] = [await answers(seed, false), await answers(seed, true)];
    assert.deepEqual(packed, plain);
  });
