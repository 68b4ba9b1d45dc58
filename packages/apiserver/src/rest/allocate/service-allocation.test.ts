import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '@coxswain/api';
import type { Service, ServiceSpec } from '@coxswain/api/types/core-v1';
import { NodePortAllocator } from './node-port-allocator.ts';
import { addressPool } from './address-pool.ts';
import { clusterAddresses, portsOf, ServiceAllocation } from './service-allocation.ts';

const options = { dryRun: false, random: () => 0 };
const service = (spec: Partial<ServiceSpec>): Service => ({
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    type: 'ClusterIP',
    selector: { app: 'web' },
    ports: [{ port: 80, protocol: 'TCP' }],
    ...spec,
  },
});
/** An allocation whose stored services are what `store` was given. */
function make(...ranges: string[]): {
  readonly allocate: ServiceAllocation['allocate'];
  readonly store: (...services: readonly Service[]) => void;
  readonly remove: (service: Service) => void;
} {
  const given = ranges.length ? ranges : ['10.96.0.0/24'];
  const pools = given.map((range) => addressPool(range)!);
  const taken = new Set<string>();
  const ports = new NodePortAllocator(30_000, 30_002);
  const allocation = new ServiceAllocation(
    {
      families: pools.map(({ family }) => family),
      pools: (family) => pools.filter((pool) => pool.family === family),
      isTaken: (address) => taken.has(address),
    },
    ports,
  );
  return {
    allocate: (next, before, how) => allocation.allocate(next, before, how),
    store(...services) {
      for (const each of services) {
        for (const address of clusterAddresses(each)) taken.add(address);
        for (const port of portsOf(each)) ports.mark(port);
      }
    },
    remove(each) {
      for (const address of clusterAddresses(each)) taken.delete(address);
      for (const port of portsOf(each)) ports.release(port);
    },
  };
}
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof ApiError);
    return error.message;
  }
  return assert.fail('nothing was refused');
};

test('a service gets an address of the default family', () => {
  const { spec } = make().allocate(service({}), undefined, options).service;
  assert.deepEqual(
    { ...spec, ports: undefined, selector: undefined },
    {
      type: 'ClusterIP',
      ports: undefined,
      selector: undefined,
      clusterIP: '10.96.0.17',
      clusterIPs: ['10.96.0.17'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    },
  );
});

test('no address is given twice, and a full range says so', () => {
  const allocation = make('10.0.0.0/30');
  const given = [1, 2].map(
    () => allocation.allocate(service({}), undefined, options).service.spec.clusterIP,
  );
  assert.deepEqual(given.toSorted(), ['10.0.0.1', '10.0.0.2']);
  assert.equal(
    refusal(() => allocation.allocate(service({}), undefined, options)),
    'Internal error occurred: failed to allocate a serviceIP for Service "web": range is full',
  );
});

const refusals: readonly { name: string; spec: Partial<ServiceSpec>; message: string }[] = [
  {
    name: 'an address that is taken',
    spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] },
    message:
      'Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
  },
  {
    name: 'an address out of range',
    spec: { clusterIP: '10.97.0.1', clusterIPs: ['10.97.0.1'] },
    message:
      'Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.97.0.1"]: failed to allocate IP 10.97.0.1: the provided network does not match the current range',
  },
  {
    name: 'a port that is taken',
    spec: { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort: 30_001 }] },
    message:
      'Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated',
  },
  {
    name: 'a port out of range',
    spec: { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort: 80 }] },
    message:
      'Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-30002',
  },
  {
    name: 'two families on a cluster with one',
    spec: { ipFamilyPolicy: 'RequireDualStack' },
    message:
      'Service "web" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  },
];
for (const { name, spec, message } of refusals)
  test(`refused: ${name}`, () => {
    const allocation = make();
    allocation.store(
      service({
        type: 'NodePort',
        clusterIPs: ['10.96.0.10'],
        ports: [{ port: 80, nodePort: 30_001 }],
      }),
    );
    assert.equal(
      refusal(() => allocation.allocate(service(spec), undefined, options)),
      message,
    );
  });

test('what failed, or was only tried, is free again', () => {
  const allocation = make();
  const asked = service({ type: 'NodePort', clusterIPs: ['10.96.0.9'], clusterIP: '10.96.0.9' });
  allocation.allocate(asked, undefined, { ...options, dryRun: true });
  allocation.allocate(asked, undefined, options).revert();
  const bad = service({ ...asked.spec, ports: [{ port: 80, nodePort: 1 }] });
  refusal(() => allocation.allocate(bad, undefined, options));
  assert.equal(allocation.allocate(asked, undefined, options).service.spec.clusterIP, '10.96.0.9');
});

test('a change of type takes ports, and gives them back', () => {
  const allocation = make();
  const plain = allocation.allocate(service({}), undefined, options).service;
  const open = allocation.allocate(
    { ...plain, spec: { ...plain.spec, type: 'NodePort' } },
    plain,
    options,
  );
  open.commit();
  const nodePort = open.service.spec.ports?.[0]?.nodePort;
  assert.deepEqual([open.service.spec.clusterIP, nodePort], [plain.spec.clusterIP, 30_000]);
  const closed = allocation.allocate(plain, open.service, options);
  assert.deepEqual([closed.taken, closed.dropped], [[], []]);
  allocation.remove(open.service);
  allocation.store(closed.service);
  const again = service({
    type: 'NodePort',
    ports: [{ port: 80, protocol: 'TCP', nodePort: 30_000 }],
  });
  assert.equal(
    allocation.allocate(again, undefined, options).service.spec.ports?.[0]?.nodePort,
    30_000,
  );
});

test('a deleted service leaves its address', () => {
  const allocation = make();
  const { commit, service: first, taken } = allocation.allocate(service({}), undefined, options);
  commit();
  assert.deepEqual(taken, first.spec.clusterIPs);
  allocation.store(first);
  const second = allocation.allocate(service({}), undefined, options);
  assert.notDeepEqual(second.taken, taken);
  second.revert();
  allocation.remove(first);
  assert.deepEqual(allocation.allocate(service({}), undefined, options).taken, taken);
});

test('an address of a service that is renamed goes back', () => {
  const allocation = make();
  const { service: before } = allocation.allocate(service({}), undefined, options);
  const renamed = service({ type: 'ExternalName', externalName: 'example.com' });
  const { dropped } = allocation.allocate(renamed, before, options);
  assert.deepEqual(dropped, before.spec.clusterIPs);
});

test('a dry run shows the network, and takes nothing', () => {
  const dry = make().allocate(service({ type: 'NodePort' }), undefined, {
    ...options,
    dryRun: true,
  });
  const { clusterIP, ports } = dry.service.spec;
  assert.deepEqual([clusterIP, ports?.[0]?.nodePort, dry.taken], ['10.96.0.0', 32_769, []]);
});

test('two families where the cluster has two', () => {
  const { spec } = make('10.96.0.0/24', 'fd00::/108').allocate(
    service({ ipFamilyPolicy: 'PreferDualStack' }),
    undefined,
    options,
  ).service;
  assert.deepEqual(
    [spec.ipFamilies, spec.clusterIPs],
    [
      ['IPv4', 'IPv6'],
      ['10.96.0.17', 'fd00::101'],
    ],
  );
});

test('headless services and other names get no address', () => {
  const headless = make().allocate(
    service({ clusterIP: 'None', clusterIPs: ['None'] }),
    undefined,
    options,
  );
  assert.deepEqual(headless.service.spec.clusterIPs, ['None']);
  const named = service({ type: 'ExternalName', externalName: 'example.com' });
  assert.equal(make().allocate(named, undefined, options).service, named);
});
