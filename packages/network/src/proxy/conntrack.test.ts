import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Forwarded, nothingForwarded, staleUdp } from './conntrack.ts';
import type { ServicePort } from './service-ports.ts';

const dns: ServicePort = {
  namespace: 'kube-system',
  name: 'kube-dns',
  portName: 'dns',
  protocol: 'udp',
  port: 53,
  clusterAddresses: ['10.96.0.10'],
  externalAddresses: [],
  balancerAddresses: [],
  sourceRanges: [],
  nodePort: 0,
  affinitySeconds: 0,
  everywhere: [],
  here: [],
  internal: 'Cluster',
  external: 'Cluster',
};
const service = (more: Partial<ServicePort>, ...addresses: readonly string[]): Forwarded => ({
  services: [
    {
      ...dns,
      everywhere: addresses.map((address) => ({ address, port: 53, isLocal: false })),
      ...more,
    },
  ],
  hostPorts: [],
});
const hostPort = (podAddress: string): Forwarded => ({
  services: [],
  hostPorts: [{ hostAddress: '', hostPort: 5353, protocol: 'udp', podAddress, podPort: 53 }],
});
const atDns = '-D -p udp --orig-dst 10.96.0.10 --orig-port-dst 53';

for (const [name, before, now, want] of [
  ['an endpoint went', service({}, 'a', 'b'), service({}, 'b'), [`${atDns} --reply-src a`]],
  ['an endpoint came', service({}, 'a'), service({}, 'a', 'b'), []],
  ['the first endpoint came', service({}), service({}, 'a'), [atDns]],
  [
    'the service went',
    service({}, 'a', 'b'),
    nothingForwarded,
    [`${atDns} --reply-src a`, `${atDns} --reply-src b`],
  ],
  [
    'a node port',
    service({ clusterAddresses: [], nodePort: 30_053 }, 'a'),
    service({ clusterAddresses: [], nodePort: 30_053 }, 'b'),
    ['-D -p udp --orig-port-dst 30053 --reply-src a'],
  ],
  [
    'the node port went with the type of the service',
    service({ nodePort: 30_053 }, 'a'),
    service({}, 'a'),
    ['-D -p udp --orig-port-dst 30053 --reply-src a'],
  ],
  ['TCP ends by itself', service({ protocol: 'tcp' }, 'a'), service({ protocol: 'tcp' }), []],
  [
    'a host port has another pod',
    hostPort('a'),
    hostPort('b'),
    ['-D -p udp --orig-port-dst 5353 --reply-src a'],
  ],
] as const)
  test(`stale flows: ${name}`, () =>
    assert.deepEqual(
      staleUdp(before, now).map((args) => args.join(' ')),
      want,
    ));
