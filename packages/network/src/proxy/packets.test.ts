/** Real packets through real rules, in network namespaces of this machine. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { silentLog } from '@coxswain/base';
import {
  clientAddress,
  layNetwork,
  nodeAddress,
  podAddress,
  podRange,
  type Rig,
  whyNoNamespaces,
} from '../testing/net-namespaces.ts';
import { passBridgedPackets } from './bridged-packets.ts';
import { type Forwarded, nothingForwarded } from './conntrack.ts';
import { ForwardingNode } from './forwarding-node.ts';
import type { HostPort } from './host-ports.ts';
import type { ServicePort, Target } from './service-ports.ts';

const why = await whyNoNamespaces();
if (why !== undefined && process.env['CI']) throw new Error(`packets cannot be tested: ${why}`);
if (why !== undefined) console.warn(`SKIPPED: packets through the proxy's rules: ${why}`);
const packets = (name: string, run: () => Promise<void>): void =>
  void test(`packets: ${name}`, { skip: why ?? false }, run);

let rig: Rig;
let node: ForwardingNode;
before(async () => {
  if (why === undefined) rig = await layNetwork(['p1', 'p2']);
});
after(async () => rig?.[Symbol.asyncDispose]());
beforeEach(async () => {
  if (why !== undefined) return;
  await passBridgedPackets(rig.runInNode, silentLog);
  node = new ForwardingNode(rig.runInNode, podRange);
});

const local = (pod: string, port = 8080): Target => ({
  address: podAddress(pod),
  port,
  isLocal: true,
});
const web: ServicePort = {
  namespace: 'shop',
  name: 'web',
  portName: '',
  protocol: 'tcp',
  port: 80,
  clusterAddresses: ['10.96.0.1'],
  externalAddresses: [],
  balancerAddresses: [],
  sourceRanges: [],
  nodePort: 30_080,
  affinitySeconds: 0,
  everywhere: [local('p1'), local('p2')],
  here: [local('p1'), local('p2')],
  internal: 'Cluster',
  external: 'Cluster',
};
const targets = (...all: readonly Target[]) => ({ everywhere: all, here: all });
const serve = async (...ports: readonly Partial<ServicePort>[]): Promise<void> => {
  const services = ports.map((port) => ({ ...web, ...port }));
  await forward('service', services.length > 0 ? { services, hostPorts: [] } : nothingForwarded);
};
const forward = async (owner: string, what: Forwarded): Promise<void> => {
  await node.forward(new Map([[owner, what]]));
};
const service = '10.96.0.1:80';
const nodePort = `${nodeAddress}:30080`;
const names = (answers: readonly string[]): string[] =>
  [...new Set(answers.map((answer) => answer.split(' ')[0]!))].toSorted();
const both = ['p1', 'p2'];
const refused = ['ECONNREFUSED'];

packets(
  'a cluster address is balanced: from outside and the node masqueraded, from a pod not',
  async () => {
    await serve({});
    assert.deepEqual(names(await rig.call('client', service, { times: 30 })), both);
    assert.deepEqual(names(await rig.call('node', service, { times: 30 })), both);
    const fromPod = await rig.call('p1', service, { times: 30 });
    assert.deepEqual(names(fromPod), both);
    assert.ok(fromPod.includes(`p2 ${podAddress('p1')}`), 'the pod is seen by its own address');
    assert.ok(fromPod.includes('p1 10.244.1.1'), 'a pod that reaches itself is masqueraded');
  },
);

packets('a node port is served from outside, from the node and from pods', async () => {
  await serve({});
  for (const from of ['client', 'node', 'p1'])
    assert.deepEqual(names(await rig.call(from, nodePort, { times: 30 })), both, from);
  const [answer] = await rig.call('client', nodePort);
  assert.match(answer!, /^p[12] 10\.244\.1\.1$/, 'policy Cluster hides the client');
});

packets('external policy Local keeps the address of the client', async () => {
  await serve({ external: 'Local' });
  const answers = await rig.call('client', nodePort, { times: 20 });
  assert.deepEqual([...new Set(answers)].toSorted(), [
    `p1 ${clientAddress}`,
    `p2 ${clientAddress}`,
  ]);
});

packets(
  'external policy Local without a local endpoint: nothing for those outside, all for those inside',
  async () => {
    await serve({ external: 'Local', here: [], externalAddresses: ['10.97.0.1'] });
    assert.deepEqual(await rig.call('client', nodePort), ['TIMEOUT']);
    assert.deepEqual(await rig.call('client', '10.97.0.1:80'), ['TIMEOUT']);
    for (const from of ['node', 'p1'])
      for (const to of [nodePort, '10.97.0.1:80'])
        assert.deepEqual(names(await rig.call(from, to, { times: 20 })), both, `${from} ${to}`);
  },
);

packets(
  'internal policy Local without a local endpoint drops; the node port still serves',
  async () => {
    await serve({ internal: 'Local', here: [] });
    assert.deepEqual(await rig.call('p1', service), ['TIMEOUT']);
    assert.deepEqual(names(await rig.call('client', nodePort, { times: 20 })), both);
  },
);

packets('without endpoints everything is refused, by every way, at once', async () => {
  await serve({ ...targets(), externalAddresses: ['10.97.0.1'] });
  for (const from of ['client', 'node', 'p1'])
    for (const to of [service, nodePort, '10.97.0.1:80'])
      assert.deepEqual(await rig.call(from, to), refused, `${from} ${to}`);
  const udp = { protocol: 'udp', ...targets() } as const;
  await serve(udp);
  assert.deepEqual(await rig.call('client', service, { over: 'udp' }), refused);
});

packets('a port that a service does not have is refused, and so is a ping', async () => {
  await serve({});
  for (const from of ['client', 'node', 'p1'])
    assert.deepEqual(await rig.call(from, '10.96.0.1:81'), refused, from);
  await assert.rejects(rig.runInNode('ping', ['-c', '1', '-W', '1', '10.96.0.1']));
});

packets('affinity: a client stays with its endpoint, and leaves it when it goes', async () => {
  await serve({ affinitySeconds: 60 });
  const [first] = names(await rig.call('client', service, { times: 15 }));
  assert.deepEqual(names(await rig.call('client', service, { times: 15 })), [first]);
  assert.deepEqual(names(await rig.call('client', nodePort, { times: 15 })), [first]);
  const other = first === 'p1' ? 'p2' : 'p1';
  await serve({ affinitySeconds: 60, ...targets(local(other)) });
  assert.deepEqual(names(await rig.call('client', service, { times: 5 })), [other]);
});

packets('a change keeps open connections, and sends new ones elsewhere', async () => {
  await serve({ ...targets(local('p1')) });
  await using line = await rig.connect('client', service);
  assert.match(line.greeting, /^p1 /);
  await serve({ ...targets(local('p2')) });
  assert.equal(await line.ask('still there?'), 'p1 still there?');
  assert.deepEqual(names(await rig.call('client', service, { times: 5 })), ['p2']);
});

packets('UDP flows leave an endpoint that is gone, and find the first that comes', async () => {
  const udp = (...pods: readonly string[]) =>
    serve({ protocol: 'udp', ...targets(...pods.map((pod) => local(pod, 8053))) });
  const from = { over: 'udp', address: clientAddress, port: 40_001 } as const;
  await udp('p1');
  assert.deepEqual(names(await rig.call('client', service, from)), ['p1']);
  assert.deepEqual(names(await rig.call('client', nodePort, { ...from, port: 40_002 })), ['p1']);
  await udp('p2');
  assert.deepEqual(names(await rig.call('client', service, from)), ['p2']);
  assert.deepEqual(names(await rig.call('client', nodePort, { ...from, port: 40_002 })), ['p2']);
  await udp();
  assert.deepEqual(await rig.call('client', service, from), refused);
  await udp('p1');
  assert.deepEqual(names(await rig.call('client', service, from)), ['p1']);
});

packets('a service that is no node port any more is one no more', async () => {
  await serve({});
  assert.deepEqual(names(await rig.call('client', nodePort, { times: 20 })), both);
  await serve({ nodePort: 0 });
  assert.deepEqual(await rig.call('client', nodePort), refused);
  assert.deepEqual(names(await rig.call('client', service, { times: 20 })), both);
  await serve();
  assert.deepEqual(
    await rig
      .runInNode('nft', ['list', 'map', 'ip', 'coxswain-proxy', 'services'])
      .then((text) => text.includes('10.96.0.1')),
    false,
  );
});

packets('source ranges of a load balancer hold for its address', async () => {
  const more = { balancerAddresses: ['10.98.0.1'], externalAddresses: ['10.97.0.1'] };
  await serve({ ...more, sourceRanges: ['9.0.0.0/8'] });
  assert.deepEqual(await rig.call('client', '10.98.0.1:80'), ['TIMEOUT']);
  assert.deepEqual(names(await rig.call('client', '10.97.0.1:80', { times: 20 })), both);
  await serve({ ...more, sourceRanges: [`${clientAddress}/32`] });
  assert.deepEqual(names(await rig.call('client', '10.98.0.1:80', { times: 20 })), both);
});

const hostPort = (pod: string, hostAddress: string, more: Partial<HostPort> = {}): HostPort => ({
  ...{ hostAddress, hostPort: 8888, protocol: 'tcp', podAddress: podAddress(pod), podPort: 8080 },
  ...more,
});
const host = (pod: string, ...hostPorts: readonly HostPort[]): Promise<void> =>
  forward(`pod/${pod}`, { services: [], hostPorts });

packets('a host port is served on every address, or on its own, by protocol', async () => {
  await host('p1', hostPort('p1', ''));
  assert.deepEqual(await rig.call('client', `${nodeAddress}:8888`), [`p1 ${clientAddress}`]);
  for (const [from, to] of [
    ['node', nodeAddress],
    ['p1', nodeAddress],
    ['p2', nodeAddress],
    ['p2', '10.244.1.1'],
  ] as const)
    assert.deepEqual(names(await rig.call(from, `${to}:8888`)), ['p1'], `${from} ${to}`);
  await host('p1', hostPort('p1', nodeAddress));
  await host(
    'p2',
    hostPort('p2', '127.0.0.1'),
    hostPort('p2', nodeAddress, { protocol: 'udp', podPort: 8053 }),
  );
  assert.deepEqual(names(await rig.call('client', `${nodeAddress}:8888`)), ['p1']);
  assert.deepEqual(await rig.call('p2', '10.244.1.1:8888'), refused);
  assert.deepEqual(names(await rig.call('client', `${nodeAddress}:8888`, { over: 'udp' })), ['p2']);
  assert.deepEqual(names(await rig.call('node', '127.0.0.1:8888', { address: nodeAddress })), [
    'p2',
  ]);
  await host('p1');
  assert.deepEqual(await rig.call('client', `${nodeAddress}:8888`), refused);
});

packets('many changes at once, and the same table from nothing', async () => {
  const many = Array.from({ length: 300 }, (_, at) => ({
    name: `s${at}`,
    clusterAddresses: [`10.96.${1 + (at >> 8)}.${at & 255}`],
    nodePort: 0,
  }));
  await serve(...many);
  await serve({}, ...many.slice(100).map((one) => ({ ...one, affinitySeconds: 30 })));
  assert.deepEqual(names(await rig.call('client', service, { times: 20 })), both);
  const table = (): Promise<string> =>
    rig.runInNode('nft', ['-s', 'list', 'table', 'ip', 'coxswain-proxy']);
  const sorted = (text: string): string[] => text.split(/\n(?=\t\S)/).toSorted();
  const stepwise = await table();
  node = new ForwardingNode(rig.runInNode, podRange);
  await serve({}, ...many.slice(100).map((one) => ({ ...one, affinitySeconds: 30 })));
  const chains = (text: string): number =>
    sorted(text).filter((part) => part.includes('chain ')).length;
  assert.equal(chains(stepwise), chains(await table()));
});
