import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndpointSlices, Pods, Services } from '@coxswain/api';
import type { EndpointSlice } from '@coxswain/api/types/discovery-v1';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { runProxy } from './run-proxy.ts';

interface Rig extends AsyncDisposable {
  readonly cluster: TestCluster;
  /** What was run in the node since the last look: the program, and what nft was told. */
  ran(): readonly string[];
  /** The next calls of nft fail. */
  failures: number;
}

async function rig(): Promise<Rig> {
  const cluster = await createTestCluster();
  const { world, informers } = cluster;
  const end = new AbortController();
  let ran: string[] = [];
  const self: Rig = {
    cluster,
    failures: 0,
    ran() {
      const all = ran;
      ran = [];
      return all;
    },
    async [Symbol.asyncDispose]() {
      end.abort(new Error('the proxy ended'));
      await running;
      await cluster[Symbol.asyncDispose]();
    },
  };
  const running = runProxy({
    ...{ world, informers, nodeName: 'a', podRange: '10.244.0.0/16', signal: end.signal },
    async runInNode(program, args, input) {
      ran.push(program === 'nft' && input ? input : [program, ...args].join(' '));
      if (program === 'nft' && self.failures-- > 0) throw new Error('nft failed');
      return '';
    },
  });
  return self;
}

const slice = (name: string, ...addresses: readonly string[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
});

async function makeService(run: Rig, name: string, clusterIP: string): Promise<void> {
  const { client, signal } = run.cluster;
  const spec = { clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80, protocol: 'TCP' }] };
  const metadata = { name, namespace: 'shop' };
  await client.create(Services, { apiVersion: 'v1', kind: 'Service', metadata, spec }, { signal });
  await client.create(EndpointSlices, slice(name, `10.244.${clusterIP.split('.')[3]}.1`), {
    signal,
  });
}

test('a change costs what changed, however many services there are', async () => {
  await using run = await rig();
  const { client, signal } = run.cluster;
  await run.cluster.settle();
  const [bridged, first] = run.ran();
  assert.equal(bridged, 'sysctl -qw net.bridge.bridge-nf-call-iptables=1');
  assert.match(first!, /^\ntable ip coxswain-proxy\ndelete table/);
  for (let at = 1; at <= 40; at++) await makeService(run, `s${at}`, `10.96.0.${at}`);
  await run.cluster.settle();
  run.ran();
  const more = slice('s7', '10.244.7.1', '10.244.7.2');
  await client.apply(EndpointSlices, more, { manager: 't', force: true, signal });
  await run.cluster.settle();
  const commands = run.ran().join('').split('\n').filter(Boolean);
  assert.deepEqual(
    commands.map((line) => line.replaceAll(/-[0-9a-z]{11}/g, '-x')),
    [
      'add chain ip coxswain-proxy endpoint-x-x',
      'add chain ip coxswain-proxy cluster-x',
      'add rule ip coxswain-proxy endpoint-x-x meta l4proto tcp dnat to 10.244.7.2:8080',
      'flush chain ip coxswain-proxy cluster-x',
      'add rule ip coxswain-proxy cluster-x numgen random mod 2 0 goto endpoint-x-x',
      'add rule ip coxswain-proxy cluster-x goto endpoint-x-x',
    ],
  );
  await client.apply(EndpointSlices, more, { manager: 't', force: true, signal });
  await run.cluster.settle();
  assert.deepEqual(run.ran(), []);
});

test('after a failure everything is loaded afresh', async () => {
  await using run = await rig();
  await makeService(run, 's1', '10.96.0.1');
  await run.cluster.settle();
  run.ran();
  run.failures = 1;
  await makeService(run, 's2', '10.96.0.2');
  await run.cluster.advance('2s');
  const whole = run.ran().at(-1)!;
  for (const part of ['delete table ip coxswain-proxy', '10.96.0.1 . tcp', '10.96.0.2 . tcp'])
    assert.ok(whole.includes(part), part);
});

test('host ports of pods of this node come and go with their pods', async () => {
  await using run = await rig();
  const { client, signal } = run.cluster;
  const at = { namespace: 'shop', signal };
  const make = async (name: string, nodeName: string): Promise<void> => {
    const ports = [{ containerPort: 80, hostPort: 8080 }];
    const spec = { nodeName, containers: [{ name: 'c', image: 'i', ports }] };
    const metadata = { name, namespace: 'shop' };
    await client.create(Pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec }, { signal });
    const status = { podIP: '10.244.1.9', podIPs: [{ ip: '10.244.1.9' }], phase: 'Running' };
    await client.patch(Pods, name, 'merge', { status }, { ...at, subresource: 'status' });
    await run.cluster.settle();
  };
  await run.cluster.settle();
  run.ran();
  await make('elsewhere', 'b');
  assert.deepEqual(run.ran(), []);
  await make('here', 'a');
  const added = run.ran().join('');
  assert.match(added, /add element ip coxswain-proxy any-host-ports \{ tcp \. 8080 : goto /);
  await client.patch(
    Pods,
    'here',
    'merge',
    { status: { phase: 'Succeeded' } },
    { ...at, subresource: 'status' },
  );
  await run.cluster.settle();
  assert.match(
    run.ran().join(''),
    /delete element ip coxswain-proxy any-host-ports \{ tcp \. 8080 \}/,
  );
});
