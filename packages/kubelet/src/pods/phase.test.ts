import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  ContainerState,
  ContainerStatus,
  Pod,
  RestartPolicy,
} from '@coxswain/api/types/core-v1';
import { podPhase } from './phase.ts';

const running: ContainerState = { running: {} };
const waiting: ContainerState = { waiting: {} };
const ended = (exitCode: number): ContainerState => ({ terminated: { exitCode } });
const status = (
  name: string,
  state: ContainerState,
  lastState: ContainerState = {},
): ContainerStatus => ({
  ...{ name, state, lastState, ready: false, restartCount: 0, image: '', imageID: '' },
});

const cases: readonly (readonly [
  name: string,
  policy: RestartPolicy,
  statuses: readonly ContainerStatus[],
  isTerminal: boolean,
  want: string,
])[] = [
  ['nothing known', 'Always', [], false, 'Pending'],
  ['one waits', 'Always', [status('a', running), status('b', waiting)], false, 'Pending'],
  ['both run', 'Always', [status('a', running), status('b', running)], false, 'Running'],
  ['one runs, one unknown', 'Always', [status('a', running)], false, 'Pending'],
  [
    'both ended, Always',
    'Always',
    [status('a', ended(0)), status('b', ended(1))],
    false,
    'Running',
  ],
  ['both well, Never', 'Never', [status('a', ended(0)), status('b', ended(0))], false, 'Succeeded'],
  ['one failed, Never', 'Never', [status('a', ended(0)), status('b', ended(1))], false, 'Failed'],
  [
    'one failed, OnFailure',
    'OnFailure',
    [status('a', ended(0)), status('b', ended(1))],
    false,
    'Running',
  ],
  [
    'both well, OnFailure',
    'OnFailure',
    [status('a', ended(0)), status('b', ended(0))],
    false,
    'Succeeded',
  ],
  [
    'backing off',
    'Always',
    [status('a', running), status('b', waiting, ended(1))],
    false,
    'Running',
  ],
  [
    'ended for good, Always',
    'Always',
    [status('a', ended(0)), status('b', ended(0))],
    true,
    'Succeeded',
  ],
  ['killed, Always', 'Always', [status('a', ended(0)), status('b', ended(137))], true, 'Failed'],
];

for (const [name, restartPolicy, statuses, isTerminal, want] of cases)
  test(`phase: ${name}`, () => {
    const pod: Pod = {
      metadata: { name: 'p' },
      spec: { restartPolicy, containers: [{ name: 'a' }, { name: 'b' }] },
    };
    assert.equal(podPhase(pod, statuses, isTerminal, true), want);
  });

test('phase: init containers', () => {
  const pod: Pod = {
    metadata: { name: 'p' },
    spec: { restartPolicy: 'Never', initContainers: [{ name: 'i' }], containers: [{ name: 'a' }] },
  };
  const phase = (init: ContainerState): string =>
    podPhase(pod, [status('i', init), status('a', waiting)], false, false);
  assert.deepEqual([running, ended(0), ended(1)].map(phase), ['Pending', 'Pending', 'Failed']);
});
