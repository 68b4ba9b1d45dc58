import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service, ServiceSpec } from '@coxswain/api/types/core-v1';
import type { Endpoint, EndpointSlice } from '@coxswain/api/types/discovery-v1';
import { servicePorts } from './service-ports.ts';

const service = (spec: ServiceSpec): Service => ({
  metadata: { name: 'web', namespace: 'shop' },
  spec: { clusterIP: '10.96.0.9', ports: [{ name: 'http', port: 80, protocol: 'TCP' }], ...spec },
});
const endpoint = (address: string, nodeName: string, conditions = {}): Endpoint => ({
  addresses: [address],
  nodeName,
  conditions: { ready: true, serving: true, terminating: false, ...conditions },
});
const slice = (...endpoints: Endpoint[]): EndpointSlice => ({
  metadata: { name: 'web-1', namespace: 'shop' },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints,
});
const ready = [endpoint('10.0.0.2', 'b'), endpoint('10.0.0.1', 'a')];
const ending = { ready: false, terminating: true };
const a = { address: '10.0.0.1', port: 8080, isLocal: true };
const b = { address: '10.0.0.2', port: 8080, isLocal: false };

for (const [name, spec, slices, want] of [
  ['all ready endpoints, by address', {}, [slice(...ready)], [[a, b], [a]]],
  ['an address in two slices counts once', {}, [slice(...ready), slice(ready[0]!)], [[a, b], [a]]],
  [
    'unready endpoints get nothing',
    {},
    [slice(ready[0]!, endpoint('10.0.0.1', 'a', { ready: false, serving: false }))],
    [[b], []],
  ],
  [
    'ending endpoints serve while there is no ready one',
    {},
    [slice(endpoint('10.0.0.1', 'a', ending))],
    [[a], [a]],
  ],
  [
    'ending endpoints stand back for a ready one, but not for one of another node',
    {},
    [slice(ready[0]!, endpoint('10.0.0.1', 'a', ending))],
    [[b], [a]],
  ],
  ['no port of that name', { ports: [{ name: 'grpc', port: 90 }] }, [slice(...ready)], [[], []]],
] as const)
  test(`service ports: ${name}`, () => {
    const [port] = servicePorts(service(spec), slices, 'a');
    assert.deepEqual([port?.everywhere, port?.here], want);
  });

test('service ports: headless and ExternalName services have none', () => {
  assert.deepEqual(servicePorts(service({ clusterIP: 'None' }), [slice(...ready)], 'a'), []);
  assert.deepEqual(servicePorts(service({ type: 'ExternalName' }), [], 'a'), []);
});

test('service ports: everything a node needs to know', () => {
  const balanced: Service = {
    ...service({
      type: 'LoadBalancer',
      clusterIPs: ['10.96.0.9', 'fd00::9'],
      externalIPs: ['1.1.1.1'],
      externalTrafficPolicy: 'Local',
      loadBalancerSourceRanges: ['9.0.0.0/8', 'fd00::/8'],
      sessionAffinity: 'ClientIP',
      ports: [{ name: 'http', port: 80, protocol: 'UDP', nodePort: 30080 }],
    }),
    status: { loadBalancer: { ingress: [{ ip: '2.2.2.2' }, { ip: '3.3.3.3', ipMode: 'Proxy' }] } },
  };
  assert.deepEqual(servicePorts(balanced, [], 'a'), [
    {
      namespace: 'shop',
      name: 'web',
      portName: 'http',
      protocol: 'udp',
      port: 80,
      clusterAddresses: ['10.96.0.9'],
      externalAddresses: ['1.1.1.1'],
      balancerAddresses: ['2.2.2.2'],
      sourceRanges: ['9.0.0.0/8'],
      nodePort: 30080,
      affinitySeconds: 10_800,
      everywhere: [],
      here: [],
      internal: 'Cluster',
      external: 'Local',
    },
  ]);
});
