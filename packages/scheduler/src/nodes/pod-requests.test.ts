import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerStatus, Pod, PodSpec } from '@coxswain/api/types/core-v1';
import { container, pod } from '../testing/objects.ts';
import { asksLess, podRequests } from './pod-requests.ts';

const mebi = 1024 * 1024;
const cpu = (value: string, more = {}) => container({ cpu: value }, more);
const sidecar = { restartPolicy: 'Always' };
const resizing = (reason: string): Pod =>
  pod(
    'p',
    { containers: [cpu('2')] },
    {
      conditions: [{ type: 'PodResizePending', status: 'True', reason }],
      containerStatuses: [
        {
          name: 'c',
          image: 'i',
          imageID: '',
          ready: true,
          restartCount: 0,
          resources: { requests: { cpu: '1' } },
          allocatedResources: { cpu: '1500m' },
        },
      ],
    },
  );

for (const [name, asks, milliCpu, scoredCpu] of [
  ['containers run together', pod('p', { containers: [cpu('1'), cpu('500m')] }), 1500, 1500],
  [
    'an init container runs alone',
    pod('p', { initContainers: [cpu('3'), cpu('2')], containers: [cpu('1')] }),
    3000,
    3000,
  ],
  [
    'sidecars run with everything after them',
    pod('p', {
      initContainers: [cpu('3'), cpu('1', sidecar), cpu('2500m')],
      containers: [cpu('1')],
    }),
    3500,
    3500,
  ],
  [
    'sidecars run with the containers',
    pod('p', { initContainers: [cpu('1', sidecar), cpu('1')], containers: [cpu('2')] }),
    3000,
    3000,
  ],
  [
    'overhead comes on top',
    pod('p', { containers: [cpu('1')], overhead: { cpu: '250m' } }),
    1250,
    1250,
  ],
  [
    'the pod as a whole takes the place of its containers',
    pod('p', {
      containers: [cpu('1'), cpu('1')],
      resources: { requests: { cpu: '1500m' } },
      overhead: { cpu: '1' },
    }),
    2500,
    2500,
  ],
  [
    'a share is assumed for containers that ask for nothing',
    pod('p', { containers: [cpu('1'), container()] }),
    1000,
    1100,
  ],
  [
    'but not where requests stand for the whole pod',
    pod('p', { containers: [cpu('1'), container()], resources: { requests: { memory: '1Gi' } } }),
    1000,
    1000,
  ],
  ['a resize counts with the higher amount', resizing('Deferred'), 2000, 2000],
  ['one that cannot be done, with what is there', resizing('Infeasible'), 1500, 1500],
] as const)
  test(`pod requests: ${name}`, () => {
    const { asked, scored } = podRequests(asks);
    assert.deepEqual([asked.milliCpu, scored.milliCpu], [milliCpu, scoredCpu]);
  });

test('pod requests: every resource', () => {
  const asks = pod('p', {
    containers: [
      container({ memory: '10Mi', 'ephemeral-storage': '1Gi', 'example.com/gpu': '1' }),
      container({ 'hugepages-2Mi': '4Mi', 'example.com/gpu': '2' }),
    ],
  });
  assert.deepEqual(podRequests(asks), {
    asked: {
      milliCpu: 0,
      memory: 10 * mebi,
      ephemeralStorage: 1024 * mebi,
      pods: 0,
      others: new Map([
        ['example.com/gpu', 3],
        ['hugepages-2Mi', 4 * mebi],
      ]),
    },
    scored: { milliCpu: 200, memory: 210 * mebi },
    text: '0 10485760 1073741824 200 220200960 [["example.com/gpu",3],["hugepages-2Mi",4194304]]',
  });
});

test('pod requests: what revisions and pods share does not hide what differs', () => {
  const asks = pod('p', { containers: [cpu('1')] });
  const { containers } = asks.spec;
  const has = (held: string): ContainerStatus => ({
    ...{ name: 'c', image: 'i', imageID: '', ready: true, restartCount: 0 },
    resources: { requests: { cpu: held } },
  });
  const of = (spec: Partial<PodSpec>, held = '1'): number =>
    podRequests({
      ...asks,
      spec: { ...asks.spec, ...spec },
      status: { containerStatuses: [has(held)] },
    }).asked.milliCpu;
  assert.deepEqual(
    [
      of({}),
      of({}, '2'), // resized
      of({ overhead: { cpu: '250m' } }),
      of({ resources: { requests: { cpu: '3' } } }),
      of({ containers: [{ ...containers[0]!, name: 'other' }] }),
      of({ containers: [...containers, ...containers] }),
      of({ initContainers: [cpu('4')] }),
      of({ initContainers: [cpu('5')] }),
      of({}),
    ],
    [1000, 2000, 1250, 3000, 1000, 2000, 4000, 5000, 1000],
  );
});

test('a pod asks for less when anything shrinks', () => {
  const gpus = (count: string): Pod =>
    pod('p', { containers: [container({ 'example.com/gpu': count })] });
  assert.deepEqual(
    [asksLess(gpus('1'), gpus('2')), asksLess(gpus('2'), gpus('1')), asksLess(pod('p'), gpus('1'))],
    [true, false, true],
  );
});
