import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeJson } from '@coxswain/api';
import type { ContainerStatus, Pod, PodSpec, PodStatus } from '@coxswain/api/types/core-v1';
import { earlier, podOf, row } from '../testing/index.ts';
import { podKind } from './pod.ts';

const rowCase = (
  name: string,
  status: PodStatus,
  cells: object,
  spec: Partial<PodSpec> = {},
  metadata: object = {},
): void => {
  test(`columns: ${name}`, () => {
    const pod = { ...(podOf(spec, metadata) as Pod), status };
    const { Ready, Status, Restarts } = row(podKind, pod);
    assert.deepEqual({ Ready, Status, Restarts }, cells);
  });
};
const running = (fields: Partial<ContainerStatus> = {}): ContainerStatus => ({
  ...{ name: 'main', ready: true, restartCount: 0, image: '', imageID: '', state: { running: {} } },
  ...fields,
});
rowCase('pending', { phase: 'Pending' }, { Ready: '0/1', Status: 'Pending', Restarts: '0' });
rowCase(
  'running',
  { phase: 'Running', containerStatuses: [running()] },
  { Ready: '1/1', Status: 'Running', Restarts: '0' },
);
rowCase(
  'restarted',
  {
    phase: 'Running',
    containerStatuses: [
      running({
        restartCount: 3,
        lastState: { terminated: { exitCode: 1, finishedAt: earlier(120) } },
      }),
    ],
  },
  { Ready: '1/1', Status: 'Running', Restarts: '3 (2m ago)' },
);
rowCase(
  'backing off',
  {
    phase: 'Running',
    containerStatuses: [
      running({ ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } }),
    ],
  },
  { Ready: '0/1', Status: 'CrashLoopBackOff', Restarts: '0' },
);
rowCase(
  'initializing',
  { phase: 'Pending', initContainerStatuses: [running({ name: 'i', ready: false })] },
  { Ready: '0/1', Status: 'Init:0/1', Restarts: '0' },
  { initContainers: [{ name: 'i', image: 'x' }] },
);
rowCase(
  'an init container that failed',
  {
    phase: 'Pending',
    initContainerStatuses: [
      running({
        name: 'i',
        ready: false,
        restartCount: 1,
        state: { terminated: { exitCode: 2, reason: 'Error' } },
      }),
    ],
  },
  { Ready: '0/1', Status: 'Init:Error', Restarts: '1' },
  { initContainers: [{ name: 'i', image: 'x' }] },
);
rowCase(
  'being deleted',
  { phase: 'Running', containerStatuses: [running()] },
  { Ready: '1/1', Status: 'Terminating', Restarts: '0' },
  {},
  { deletionTimestamp: earlier(1) },
);
rowCase(
  'completed',
  {
    phase: 'Succeeded',
    containerStatuses: [
      running({ ready: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } }),
    ],
  },
  { Ready: '0/1', Status: 'Completed', Restarts: '0' },
);
rowCase(
  'gated',
  {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
  },
  { Ready: '0/1', Status: 'SchedulingGated', Restarts: '0' },
);

const sometimes = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(of, { nil: undefined });
const reasons = fc.constantFrom('', 'Completed', 'Error', 'NodeLost', 'PodInitializing');
const phases = fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown');
const ended = fc.record({
  ...{ exitCode: fc.nat(2), signal: sometimes(fc.nat(9)), reason: sometimes(reasons) },
  finishedAt: sometimes(fc.nat(9999).map(earlier)),
});
const state = fc.record(
  {
    waiting: fc.record({ reason: reasons, message: reasons }),
    running: fc.constant({}),
    terminated: ended,
  },
  { requiredKeys: [] },
);
const statuses = fc.array(
  fc.record({
    ...{ name: fc.constantFrom('a', 'b'), ready: fc.boolean(), started: sometimes(fc.boolean()) },
    ...{ restartCount: fc.nat(3), image: reasons, state: sometimes(state) },
    lastState: sometimes(fc.record({ terminated: sometimes(ended) })),
  }),
  { maxLength: 3 },
);
const containers = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b'),
    image: reasons,
    restartPolicy: sometimes(fc.constant('Always')),
  }),
  { maxLength: 2 },
);
const conditions = fc.array(
  fc.record({
    type: fc.constantFrom('Ready', 'Initialized', 'PodScheduled', 'gate'),
    status: fc.constantFrom('True', 'False'),
    ...{ reason: sometimes(fc.constantFrom('SchedulingGated', 'x')), message: reasons },
  }),
);
const pods = fc.record({
  metadata: fc.record({
    ...{ name: fc.string(), labels: fc.dictionary(fc.string(), fc.string()) },
    ...{
      creationTimestamp: fc.nat(9999).map(earlier),
      deletionTimestamp: sometimes(fc.constant(earlier(1))),
    },
  }),
  spec: fc.record({
    ...{ containers, initContainers: sometimes(containers), nodeName: sometimes(fc.string()) },
    readinessGates: sometimes(fc.array(fc.record({ conditionType: fc.constantFrom('gate', 'x') }))),
  }),
  status: fc.record({
    ...{ phase: phases, reason: sometimes(reasons), nominatedNodeName: sometimes(fc.string()) },
    ...{
      podIP: sometimes(fc.string()),
      podIPs: sometimes(fc.array(fc.record({ ip: fc.string() }))),
    },
    ...{ conditions: sometimes(conditions), containerStatuses: sometimes(statuses) },
    initContainerStatuses: sometimes(statuses),
  }),
});

test('columns: a row needs no more of a pod than is read for it', () => {
  fc.assert(
    fc.property(pods, (made) => {
      const pod = made as unknown as Pod;
      const parts = podKind.readRow!(new TextEncoder().encode(encodeJson(pod))) as Pod;
      assert.deepEqual(row(podKind, parts), row(podKind, pod));
      assert.deepEqual(podKind.rowConditions!(parts), podKind.rowConditions!(pod));
    }),
  );
});
