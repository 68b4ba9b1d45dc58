import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestServer } from '../testing/server.ts';
import { ApiError } from '@coxswain/api';
import { chain } from './chain.ts';
import type { Request, Station } from './station.ts';

const order = [
  'metrics',
  'panic-net',
  'deadline',
  'authenticate',
  'audit',
  'priority-and-fairness',
  'authorize',
  'spy',
  'pages',
  'discovery',
  'openapi',
];

const path = '/api/v1/namespaces/default/configmaps';
const configMap = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } };
const calls = [
  { verb: 'create', method: 'POST', path, body: configMap },
  { verb: 'get', method: 'GET', path: `${path}/a` },
  { verb: 'list', method: 'GET', path },
  { verb: 'watch', method: 'GET', path, query: { watch: 'true' } },
  { verb: 'update', method: 'PUT', path: `${path}/a`, body: configMap },
  {
    verb: 'patch',
    method: 'PATCH',
    path: `${path}/a`,
    body: {},
    type: 'application/merge-patch+json',
  },
  { verb: 'delete', method: 'DELETE', path: `${path}/a` },
  { verb: 'deletecollection', method: 'DELETE', path },
] as const;

test("every verb passes every station, in upstream's order", async () => {
  await using server = await openTestServer();
  const seen: string[] = [];
  server.server.addStation({
    name: 'spy',
    pass(request, next) {
      seen.push(request.info.verb);
      assert.equal(request.user?.name, 'admin');
      return next(request);
    },
  });
  assert.deepEqual(server.server.stations, order);
  const user = { name: 'admin', groups: ['system:masters'] };
  const signal = new AbortController().signal;
  for (const call of calls)
    await server.server.handle({
      method: call.method,
      path: call.path,
      query: 'query' in call ? call.query : {},
      body: 'body' in call ? call.body : undefined,
      patchType: 'type' in call ? call.type : undefined,
      user,
      agent: 'test',
      signal,
    });
  assert.deepEqual(
    seen,
    calls.map(({ verb }) => verb),
  );
});

test('stations run in order and may look at the answer', async () => {
  const seen: string[] = [];
  const station = (name: string): Station => ({
    name,
    async pass(request, next) {
      seen.push(`> ${name}`);
      const response = await next(request);
      seen.push(`< ${name}`);
      return response;
    },
  });
  const way = chain([station('a'), station('b')], async () => ({
    as: 'object',
    code: 200,
    object: {},
  }));
  await way({} as Request);
  assert.deepEqual(seen, ['> a', '> b', '< b', '< a']);
});

test('what nobody foresaw becomes a 500 Status', async () => {
  await using server = await openTestServer();
  server.server.addStation({
    name: 'broken',
    pass: () => Promise.reject(new TypeError('no such thing')),
  });
  const error: unknown = await server.get(path).catch((caught: unknown) => caught);
  assert.ok(error instanceof ApiError);
  assert.deepEqual(
    [error.code, error.reason, error.message],
    [500, 'InternalError', 'Internal error occurred: no such thing'],
  );
});
