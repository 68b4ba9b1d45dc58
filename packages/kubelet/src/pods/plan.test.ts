import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod, PodSpec } from '@coxswain/api/types/core-v1';
import type { RuntimeContainer, Sandbox } from '../runtime.ts';
import type { PodRuntime, Probed } from './observed.ts';
import { planPod } from './plan.ts';
import type { RestartWaits } from './restart-wait.ts';

const sandbox: Sandbox = {
  ...{ id: 'sb', podName: 'p', podNamespace: 'd', podUid: 'u', attempt: 0, isReady: true },
  ...{ createdAtMs: 0, ips: ['10.0.0.2'], labels: {}, annotations: {} },
};
const run = (
  name: string,
  state: RuntimeContainer['state'],
  exitCode = 0,
  attempt = 0,
): RuntimeContainer => ({
  ...{ id: `${name}-${attempt}`, sandboxId: 'sb', name, podUid: 'u', attempt, state, exitCode },
  ...{ createdAtMs: attempt, finishedAtMs: 1_000, image: 'i', imageRef: 'r' },
  ...{ labels: {}, annotations: {} },
});
const c = (name: string, more: Partial<Container> = {}): Container => ({
  name,
  image: 'i',
  ...more,
});
const podOf = (spec: Partial<PodSpec>): Pod => ({
  metadata: { name: 'p', namespace: 'd', uid: 'u' },
  spec: { containers: [c('app')], ...spec },
});
const here = (...containers: RuntimeContainer[]): PodRuntime => ({
  sandboxes: [sandbox],
  containers,
});

interface Case {
  readonly name: string;
  readonly spec?: Partial<PodSpec>;
  readonly observed: PodRuntime;
  readonly probed?: Probed;
  readonly waits?: RestartWaits;
  /** sandbox attempt, kills, starts with attempts, waiting; `kill pod` first. */
  readonly want: string;
}

const side = c('side', { restartPolicy: 'Always' });
const startup = { exec: { command: ['x'] } };
const cases: readonly Case[] = [
  {
    name: 'a new pod',
    observed: { sandboxes: [], containers: [] },
    want: 'kill pod, sandbox 0, start app 0',
  },
  { name: 'running', observed: here(run('app', 'running')), want: '' },
  { name: 'ended, Always', observed: here(run('app', 'exited')), want: 'start app 1' },
  {
    name: 'ended well, OnFailure',
    spec: { restartPolicy: 'OnFailure' },
    observed: here(run('app', 'exited')),
    want: 'kill pod',
  },
  {
    name: 'failed, OnFailure',
    spec: { restartPolicy: 'OnFailure' },
    observed: here(run('app', 'exited', 2)),
    want: 'start app 1',
  },
  {
    name: 'failed, Never',
    spec: { restartPolicy: 'Never' },
    observed: here(run('app', 'exited', 2)),
    want: 'kill pod',
  },
  {
    name: 'a rule of its own goes before the policy',
    spec: {
      restartPolicy: 'Never',
      containers: [
        c('app', {
          restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
        }),
      ],
    },
    observed: here(run('app', 'exited', 42)),
    want: 'start app 1',
  },
  {
    name: 'one of two ended for good: the other goes on',
    spec: { restartPolicy: 'Never', containers: [c('app'), c('two')] },
    observed: here(run('app', 'exited'), run('two', 'running')),
    want: '',
  },
  {
    name: 'in back-off',
    observed: here(run('app', 'exited', 1)),
    waits: new Map([['app', { delayMs: 10_000, setAtMs: 0 }]]),
    want: 'app waits until 11000',
  },
  {
    name: 'sandbox gone, Always',
    observed: {
      sandboxes: [{ ...sandbox, isReady: false }],
      containers: [run('app', 'exited', 137)],
    },
    want: 'kill pod, sandbox 1, start app 1',
  },
  {
    name: 'sandbox gone, Never: it is over',
    spec: { restartPolicy: 'Never' },
    observed: {
      sandboxes: [{ ...sandbox, isReady: false }],
      containers: [run('app', 'exited', 137)],
    },
    want: 'kill pod',
  },
  {
    name: 'first init container',
    spec: { initContainers: [c('a'), c('b')] },
    observed: here(),
    want: 'start a 0',
  },
  {
    name: 'init runs',
    spec: { initContainers: [c('a'), c('b')] },
    observed: here(run('a', 'running')),
    want: '',
  },
  {
    name: 'next init',
    spec: { initContainers: [c('a'), c('b')] },
    observed: here(run('a', 'exited')),
    want: 'start b 0',
  },
  {
    name: 'init failed, Always',
    spec: { initContainers: [c('a')] },
    observed: here(run('a', 'exited', 1)),
    want: 'start a 1',
  },
  {
    name: 'init failed, Never',
    spec: { initContainers: [c('a')], restartPolicy: 'Never' },
    observed: here(run('a', 'exited', 1)),
    want: 'kill pod',
  },
  {
    name: 'all init done',
    spec: { initContainers: [c('a')] },
    observed: here(run('a', 'exited')),
    want: 'start app 0',
  },
  {
    name: 'a sidecar that runs lets the app begin',
    spec: { initContainers: [side] },
    observed: here(run('side', 'running')),
    want: 'start app 0',
  },
  {
    name: 'a sidecar that has not started holds it up',
    spec: { initContainers: [{ ...side, startupProbe: startup }] },
    observed: here(run('side', 'running')),
    want: '',
  },
  {
    name: 'until its startup probe succeeds',
    spec: { initContainers: [{ ...side, startupProbe: startup }] },
    observed: here(run('side', 'running')),
    probed: new Map([['side-0', { startup: true }]]),
    want: 'start app 0',
  },
  {
    name: 'an ended sidecar starts again',
    spec: { initContainers: [side] },
    observed: here(run('app', 'running'), run('side', 'exited', 1)),
    want: 'start side 1',
  },
  {
    name: 'a sidecar keeps no finished pod alive',
    spec: { initContainers: [side], restartPolicy: 'Never' },
    observed: here(run('app', 'exited'), run('side', 'running')),
    want: 'kill pod',
  },
  {
    name: 'liveness failed, Always',
    observed: here(run('app', 'running')),
    probed: new Map([['app-0', { liveness: false }]]),
    want: 'kill app (Container app failed liveness probe, will be restarted), start app 1',
  },
  {
    name: 'liveness failed, Never',
    spec: { restartPolicy: 'Never' },
    observed: here(run('app', 'running')),
    probed: new Map([['app-0', { liveness: false }]]),
    want: 'kill app (Container app failed liveness probe)',
  },
  {
    name: 'an ephemeral container starts once',
    spec: {
      ephemeralContainers: [
        { name: 'debug', image: 'i' },
        { name: 'old', image: 'i' },
      ],
    },
    observed: here(run('app', 'running'), run('old', 'exited', 1)),
    want: 'start debug 0',
  },
];

for (const { name, spec = {}, observed, probed = new Map(), waits = new Map(), want } of cases)
  test(`plan: ${name}`, () => {
    const plan = planPod(podOf(spec), observed, probed, waits, 5_000);
    const text = [
      ...(plan.killPod ? ['kill pod'] : []),
      ...(plan.createSandbox ? [`sandbox ${plan.createSandbox.attempt}`] : []),
      ...plan.kill.map(({ container, message }) => `kill ${container.name} (${message})`),
      ...plan.start.map(({ spec, attempt }) => `start ${spec.name} ${attempt}`),
      ...plan.waiting.map(({ name, untilMs }) => `${name} waits until ${untilMs}`),
    ];
    assert.equal(text.join(', '), want);
  });

test('plan: the restart count goes on from what the API last saw', () => {
  const containerStatuses = [
    {
      ...{ name: 'app', ready: true, restartCount: 4, image: '', imageID: '' },
      containerID: 'x://1',
    },
  ];
  const pod = { ...podOf({}), status: { containerStatuses } };
  const plan = planPod(pod, { sandboxes: [], containers: [] }, new Map(), new Map(), 0);
  assert.deepEqual(
    plan.start.map(({ attempt }) => attempt),
    [5],
  );
});
