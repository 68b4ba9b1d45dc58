/** Spans of requests, as a collector gets them over OTLP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemWorld } from '@coxswain/base';
import { adminToken, openWholeServer } from '../testing/whole-server.ts';
import { tracingSettings } from './configuration.ts';
import { openTracing } from './export.ts';
import { type CollectedSpan, openCollector } from './testing/collector.ts';
import { samples, traceContextOf } from './trace-context.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const caller = 'b7ad6b7169203331';
const traceparent = `00-${trace}-${caller}-01`;
const maps = '/api/v1/namespaces/default/configmaps';

async function opened(perMillion: number) {
  const collector = await openCollector();
  const tracing = openTracing({ endpoint: collector.endpoint, perMillion }, systemWorld());
  const whole = await openWholeServer({ tracer: tracing.tracer });
  return {
    whole,
    /** What was collected of requests over the wire, once all is handed over. */
    spans: async (): Promise<readonly CollectedSpan[]> => {
      await whole[Symbol.asyncDispose]();
      await tracing[Symbol.asyncDispose]();
      await collector[Symbol.asyncDispose]();
      return collector.spans;
    },
  };
}

test("tracing: a write under the caller's trace", async () => {
  const { whole, spans } = await opened(0);
  const { code } = await whole.wire(maps, {
    ...{ method: 'POST', token: adminToken, body: '{"metadata":{"name":"m"}}' },
    headers: {
      ...{ traceparent, host: 'api.test:6443', accept: 'application/json' },
      ...{ 'content-type': 'application/json', 'content-length': '25' },
    },
  });
  assert.equal(code, 201);
  const found = await spans();
  const names = ['audit', 'constrainedimpersonation', 'priorityandfairness', 'authorization'];
  const line = (child: CollectedSpan | undefined): CollectedSpan[] =>
    child ? [...line(found.find(({ id }) => id === child.parent)), child] : [];
  const write = line(found.find(({ name }) => name === 'Create etcd3'));
  assert.deepEqual(
    write.map(({ name, kind, status }) => [name, kind, status]),
    [
      ['POST /api/v1/namespaces/{:namespace}/configmaps', 2, 0],
      ...[...names, 'Create', 'Create etcd3'].map((name) => [name, 1, 0]),
    ],
  );
  assert.deepEqual(
    [write[0]!.parent, ...new Set(found.map((each) => each.trace))],
    [caller, trace],
  );
  const audit = { 'audit-id': 'audit' };
  assert.deepEqual(write[0]!.attributes, {
    'server.address': 'api.test',
    'http.request.method': 'POST',
    'url.scheme': 'https',
    'server.port': 6443,
    'network.peer.address': '127.0.0.1',
    'user_agent.original': 'test/1',
    'client.address': '127.0.0.1',
    'url.path': maps,
    'http.target': maps,
    ...audit,
    'http.request.body.size': 25,
    'http.response.status_code': 201,
  });
  assert.deepEqual(write[5]!.attributes, {
    ...{ accept: 'application/json', ...audit, client: '127.0.0.1', 'api-group': '' },
    ...{ 'api-version': 'v1', name: '', subresource: '', namespace: 'default' },
    ...{
      resource: 'configmaps',
      scope: 'resource',
      url: maps,
      'user-agent': 'test/1',
      verb: 'POST',
    },
  });
  assert.deepEqual(write[6]!.attributes, {
    ...{ ...audit, key: '/configmaps/default/m', group: '', resource: 'configmaps' },
  });
  assert.deepEqual(write[0]!.resource['service.name'], 'apiserver');
});

for (const [name, perMillion, headers, token, want] of [
  ['an administrator goes on with a trace', 0, { traceparent }, adminToken, [caller, 0]],
  [
    'a trace that the caller does not keep',
    1_000_000,
    { traceparent: traceparent.replace(/1$/, '0') },
    adminToken,
    undefined,
  ],
  [
    'anybody else begins a trace, linked to the caller',
    1_000_000,
    { traceparent },
    undefined,
    ['', 1],
  ],
  ['and none where none is sampled', 0, { traceparent }, undefined, undefined],
  ['no trace of the caller', 1_000_000, {}, adminToken, ['', 0]],
] as const)
  test(`tracing: ${name}`, async () => {
    const { whole, spans } = await opened(perMillion);
    await whole.wire('/version', {
      headers: headers as Record<string, string>,
      ...(token && { token }),
    });
    const found = (await spans()).find(({ name: one }) => one === 'GET');
    assert.deepEqual(found && [found.parent, found.links.length], want);
  });

test('tracing: who is refused, and watches, which last until they end', async () => {
  const { whole, spans } = await opened(1_000_000);
  await whole.wire(maps);
  const end = new AbortController();
  for await (const _ of whole.stream(
    `${maps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    {
      ...{ token: adminToken, signal: end.signal },
    },
  ))
    break;
  end.abort();
  const codes = (await spans())
    .filter(({ attributes }) => attributes['user_agent.original'] === 'test/1')
    .map(({ attributes }) => attributes['http.response.status_code']);
  assert.deepEqual(codes, [403, 200]);
});

for (const [header, want] of [
  [traceparent, true],
  [traceparent.replace(/1$/, '0'), false],
  ['', undefined],
  [`01-${trace}-${caller}-01-more`, true],
  [`00-${trace}-${caller}-01-more`, undefined],
  [`ff-${trace}-${caller}-01`, undefined],
  [`00-${'0'.repeat(32)}-${caller}-01`, undefined],
  [`00-${trace.toUpperCase()}-${caller}-01`, undefined],
] as const)
  test(`traceparent: "${header}"`, () =>
    assert.equal(traceContextOf({ traceparent: header })?.isSampled, want));

test('tracing: a part of all traces is sampled by their ids', () => {
  const of = (part: string): string => `${'a'.repeat(16)}${part}${'0'.repeat(12)}`;
  assert.equal(samples(of('0000'), 1), true);
  assert.equal(samples(of('7fff'), 500_000), true);
  assert.equal(samples(of('8001'), 500_000), false);
  assert.equal(samples(of('0000'), 0), false);
  assert.equal(samples(of('ffff'), 1_000_000), true);
});

const file = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'TracingConfiguration' };
for (const [name, given, want] of [
  ['nothing in it', file, { endpoint: 'localhost:4317', perMillion: 0 }],
  [
    'all in it',
    { ...file, endpoint: 'unix:///run/c.sock', samplingRatePerMillion: 7 },
    { endpoint: 'unix:///run/c.sock', perMillion: 7 },
  ],
  [
    'no file of its kind',
    { ...file, kind: 'Other' },
    /no kind "Other" is registered for version "apiserver\.config\.k8s\.io\/v1"/,
  ],
  [
    'too much',
    { ...file, samplingRatePerMillion: 1_000_001 },
    /samplingRatePerMillion: Invalid value: 1000001: sampling rate per million must be less than or equal to one million/,
  ],
  ['too little', { ...file, samplingRatePerMillion: -1 }, /sampling rate must be positive/],
  ['an endpoint of the web', { ...file, endpoint: 'http://c' }, /unsupported scheme: http\./],
] as const)
  test(`TracingConfiguration: ${name}`, () =>
    want instanceof RegExp
      ? assert.throws(() => tracingSettings(given), want)
      : assert.deepEqual(tracingSettings(given), want));
