import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '@coxswain/api/types/core-v1';
import {
  context,
  createErrors,
  created,
  defaulted,
  earlier,
  row,
  updateErrors,
} from '../testing/index.ts';
import { serviceKind } from './service.ts';

const serviceOf = (spec: object): object => ({
  metadata: { name: 'web', namespace: 'shop', creationTimestamp: earlier(3600) },
  spec: { ports: [{ port: 80 }], selector: { app: 'web' }, ...spec },
});

test('defaults', () =>
  assert.deepEqual(
    defaulted(serviceKind, serviceOf({ type: 'LoadBalancer', sessionAffinity: 'ClientIP' })).spec,
    {
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      selector: { app: 'web' },
      type: 'LoadBalancer',
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      allocateLoadBalancerNodePorts: true,
    },
  ));

const cases: readonly { name: string; spec: object; errors: readonly string[] }[] = [
  { name: 'a plain one', spec: {}, errors: [] },
  {
    name: 'a headless one without ports',
    spec: { clusterIP: 'None', ports: undefined },
    errors: [],
  },
  { name: 'no ports', spec: { ports: undefined }, errors: ['spec.ports: Required value'] },
  {
    name: 'ports without names',
    spec: { ports: [{ port: 80 }, { name: 'b', port: 81 }] },
    errors: ['spec.ports[0].name: Required value'],
  },
  {
    name: 'a node port of a cluster address',
    spec: { ports: [{ port: 80, nodePort: 30_000 }] },
    errors: ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  },
  {
    name: 'no type of upstream’s',
    spec: { type: 'Bus' },
    errors: [
      'spec.type: Unsupported value: "Bus": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
  },
  {
    name: 'another name without one',
    spec: { type: 'ExternalName' },
    errors: ['spec.externalName: Required value'],
  },
  {
    name: 'an address that is none',
    spec: { clusterIP: 'x' },
    errors: [
      'spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  },
  {
    name: 'an external address of the loopback',
    spec: { externalIPs: ['127.0.0.1'] },
    errors: [
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
  },
  {
    name: 'one port twice',
    spec: {
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
      ],
    },
    errors: [
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
  },
];
for (const { name, spec, errors } of cases)
  test(`create: ${name}`, () =>
    assert.deepEqual(createErrors(serviceKind, serviceOf(spec)), errors));

const stored = {
  clusterIP: '10.96.0.7',
  clusterIPs: ['10.96.0.7'],
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
};

test('update: the address stays, and who does not send it keeps it', () => {
  const { ipFamilies, ipFamilyPolicy } = stored;
  const silent = serviceOf({ ipFamilies, ipFamilyPolicy });
  assert.deepEqual(updateErrors(serviceKind, silent, serviceOf(stored)), []);
  assert.deepEqual(
    updateErrors(serviceKind, serviceOf({ ...stored, clusterIP: '10.96.0.8' }), serviceOf(stored)),
    ['spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set'],
  );
});

test('update: what belongs to the old type goes with it', () => {
  const before = created(
    serviceKind,
    serviceOf({ ...stored, type: 'NodePort', ports: [{ port: 80, nodePort: 30_001 }] }),
  );
  const next = { ...before, spec: { ...before.spec, type: 'ClusterIP' } };
  const { spec } = serviceKind.prepareForUpdate!(next, before, context);
  assert.deepEqual(
    [spec.ports, spec.externalTrafficPolicy, spec.clusterIP],
    [[{ port: 80, protocol: 'TCP', targetPort: 80 }], undefined, '10.96.0.7'],
  );
  const outside = serviceKind.prepareForUpdate!(
    { ...before, spec: { ...before.spec, type: 'ExternalName', externalName: 'a.b' } },
    before,
    context,
  );
  assert.deepEqual(
    [outside.spec.clusterIP, outside.spec.clusterIPs, outside.spec.ipFamilies],
    [undefined, undefined, undefined],
  );
});

const columns = (spec: object, status: object = {}): unknown[] => {
  const cells = row(serviceKind, { ...defaulted(serviceKind, serviceOf(spec)), status } as Service);
  return Object.values(cells);
};
test('columns', () => {
  assert.deepEqual(columns(stored), [
    'web',
    'ClusterIP',
    '10.96.0.7',
    '<none>',
    '80/TCP',
    '60m',
    'app=web',
  ]);
  assert.deepEqual(
    columns({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_001 }], selector: undefined }),
    ['web', 'NodePort', '<none>', '<none>', '80:30001/TCP', '60m', '<none>'],
  );
  assert.deepEqual(columns({ type: 'LoadBalancer' }).slice(1, 4), [
    'LoadBalancer',
    '<none>',
    '<pending>',
  ]);
  assert.deepEqual(
    columns({ type: 'LoadBalancer' }, { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } })[3],
    '1.2.3.4',
  );
  assert.deepEqual(
    columns({ type: 'ExternalName', externalName: 'a.b', ports: undefined }).slice(1, 5),
    ['ExternalName', '<none>', 'a.b', '<none>'],
  );
});
