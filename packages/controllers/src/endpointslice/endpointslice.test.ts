import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndpointSlices, Nodes, Pods, Services } from '@coxswain/api';
import type { Pod, Service } from '@coxswain/api/types/core-v1';
import type { EndpointSlice } from '@coxswain/api/types/discovery-v1';
import { controllerReference } from '../objects/owner.ts';
import { namespace, node, pod, ready, service } from '../testing/objects.ts';
import { observedBy } from '../testing/observed.ts';
import { endpointSliceController } from './endpointslice.ts';

const web = (spec: object = {}): Service => {
  const made = service(spec);
  return { ...made, metadata: { ...made.metadata, uid: 'svc' } } as Service;
};
const podOn = (name: string, nodeName: string, isReady = 'True'): Pod =>
  pod(name, {
    metadata: { labels: { app: 'web' } },
    spec: { nodeName, containers: [{ name: 'c', image: 'one' }] },
    status: { phase: 'Running', podIPs: [{ ip: '10.0.0.1' }], conditions: [ready(isReady)] },
  });
const slice = (name: string, more: object = {}, owner: Service = web()): EndpointSlice =>
  ({
    metadata: {
      name,
      namespace,
      labels: {
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [controllerReference(Services, owner)],
    },
    addressType: 'IPv4',
    endpoints: [],
    ports: [],
    ...more,
  }) as EndpointSlice;
const zoned = node('n1', {
  metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'a' } },
});

/** `+IPv4 name:ready@zone*hints` for what is created, `-name` for what is removed. */
const plan = (
  one: Service,
  pods: readonly Pod[],
  slices: readonly EndpointSlice[] = [],
): readonly string[] => {
  const observed = observedBy(endpointSliceController, {
    objects: [
      [Pods, pods],
      [Nodes, [zoned]],
      [EndpointSlices, slices],
    ],
  });
  const { actions } = endpointSliceController.plan(one, observed, 'default/web');
  return actions.map((action) => {
    if (action.do === 'remove') return `-${action.object.metadata.name}`;
    assert.ok(action.do === 'create');
    const { addressType, endpoints, ports } = action.object as EndpointSlice;
    const shown = (endpoints ?? []).map(
      ({ targetRef, conditions, zone, hints }) =>
        `${targetRef!.name}:${conditions!.ready}@${zone}${hints ? `*${JSON.stringify(hints)}` : ''}`,
    );
    return [`+${addressType}`, ...(ports ?? []).map(({ port }) => String(port)), ...shown].join(
      ' ',
    );
  });
};

const byName = web({ ports: [{ port: 80, targetPort: 'http' }] });
const cases: readonly {
  readonly name: string;
  readonly service: Service;
  readonly pods?: readonly Pod[];
  readonly slices?: readonly EndpointSlice[];
  readonly does: readonly string[];
}[] = [
  { name: 'without pods there is one empty slice', service: web(), does: ['+IPv4'] },
  { name: 'which stays', service: web(), slices: [slice('empty')], does: [] },
  {
    name: 'each family has its own, also where the other has endpoints',
    service: web({ ipFamilies: ['IPv4', 'IPv6'] }),
    pods: [podOn('p', 'n1')],
    does: ['+IPv4 8080 p:true@a', '+IPv6'],
  },
  {
    name: 'a family that is no longer spoken goes',
    service: web(),
    slices: [slice('empty'), slice('six', { addressType: 'IPv6' })],
    does: ['-six'],
  },
  {
    name: 'a slice of an earlier service of this name goes',
    service: web(),
    slices: [slice('old', {}, { ...web(), metadata: { name: 'web', uid: 'before' } })],
    does: ['+IPv4', '-old'],
  },
  {
    name: 'a pod on a node that is not known waits',
    service: web(),
    pods: [podOn('p', 'n2')],
    does: ['+IPv4'],
  },
  {
    name: 'unless it is wanted in any state',
    service: web({ publishNotReadyAddresses: true }),
    pods: [podOn('p', 'n2', 'False')],
    does: ['+IPv4 8080 p:true@undefined'],
  },
  {
    name: 'a pod without the named port has an endpoint without ports',
    service: byName,
    pods: [podOn('p', 'n1')],
    does: ['+IPv4 p:true@a'],
  },
  {
    name: 'close traffic is hinted at by zone',
    service: web({ trafficDistribution: 'PreferClose' }),
    pods: [podOn('p', 'n1')],
    does: ['+IPv4 8080 p:true@a*{"forZones":[{"name":"a"}]}'],
  },
  {
    name: 'and by node',
    service: web({ trafficDistribution: 'PreferSameNode' }),
    pods: [podOn('p', 'n1')],
    does: ['+IPv4 8080 p:true@a*{"forZones":[{"name":"a"}],"forNodes":[{"name":"n1"}]}'],
  },
  {
    name: 'but not for what is not ready',
    service: web({ trafficDistribution: 'PreferClose' }),
    pods: [podOn('p', 'n1', 'False')],
    does: ['+IPv4 8080 p:false@a'],
  },
];
for (const { name, service: one, pods, slices, does } of cases)
  test(name, () => assert.deepEqual(plan(one, pods ?? [], slices), does));
