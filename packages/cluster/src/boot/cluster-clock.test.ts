import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CronJobs, Jobs, Leases, Nodes } from '@coxswain/api';
import { clock } from '../verbs/clock.ts';
import { register } from '../home/registry.ts';
import { type ClusterPaths, clusterPaths } from '../home/paths.ts';
import { dataLayout, type Settings, writeSettings } from '../home/settings.ts';
import { adminClient } from './admin-client.ts';
import { refuseClock } from './refusals.ts';
import { serveCluster } from './serve-cluster.ts';

const home = mkdtempSync(join(tmpdir(), 'cox-clock-'));
after(() => rmSync(home, { recursive: true, force: true }));
const settings: Settings = {
  ...{ layout: dataLayout, name: 'timely', port: 0, slot: 0, nodes: 2, runtime: 'simulated' },
  ...{ clock: 'virtual', datastore: 'memory', kubeconfig: join(home, 'kubeconfig') },
  serverFlags: {},
};

/** Serves the cluster in this process until disposed. */
async function served(): Promise<AsyncDisposable & { readonly paths: ClusterPaths }> {
  const paths = clusterPaths(join(home, 'timely'), false);
  await writeSettings(paths, settings);
  await register(home, settings.name, paths.data);
  const end = new AbortController();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const running = serveCluster(paths, settings, {
    signal: end.signal,
    report: ({ type }) => type === 'ready' && resolve(),
  });
  await Promise.race([ready, running]);
  return {
    paths,
    async [Symbol.asyncDispose]() {
      end.abort(new Error('the test is over'));
      await running;
    },
  };
}

/** What `cox clock ...` prints. */
async function cox(...args: readonly string[]): Promise<string> {
  let out = '';
  const terminal = {
    out: (text: string) => void (out += text),
    err() {},
    words: (english: string) => english,
    live: false,
    columns: 80,
    colour: { out: false, err: false },
  };
  const options = clock.complete({ name: 'timely' }, args);
  const env = { COX_HOME: home };
  await clock.run(options, { terminal, env, signal: new AbortController().signal });
  return out.trim();
}

const timeOf = (line: string): number => Date.parse(line.split('  ')[0]!);

test('cox clock freezes, moves and speeds up the time of a cluster, which goes on from there', async () => {
  let frozenMs = 0;
  {
    await using cluster = await served();
    using client = await adminClient(cluster.paths);
    const { signal } = new AbortController();
    const metadata = { name: 'tick', namespace: 'default' };
    const template = {
      spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i', command: ['true'] }] },
    };
    const spec = { schedule: '*/30 * * * *', jobTemplate: { spec: { template } } };
    await client.create(CronJobs, { metadata, spec }, { signal });
    const frozen = await cox('freeze');
    assert.match(frozen, /^\d{4}-.*Z {2}frozen$/);
    assert.equal(await cox(), frozen);
    const moved = await cox('advance', '2h');
    frozenMs = timeOf(moved);
    assert.equal(frozenMs - timeOf(frozen), 7_200_000);
    const { items } = await client.list(Jobs, { namespace: 'default', signal });
    assert.equal(items.length, 3, 'the runs of two hours, of which three are kept');
    const lease = await client.get(Leases, 'timely', { namespace: 'kube-node-lease', signal });
    assert.ok(frozenMs - Date.parse(String(lease.spec!.renewTime)) < 15_000);
    const node = await client.get(Nodes, 'timely', { signal });
    assert.ok(
      node.status!.conditions!.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
  }
  assert.equal(
    Math.floor(JSON.parse(readFileSync(join(home, 'timely/clock.json'), 'utf8')).nowMs / 1000) *
      1000,
    frozenMs,
  );
  await using cluster = await served();
  assert.equal(timeOf(await cox()), frozenMs);
  assert.match(await cox('x3600'), /running x3600$/);
  using client = await adminClient(cluster.paths);
  const { signal } = new AbortController();
  const { resourceVersion } = await client.list(Leases, { signal });
  let isRenewed = false;
  for await (const events of client.watch(Leases, { resourceVersion, signal }))
    if (
      events.some(({ object }) => Date.parse(String(object.spec?.renewTime)) > frozenMs + 600_000)
    ) {
      isRenewed = true;
      break;
    }
  assert.ok(isRenewed);
  assert.match(await cox('resume'), /running$/);
});

test("time of its own is only for what lives in the cluster's process", () => {
  const asked = { name: 'x', clock: 'virtual', serverFlags: {} } as const;
  assert.equal(refuseClock(asked, undefined), true);
  assert.equal(refuseClock({ ...asked, clock: 'real' }, undefined), false);
  assert.equal(refuseClock({ name: 'x', serverFlags: {} }, settings), true);
  assert.throws(
    () => refuseClock({ ...asked, runtime: 'containerd' }, undefined),
    /real containers keep the machine's time/,
  );
  assert.throws(
    () => refuseClock({ ...asked, datastore: 'https://etcd:2379' }, undefined),
    /etcd is a process of its own/,
  );
});
