import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubeObject, LimitRanges, PersistentVolumeClaims, Pods } from '@coxswain/api';
import type { LimitRangeItem, ResourceRequirements } from '@coxswain/api/types/core-v1';
import { MemoryObjects } from '../authz/testing/memory-objects.ts';
import { limitRanger } from './limit-ranger.ts';
import { admissionOf, pass } from './testing/admission.ts';

const podOf = (resources?: ResourceRequirements): KubeObject =>
  ({
    metadata: { name: 'web', namespace: 'shop' },
    spec: { containers: [{ name: 'c', ...(resources && { resources }) }] },
  }) as KubeObject;
const claim = (storage: string): KubeObject =>
  ({
    metadata: { name: 'data', namespace: 'shop' },
    spec: { resources: { requests: { storage } } },
  }) as KubeObject;
const run = (
  item: LimitRangeItem,
  resource: typeof Pods | typeof PersistentVolumeClaims,
  object: KubeObject,
) => {
  const objects = new MemoryObjects();
  objects.put(LimitRanges, {
    metadata: { name: 'l', namespace: 'shop' },
    spec: { limits: [item] },
  });
  return pass(limitRanger(objects), admissionOf(objects, { resource, object }));
};

const defaults = { defaultRequest: { memory: '1Gi', cpu: '100m' }, default: { cpu: '500m' } };

test('defaults: what a container does not say, and a note of it', async () => {
  const pod = (await run(
    { type: 'Container', ...defaults },
    Pods,
    podOf({ requests: { cpu: '1m' } }),
  )) as any;
  assert.deepEqual(pod.spec.containers[0].resources, {
    requests: { memory: '1Gi', cpu: '1m' },
    limits: { cpu: '500m' },
  });
  assert.deepEqual(pod.metadata.annotations, {
    'kubernetes.io/limit-ranger':
      'LimitRanger plugin set: memory request for container c; cpu limit for container c',
  });
});

test('defaults: a container that says everything is left alone', async () => {
  const pod = podOf({ requests: { memory: '1', cpu: '1' }, limits: { cpu: '1' } });
  assert.equal(await run({ type: 'Container', ...defaults }, Pods, pod), pod);
});

for (const [name, item, resources, want] of [
  [
    'min, nothing asked',
    { min: { cpu: '50m' } },
    undefined,
    'minimum cpu usage per Container is 50m.  No request is specified',
  ],
  [
    'min, request',
    { min: { cpu: '50m' } },
    { requests: { cpu: '10m' } },
    'minimum cpu usage per Container is 50m, but request is 10m',
  ],
  ['min, met', { min: { cpu: '50m' } }, { requests: { cpu: '50m' } }, ''],
  [
    'max, no limit',
    { max: { cpu: '1' } },
    { requests: { cpu: '10m' } },
    'maximum cpu usage per Container is 1.  No limit is specified',
  ],
  [
    'max, limit',
    { max: { cpu: '1' } },
    { limits: { cpu: '1500m' } },
    'maximum cpu usage per Container is 1, but limit is 1500m',
  ],
  [
    'ratio',
    { maxLimitRequestRatio: { cpu: '2' } },
    { requests: { cpu: '300m' }, limits: { cpu: '1' } },
    'cpu max limit to request ratio per Container is 2, but provided ratio is 3.333333',
  ],
  [
    'ratio, met',
    { maxLimitRequestRatio: { cpu: '2' } },
    { requests: { cpu: '500m' }, limits: { cpu: '1' } },
    '',
  ],
  [
    'several',
    { min: { cpu: '1' }, max: { cpu: '2' } },
    { requests: { cpu: '500m' }, limits: { cpu: '3' } },
    '[minimum cpu usage per Container is 1, but request is 500m, maximum cpu usage per Container is 2, but limit is 3]',
  ],
] as const satisfies readonly (readonly [
  string,
  Partial<LimitRangeItem>,
  ResourceRequirements | undefined,
  string,
])[])
  test(`containers: ${name}`, async () => {
    const pod = podOf(resources);
    const answer = await run({ type: 'Container', ...item }, Pods, pod);
    if (want) assert.equal(answer, `403 pods "web" is forbidden: ${want}`);
    else assert.equal(answer, pod);
  });

test('claims: what they ask for, not what they may have', async () => {
  const item: LimitRangeItem = { type: 'PersistentVolumeClaim', max: { storage: '5Gi' } };
  const fits = claim('5Gi');
  assert.equal(await run(item, PersistentVolumeClaims, fits), fits);
  assert.equal(
    await run(item, PersistentVolumeClaims, claim('6Gi')),
    '403 persistentvolumeclaims "data" is forbidden: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi',
  );
});
