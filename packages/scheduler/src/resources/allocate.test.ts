import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AllocationResult, DeviceClass, ResourceSlice } from '@coxswain/api/types/resource-v1';
import { node } from '../testing/objects.ts';
import { allocate } from './allocate.ts';
import { AllocatedDevices } from './allocated.ts';
import { indexSlices, poolsFor } from './pools.ts';

const own = node('n', { labels: { zone: 'z' } });
const driver = 'd.example.com';
const gpu: DeviceClass = {
  ...{ apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: 'gpu' } },
  spec: {},
};

const slice = (devices: readonly object[], more: object = {}, name = 'slice'): ResourceSlice => {
  const { pool, ...spec } = { nodeName: 'n', ...more } as any;
  return {
    ...{ apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata: { name } },
    spec: {
      driver,
      pool: { name: 'pool', generation: 1, resourceSliceCount: 1, ...pool },
      ...spec,
      devices,
    },
  };
};
const named = (...names: readonly string[]): readonly object[] => names.map((name) => ({ name }));
const asks = (name: string, count = 1, more: object = {}): object => ({
  name,
  exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count, ...more },
});
const oneOf = (...counts: readonly number[]): object => ({
  name: 'any',
  firstAvailable: counts.map((count, at) => ({
    ...{ name: `a${at}`, deviceClassName: 'gpu', allocationMode: 'ExactCount', count },
  })),
});

interface Has {
  readonly slices?: readonly ResourceSlice[];
  readonly requests: readonly object[];
  readonly constraints?: readonly object[];
  readonly held?: readonly object[];
  readonly stepsMax?: number;
}

/** `request=device` of each result, or what was said instead. */
function found({ slices = [slice(named('x', 'y', 'z'))], requests, ...has }: Has): string {
  const allocated = new AllocatedDevices();
  const results = (has.held ?? []).map((each) => ({ request: 'r', driver, pool: 'pool', ...each }));
  allocated.add({ devices: { results } } as object as AllocationResult);
  const claim: any = {
    metadata: { name: 'c', namespace: 'ns' },
    spec: { devices: { requests, constraints: has.constraints } },
  };
  const supply = {
    deviceClass: (name: string) => (name === 'gpu' ? gpu : undefined),
    ...{ allocated, counters: new Map(), read: new Map(), stepsMax: has.stepsMax ?? 1e6 },
  };
  try {
    const end = allocate([claim], own, poolsFor(own, indexSlices(slices)), supply);
    if (typeof end === 'string') return end;
    const { devices, nodeSelector } = end()[0]!;
    const list = (devices?.results ?? []).map(
      ({ request, device, consumedCapacity: used }) =>
        `${request}=${device}${used ? `:${Object.values(used)}` : ''}`,
    );
    return [...list, ...(nodeSelector ? [] : ['anywhere'])].join(' ');
  } catch (error) {
    return (error as Error).message;
  }
}

const size = (name: string, int: number): object => ({ name, attributes: { size: { int } } });
const sizes = [slice([size('x', 1), size('y', 2), size('z', 1), size('w', 3)])];
const picks = (expression: string): object => ({ selectors: [{ cel: { expression } }] });
const attribute = `device.attributes["${driver}"]`;
const shared = (value: string, requestPolicy?: object): object => ({
  name: 's',
  allowMultipleAllocations: true,
  capacity: { memory: { value, ...(requestPolicy && { requestPolicy }) } },
});
const wants = (memory: string): object => ({ capacity: { requests: { memory } } });
const part = (name: string, value: string): object => ({
  name,
  consumesCounters: [{ counterSet: 'card', counters: { memory: { value } } }],
});
const card = {
  pool: { resourceSliceCount: 2 },
  sharedCounters: [{ name: 'card', counters: { memory: { value: '10Gi' } } }],
};
const parts = (...devices: readonly object[]): readonly ResourceSlice[] => [
  slice(devices, { pool: { resourceSliceCount: 2 } }),
  slice([], card, 'card'),
];
const two = { pool: { resourceSliceCount: 2 } };
const steps = { default: '1Gi', validRange: { min: '1Gi', max: '7Gi', step: '2Gi' } };

const cases: readonly (readonly [name: string, has: Has, want: string])[] = [
  ['in order', { requests: [asks('one', 2)] }, 'one=x one=y'],
  ['what is held is passed over', { requests: [asks('one')], held: [{ device: 'x' }] }, 'one=y'],
  [
    'access of administrators holds nothing, and takes what is held',
    {
      requests: [asks('one'), asks('two', 1, { adminAccess: true })],
      held: [{ device: 'x', adminAccess: true }, { device: 'y' }],
    },
    'one=x two=y',
  ],
  [
    'an earlier request gives way',
    {
      slices: sizes,
      requests: [
        asks('one'),
        asks('two', 1, picks(`${attribute}.size == 1`)),
        asks('three', 1, picks(`${attribute}.size == 1`)),
      ],
    },
    'one=y two=x three=z',
  ],
  [
    'alike in an attribute',
    {
      slices: sizes,
      requests: [asks('one', 2)],
      constraints: [{ matchAttribute: `${driver}/size` }],
    },
    'one=x one=z',
  ],
  [
    'three that differ within one request',
    {
      slices: sizes,
      requests: [asks('one', 3)],
      constraints: [{ distinctAttribute: `${driver}/size` }],
    },
    'one=x one=y one=w',
  ],
  ['the second way', { requests: [oneOf(4, 2)] }, 'any/a1=x any/a1=y'],
  ['a way that leaves enough', { requests: [oneOf(3, 1), asks('one', 2)] }, 'any/a1=x one=y one=z'],
  [
    'fewer where a claim may not have so many',
    {
      slices: [slice(named(...Array.from({ length: 40 }, (_, at) => `d${at}`)))],
      requests: [oneOf(31, 1), asks('one', 2)],
    },
    'any/a1=d0 one=d1 one=d2',
  ],
  [
    'too many from the start',
    { requests: [asks('one', 33)] },
    'claim ns/c: number of requested devices 33 exceeds the claim limit of 32',
  ],
  [
    'a slice that is missing',
    { slices: [slice(named('x'), two)], requests: [asks('one')] },
    'none',
  ],
  [
    'all of a pool with a slice missing',
    { slices: [slice(named('x'), two)], requests: [asks('one', 0, { allocationMode: 'All' })] },
    'claim ns/c, request one: asks for all devices, but resource pool d.example.com/pool is currently being updated',
  ],
  [
    'a name twice',
    { slices: [slice(named('x'), two), slice(named('x'), two, 'b')], requests: [asks('one')] },
    'invalid',
  ],
  [
    'a newer generation elsewhere',
    {
      slices: [
        slice(named('x'), two),
        slice(named('y'), { nodeName: 'm', pool: { generation: 2 } }, 'b'),
      ],
      requests: [asks('one', 0, { allocationMode: 'All' })],
    },
    'none',
  ],
  [
    'for all nodes',
    {
      slices: [slice(named('x'), { nodeName: undefined, allNodes: true })],
      requests: [asks('one')],
    },
    'one=x anywhere',
  ],
  [
    'a taint, and one that is tolerated',
    {
      slices: [
        slice([
          { name: 'x', taints: [{ key: 'a', effect: 'NoSchedule' }] },
          { name: 'y', taints: [{ key: 'b', effect: 'NoExecute' }] },
        ]),
      ],
      requests: [asks('one', 1, { tolerations: [{ key: 'b', operator: 'Exists' }] })],
    },
    'one=y',
  ],
  [
    'parts that fit into a card together',
    {
      slices: parts(part('x', '6Gi'), part('y', '5Gi'), part('z', '4Gi')),
      requests: [asks('one', 2)],
    },
    'one=x one=z',
  ],
  [
    'what others use of a card',
    {
      slices: parts(part('x', '6Gi'), part('y', '5Gi'), part('z', '4Gi')),
      requests: [asks('one')],
      held: [{ device: 'x' }],
    },
    'one=z',
  ],
  [
    'a part that a taint keeps away uses nothing up',
    {
      slices: parts(
        { ...part('x', '6Gi'), taints: [{ key: 'a', effect: 'NoSchedule' }] },
        part('y', '5Gi'),
      ),
      requests: [asks('one')],
    },
    'one=y',
  ],
  [
    'shares',
    {
      slices: [slice([shared('10Gi')])],
      requests: [asks('one', 1, wants('6Gi')), asks('two', 1, wants('4Gi'))],
    },
    'one=s:6Gi two=s:4Gi',
  ],
  [
    'what others have of a device',
    {
      slices: [slice([shared('10Gi')])],
      requests: [asks('one', 1, wants('6Gi'))],
      held: [{ device: 's', shareID: 'a', consumedCapacity: { memory: '5Gi' } }],
    },
    'none',
  ],
  [
    'in steps',
    { slices: [slice([shared('10Gi', steps)])], requests: [asks('one', 1, wants('3500Mi'))] },
    'one=s:5Gi',
  ],
  [
    'past the most',
    { slices: [slice([shared('10Gi', steps)])], requests: [asks('one', 1, wants('8Gi'))] },
    'none',
  ],
  [
    'what is not there',
    {
      slices: [slice([shared('10Gi')])],
      requests: [asks('one', 1, { capacity: { requests: { cores: '1' } } })],
    },
    'none',
  ],
  [
    'a search without end',
    {
      slices: [slice(named(...Array.from({ length: 30 }, (_, at) => `d${at}`)))],
      requests: [asks('one', 15), asks('two', 16)],
      stepsMax: 10_000,
    },
    'node n: timed out trying to allocate devices',
  ],
];

for (const [name, has, want] of cases)
  test(`allocate: ${name}`, () => assert.equal(found(has), want));
