import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { DeviceClass, ResourceClaim } from '@coxswain/api/types/resource-v1';
import { type Devices, noDevices } from '../framework/devices.ts';
import type { ClusterEvent } from '../framework/event.ts';
import { nothingAround } from '../framework/plugin.ts';
import { container, infoOf, node, pod, sceneWith } from '../testing/objects.ts';
import { dynamicResources } from './dynamic-resources.ts';

const gpu: DeviceClass = {
  ...{ apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: 'gpu' } },
  spec: { extendedResourceName: 'example.com/gpu' },
};
const claim = (name: string, more: object = {}, status: object = {}): ResourceClaim => ({
  ...{ apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim' },
  metadata: { name, namespace: 'default', uid: `uid-${name}`, ...more },
  spec: { devices: { requests: [{ name: 'one', exactly: { deviceClassName: 'gpu' } }] } },
  status,
});
const elsewhere = {
  devices: { results: [{ request: 'one', driver: 'd', pool: 'p', device: 'x' }] },
  nodeSelector: {
    nodeSelectorTerms: [
      { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['other'] }] },
    ],
  },
};

const around = (claims: readonly ResourceClaim[], more: Partial<Devices> = {}) => ({
  ...nothingAround,
  devices: {
    ...noDevices,
    claim: (name: string) => claims.find(({ metadata }) => metadata.name === name),
    deviceClass: (name: string) => (name === 'gpu' ? gpu : undefined),
    ...more,
  },
});
const user = (entry: object, status?: object): Pod =>
  pod('p', { resourceClaims: [{ name: 'gpu', ...entry }] }, status);
const named = user({ resourceClaimName: 'c' });
const made = user(
  { resourceClaimTemplateName: 't' },
  { resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'c' }] },
);

for (const [name, asks, claims, want] of [
  ['a claim that is not there', named, [], 'could not find ResourceClaim "default/c"'],
  ['a claim that is', named, [claim('c')], 'fits'],
  [
    'a claim that goes',
    named,
    [claim('c', { deletionTimestamp: '2026-01-01T00:00:00Z' })],
    'resourceclaim "c" is being deleted',
  ],
  [
    'a claim that is to be made',
    user({ resourceClaimTemplateName: 't' }),
    [],
    'pod "default/p": ResourceClaim not created yet',
  ],
  [
    "another's claim",
    made,
    [claim('c')],
    'ResourceClaim default/c was not created for Pod default/p (Pod is not owner)',
  ],
  [
    'no claim needed',
    user({ resourceClaimTemplateName: 't' }, { resourceClaimStatuses: [{ name: 'gpu' }] }),
    [],
    'fits',
  ],
] as const)
  test(`DynamicResources admits: ${name}`, () => {
    const verdict = dynamicResources.admit!(asks, around(claims));
    assert.equal(verdict.is === 'fits' ? 'fits' : verdict.reasons[0], want);
  });

const info = infoOf(node('n'));
const prepared = (asks: Pod, claims: readonly ResourceClaim[], more?: Partial<Devices>) =>
  dynamicResources.prepare!(asks, sceneWith(around(claims, more), info));

for (const [name, claims, more, want] of [
  [
    'a class that is not there',
    [claim('c')],
    { deviceClass: () => undefined },
    'request one: device class gpu does not exist',
  ],
  [
    'a claim that another pod gets devices for',
    [claim('c')],
    { isPending: () => true },
    'resource claim default/c is in the process of being allocated',
  ],
] as const)
  test(`DynamicResources refuses: ${name}`, () =>
    assert.deepEqual(prepared(named, claims, more), { is: 'rejected', reason: want }));

test('DynamicResources has nothing to say of pods without claims', () =>
  assert.deepEqual(prepared(pod('p'), []), { is: 'skip' }));

test('DynamicResources: extended resources that the node has are no concern of devices', () => {
  const asks = pod('p', { containers: [container({ 'example.com/gpu': '1' })] });
  const classFor = (name: string) => (name === 'example.com/gpu' ? gpu : undefined);
  const found = prepared(asks, [], { classFor }) as { state: any };
  const rich = infoOf(node('rich', { allocatable: { 'example.com/gpu': '1' } }));
  assert.equal(dynamicResources.filter!(found.state, rich, asks).is, 'fits');
  assert.equal(dynamicResources.reserve!(found.state, rich, asks), undefined);
  assert.deepEqual(dynamicResources.filter!(found.state, info, asks), {
    ...{ is: 'rejected', curable: false, reasons: ['cannot allocate all claims'] },
  });
});

for (const [name, reservedFor, want] of [
  ['a claim that nobody uses', [], ['deallocation of ResourceClaim completed', 'deallocate']],
  [
    'a claim that the pod itself holds',
    [{ resource: 'pods', name: 'p', uid: 'uid-p' }],
    ['deallocation of ResourceClaim completed', 'deallocate'],
  ],
  [
    'a claim that others use',
    [{ resource: 'pods', name: 'q', uid: 'uid-q' }],
    ['still not schedulable', undefined],
  ],
] as const)
  test(`DynamicResources gives up: ${name}`, () => {
    const held = claim('c', {}, { allocation: elsewhere, reservedFor });
    const { state } = prepared(named, [held]) as { state: any };
    assert.deepEqual(dynamicResources.filter!(state, info, named), {
      ...{ is: 'rejected', curable: false, reasons: ['resourceclaim not available on the node'] },
    });
    const { reason, givesUp } = dynamicResources.makeRoom!(state, named);
    assert.deepEqual([reason, givesUp?.how], want);
  });

test('DynamicResources: no claims, nothing to give up', () =>
  assert.deepEqual(dynamicResources.makeRoom!(undefined, pod('p')), {
    reason: 'no new claims to deallocate',
  }));

const changed = (now: ResourceClaim, before?: ResourceClaim): ClusterEvent => ({
  ...{ type: 'resource-claim', now, before },
});
const own = claim('c');
for (const [name, event, want] of [
  ['its claim comes', changed(own), true],
  ['its claim is as it was', changed(own, own), false],
  ['its claim says something else', changed({ ...own, status: { reservedFor: [] } }, own), true],
  ['another claim comes', changed(claim('d')), false],
  [
    'another claim gives devices back',
    changed(claim('d'), claim('d', {}, { allocation: elsewhere })),
    true,
  ],
  ['a class', { type: 'device-class', now: gpu, before: undefined }, true],
  ['a node', { type: 'node/add', node: node('m') }, true],
  ['a pod that goes', { type: 'pod/deleted', pod: pod('q') }, false],
  [
    'it learns of its claim',
    {
      type: 'pod/updated',
      pod: { ...named, status: { resourceClaimStatuses: [] } },
      before: named,
    },
    true,
  ],
  ['it changes', { type: 'pod/updated', pod: named, before: named }, false],
] as const satisfies readonly (readonly [string, ClusterEvent, boolean])[])
  test(`DynamicResources hears: ${name}`, () => {
    const wakes = dynamicResources.wakeOn.some(
      ({ event: type, cures }) =>
        type === event.type && (cures?.(named, event, around([own])) ?? true),
    );
    assert.equal(wakes, want);
  });
