import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { KubeObject, WatchEvent } from '@coxswain/api';
import { virtualWorld } from '@coxswain/base';
import { openMemoryStorage } from '@coxswain/storage/memory';
import {
  admin,
  adminToken as token,
  openWholeServer,
  type WholeServer,
} from '../testing/whole-server.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const name = 'boats.example.com';
const boats = (version: string): string => `/apis/example.com/${version}/boats`;

const version = (each: string, storage: boolean, served = true): object => ({
  ...{ name: each, served, storage },
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'string' } } } },
});
const definition = (...versions: readonly object[]): object => ({
  metadata: { name },
  spec: {
    ...{ group: 'example.com', scope: 'Cluster', versions },
    names: { plural: 'boats', kind: 'Boat' },
  },
});

let whole: WholeServer;
before(async () => {
  whole = await openWholeServer();
});
after(() => whole[Symbol.asyncDispose]());

interface Document {
  readonly info: object;
  readonly paths: Record<
    string,
    Record<
      string,
      { readonly responses: object; readonly parameters?: readonly { readonly name: string }[] }
    >
  >;
  readonly components: {
    readonly schemas: Record<string, object>;
    readonly securitySchemes?: object;
  };
}

test('a definition in public: told as upstream tells custom resources', async () => {
  const root = whole.as(admin);
  await root.post(definitions, definition(version('v1', true)));
  await whole.advance(100);
  const { object } = await whole.wire<Document>('/openapi/v3/apis/example.com/v1', { token });
  assert.deepEqual(object.info, { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' });
  assert.deepEqual(Object.keys(object.paths), [boats('v1'), `${boats('v1')}/{name}`]);
  assert.equal(object.components.securitySchemes, undefined);
  assert.ok(!('io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent' in object.components.schemas));
  const one = object.paths[`${boats('v1')}/{name}`]!;
  assert.deepEqual(Object.keys(one.patch!.responses), ['200', '401']);
  assert.deepEqual(
    one.get!.parameters?.map((each) => each.name),
    ['resourceVersion'],
  );
  const { paths } = (await whole.wire<{ paths: object }>('/openapi/v3', { token })).object;
  assert.ok(!('apis/example.com' in paths));
  await root.delete(`${definitions}/${name}`);
  await whole.advance(100);
});

test('a definition goes with its objects, though no version is served any longer', async () => {
  const root = whole.as(admin);
  await root.post(definitions, definition(version('v1', true)));
  await whole.advance(100);
  await root.post(boats('v1'), { metadata: { name: 'gig' }, spec: 'four' });
  const made = await root.get<KubeObject>(`${definitions}/${name}`);
  await root.put(`${definitions}/${name}`, {
    ...made,
    ...definition(version('v1', true, false)),
    metadata: made.metadata,
  });
  await whole.advance(100);
  assert.equal((await whole.wire(boats('v1'), { token })).code, 404);
  await root.delete(`${definitions}/${name}`);
  await whole.advance(100);
  assert.equal((await whole.wire(`${definitions}/${name}`, { token })).code, 404);
  await root.post(definitions, definition(version('v1', true)));
  await whole.advance(100);
  const { items } = await root.get<{ items: readonly object[] }>(boats('v1'));
  assert.deepEqual(items, []);
  await root.delete(`${definitions}/${name}`);
  await whole.advance(100);
});

test('after a restart what was defined is served, and a watch shows objects in its own version', async () => {
  const world = virtualWorld();
  await using storage = openMemoryStorage(world);
  {
    await using first = await openWholeServer({ world, storage });
    const root = first.as(admin);
    await root.post(definitions, definition(version('v1', true), version('v2', false)));
    await first.advance(100);
    await root.post(boats('v1'), { metadata: { name: 'gig' }, spec: 'four' });
  }
  await using second = await openWholeServer({ world, storage });
  const root = second.as(admin);
  const kept = await root.get<KubeObject>(`${boats('v2')}/gig`);
  assert.deepEqual([kept.apiVersion, (kept as { spec?: string }).spec], ['example.com/v2', 'four']);
  const stop = new AbortController();
  const seen: WatchEvent[] = [];
  const watching = (async (): Promise<void> => {
    for await (const event of second.stream(`${boats('v2')}?watch=1`, {
      token,
      signal: stop.signal,
    })) {
      seen.push(event);
      if (seen.length === 2) return;
    }
  })();
  await second.advance(10);
  await root.post(boats('v1'), { metadata: { name: 'scull' }, spec: 'one' });
  await watching;
  stop.abort();
  assert.deepEqual(
    seen.map(({ type, object }) => [type, object.apiVersion, (object as KubeObject).metadata.name]),
    [
      ['ADDED', 'example.com/v2', 'gig'],
      ['ADDED', 'example.com/v2', 'scull'],
    ],
  );
});
