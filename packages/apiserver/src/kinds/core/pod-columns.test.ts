import assert from 'node:assert/strict';
import { test } from 'node:test';
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
