import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceClaim } from '@coxswain/api/types/resource-v1';
import { context, createErrors, updateErrors } from '../testing/index.ts';
import { sliceFeatures, withoutFeatures } from './feature-fields.ts';
import { resourceClaimKind } from './resource-claim.ts';
import { resourceSliceKind } from './resource-slice.ts';

const claim = (requests: readonly object[], more: object = {}): object => ({
  metadata: { name: 'claim', namespace: 'shop' },
  spec: { devices: { requests, ...more } },
});
const one = { name: 'one', exactly: { deviceClassName: 'gpu' } };
const slice = (spec: object): object => ({
  metadata: { name: 'slice' },
  spec: {
    driver: 'example.com',
    pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
    ...spec,
  },
});

for (const { name, kind, object, errors } of [
  { name: 'one request', kind: resourceClaimKind, object: claim([one]), errors: [] },
  {
    name: 'the same request twice',
    kind: resourceClaimKind,
    object: claim([one, one]),
    errors: ['spec.devices.requests[1]: Duplicate value: "one"'],
  },
  {
    name: 'a constraint on a request that is none',
    kind: resourceClaimKind,
    object: claim([one], { constraints: [{ requests: ['two'], matchAttribute: 'a.com/b' }] }),
    errors: [
      'spec.devices.constraints[0].requests[0]: Invalid value: "two": must be the name of a request in the claim or the name of a request and a subrequest separated by \'/\'',
    ],
  },
  {
    name: 'two ways to nodes',
    kind: resourceSliceKind,
    object: slice({ nodeName: 'n1', allNodes: true }),
    errors: [
      'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set',
    ],
  },
  {
    name: 'a step past the capacity',
    kind: resourceSliceKind,
    object: slice({
      nodeName: 'n1',
      devices: [
        {
          name: 'd',
          allowMultipleAllocations: true,
          capacity: {
            memory: {
              value: '2Gi',
              requestPolicy: { default: '1Gi', validRange: { min: '1Gi', step: '2Gi' } },
            },
          },
        },
      ],
    }),
    errors: [
      'spec.devices[0].capacity[memory].requestPolicy.validRange.step: Invalid value: "2Gi": one step 3Gi is larger than capacity value: 2Gi',
    ],
  },
] as const)
  test(`devices: ${name}`, () =>
    assert.deepEqual(createErrors<never>(kind as never, object), errors));

test('what a claim asks for stays', () =>
  assert.match(
    updateErrors(resourceClaimKind, claim([]), claim([one]))[0]!,
    /field is immutable$/,
  ));

test('what is said of devices goes when they are given back', () => {
  const result = { request: 'one', driver: 'example.com', pool: 'p', device: 'd' };
  const status = {
    allocation: { devices: { results: [result] } },
    devices: [{ driver: 'example.com', pool: 'p', device: 'd' }],
  };
  const before = { ...claim([one]), status } as unknown as ResourceClaim;
  const write = resourceClaimKind.status!.prepareForUpdate;
  const next = { ...before, status: { devices: status.devices } };
  assert.deepEqual(write(next, before, context).status, {});
  assert.deepEqual(write(before, before, context).status, status);
});

test('fields of features that are off go, unless they were there before', () => {
  const spec = { devices: [{ name: 'd', attributes: { a: { ints: [1], int: 1 } } }] };
  const off = (gate: string): boolean => gate !== 'DRAListTypeAttributes';
  assert.deepEqual(withoutFeatures(sliceFeatures, spec, undefined, off), {
    devices: [{ name: 'd', attributes: { a: { int: 1 } } }],
  });
  assert.deepEqual(withoutFeatures(sliceFeatures, spec, spec, off), spec);
});
