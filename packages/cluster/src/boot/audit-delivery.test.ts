import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { AuditEvent } from '@coxswain/apiserver/audit';
import { type Carrier, virtualWorld } from '@coxswain/base';
import { AuditDelivery, type AuditDeliverySettings } from './audit-delivery.ts';
import { AuditLog, type AuditLogSettings } from './audit-log.ts';
import { auditWebhook } from './audit-webhook.ts';

const event = (auditID: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'RequestResponse', auditID },
  ...{ stage: 'RequestReceived', requestURI: '/api/v1/pods', verb: 'list' },
  user: { username: 'ann', groups: ['dev', 'ops'] },
  requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
  stageTimestamp: '2026-01-01T00:00:00.000000Z',
  ...more,
});
const settings: AuditDeliverySettings = {
  ...{ plugin: 'webhook', mode: 'batch', bufferMax: 5, batchMax: 2, waitMs: 30_000 },
  ...{ throttle: undefined, eventBytesMax: undefined },
};
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const lost = (text: string, plugin: string): number =>
  Number(new RegExp(`audit_error_total\\{plugin="${plugin}"\\} (\\d+)`).exec(text)?.[1] ?? 0);

/** A delivery that keeps the names of what it gets, and fails while `broken`. */
function kept(more: Partial<AuditDeliverySettings> = {}) {
  const world = virtualWorld();
  const state = { broken: false, batches: [] as string[][], events: [] as AuditEvent[] };
  const delivery = new AuditDelivery({ ...settings, ...more }, world, async (events) => {
    if (state.broken) throw new Error('no way');
    state.batches.push(events.map(({ auditID }) => auditID));
    state.events.push(...events);
  });
  const advance = async (ms: number): Promise<void> => {
    const until = world.clock.now() + ms;
    await quiet();
    while (world.clock.step(until)) await quiet();
  };
  return { world, delivery, advance, state };
}

test('audit batches: full ones at once, others after a while, the rest at the end', async () => {
  const { delivery, advance, state } = kept();
  for (const name of ['a', 'b', 'c']) delivery.sink(event(name));
  await quiet();
  assert.deepEqual(state.batches, [['a', 'b']]);
  await advance(30_000);
  assert.deepEqual(state.batches, [['a', 'b'], ['c']]);
  delivery.sink(event('d'));
  await delivery[Symbol.asyncDispose]();
  assert.deepEqual(state.batches.at(-1), ['d']);
});

test('audit batches: no more than the throttle lets through', async () => {
  const { delivery, advance, state } = kept({ batchMax: 1, throttle: { qps: 10, burst: 2 } });
  for (const name of ['a', 'b', 'c', 'd']) delivery.sink(event(name));
  await advance(0);
  assert.equal(state.batches.length, 2);
  await advance(100);
  assert.equal(state.batches.length, 3);
  await advance(100);
  assert.equal(state.batches.length, 4);
});

test('audit batches: what the buffer has no room for is lost, and counted', () => {
  const { delivery, world } = kept({ batchMax: 100, bufferMax: 2 });
  for (const name of ['a', 'b', 'c']) delivery.sink(event(name));
  assert.equal(lost(world.metrics.text(), 'buffered'), 1);
});

for (const [mode, stage, isRefused] of [
  ['blocking', 'RequestReceived', false],
  ['blocking-strict', 'RequestReceived', true],
  ['blocking-strict', 'ResponseComplete', false],
] as const)
  test(`audit ${mode}: a failure at ${stage} ${isRefused ? 'refuses' : 'lets through'} the request`, async () => {
    const { delivery, world, state } = kept({ mode });
    state.broken = true;
    const outcome = Promise.resolve(delivery.sink(event('a', { stage })));
    if (isRefused) await assert.rejects(outcome, /no way/);
    else await outcome;
    assert.equal(lost(world.metrics.text(), 'webhook'), 1);
    state.broken = false;
    await delivery.sink(event('b', { stage }));
    assert.deepEqual(state.batches, [['b']]);
  });

test('audit truncation: large events lose their objects, then all', async () => {
  const { delivery, world, state } = kept({ mode: 'blocking', eventBytesMax: 1000 });
  await delivery.sink(event('a', { requestObject: { data: 'x'.repeat(2000) } }));
  await delivery.sink(event('b', { requestURI: 'x'.repeat(2000) }));
  await delivery.sink(event('c', { level: 'Metadata', requestObject: 'x'.repeat(2000) }));
  const [only] = state.events;
  assert.deepEqual(state.batches, [['a']]);
  assert.equal(only!.requestObject, undefined);
  assert.deepEqual(only!.annotations, { 'audit.k8s.io/truncated': 'true' });
  assert.equal(lost(world.metrics.text(), 'truncate'), 2);
});

test('audit webhook: an EventList with its credentials, again after a pause when refused', async () => {
  const world = virtualWorld();
  const sent: { target: string; headers: unknown; body: unknown; atMs: number }[] = [];
  const carry: Carrier = async ({ target, headers, body }) => {
    const text = new TextDecoder().decode(body as Uint8Array);
    sent.push({ target, headers, body: JSON.parse(text), atMs: world.clock.now() });
    async function* nothing(): AsyncGenerator<Uint8Array> {}
    return { status: sent.length < 3 ? 500 : 200, headers: {}, body: nothing() } as never;
  };
  const to = { url: 'https://audit.test/sink?a=b', token: async () => 't' } as never;
  const started = world.clock.now();
  const deliver = auditWebhook(to, 10_000, world, carry, new AbortController().signal);
  const done = deliver([event('a'), event('b')]);
  await quiet();
  while (world.clock.step(started + 60_000)) await quiet();
  await done;
  assert.deepEqual(
    sent.map(({ atMs }) => atMs - started),
    [0, 10_000, 25_000],
  );
  const { target, headers, body } = sent[0]!;
  assert.equal(target, '/sink?a=b');
  assert.deepEqual(headers, [
    ['Host', 'audit.test'],
    ['Content-Type', 'application/json'],
    ['Authorization', 'Bearer t'],
  ]);
  assert.deepEqual(body, {
    ...{ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {} },
    items: [event('a'), event('b')],
  });
});

/** A log in a folder of its own. */
function log(t: { after(job: () => void): void }, more: Partial<AuditLogSettings>) {
  const folder = mkdtempSync(join(tmpdir(), 'cox-audit-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { clock } = virtualWorld();
  const path = join(folder, 'audit.log');
  const given = { path, format: 'json', maxBytes: 0, maxBackups: 0, maxAgeMs: 0 } as const;
  const opened = new AuditLog({ ...given, compress: false, ...more }, clock);
  return { folder, path, clock, log: opened };
}

test('audit log: put aside when full, as many and as old as the flags say', (t) => {
  const one = JSON.stringify(event('0')).length + 1;
  const { folder, path, clock, log: to } = log(t, { maxBytes: one, maxBackups: 2 });
  for (let at = 0; at < 5; at++) {
    to.write(event(String(at)));
    clock.step(clock.now() + 1);
  }
  to[Symbol.dispose]();
  const aside = readdirSync(folder).filter((name) => name !== 'audit.log');
  assert.equal(aside.length, 2);
  for (const name of aside)
    assert.match(name, /^audit-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.log$/);
  const ids = [...aside.toSorted(), 'audit.log'].map(
    (name) => (JSON.parse(readFileSync(join(folder, name), 'utf8')) as AuditEvent).auditID,
  );
  assert.deepEqual(ids, ['2', '3', '4']);
  assert.ok(readFileSync(path, 'utf8').endsWith('\n'));
});

test('audit log: what is put aside is compressed', async (t) => {
  const { folder, log: to } = log(t, { maxBytes: 1, compress: true });
  to.write(event('a'));
  to.write(event('b'));
  to[Symbol.dispose]();
  const packed = (): string | undefined =>
    readdirSync(folder).length === 2
      ? readdirSync(folder).find((name) => name.endsWith('.log.gz'))
      : undefined;
  while (packed() === undefined) await quiet();
  const text = gunzipSync(readFileSync(join(folder, packed()!))).toString();
  assert.equal((JSON.parse(text) as AuditEvent).auditID, 'a');
});

test('audit log: the legacy form', (t) => {
  const { path, log: to } = log(t, { format: 'legacy' });
  to.write(event('a', { sourceIPs: ['10.0.0.1'], responseStatus: { code: 200 } }));
  to[Symbol.dispose]();
  assert.equal(
    readFileSync(path, 'utf8'),
    '2026-01-01T00:00:00.000000Z AUDIT: id="a" stage="RequestReceived" ip="10.0.0.1" method="list" ' +
      'user="ann" groups="\\"dev\\",\\"ops\\"" as="<self>" asgroups="<lookup>" user-agent="" ' +
      'namespace="<none>" uri="/api/v1/pods" response="200"\n',
  );
});
