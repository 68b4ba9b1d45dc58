import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressOf } from './status-text.ts';

const metadata = { name: 'a', generation: 2 };
const rolling = { type: 'RollingUpdate' };

const cases = [
  {
    name: 'a deployment that nobody has seen yet',
    kind: 'Deployment',
    object: { metadata, spec: { replicas: 2 }, status: { observedGeneration: 1 } },
    want: { text: 'Waiting for deployment spec update to be observed...\n' },
  },
  {
    name: 'a deployment with old pods',
    kind: 'Deployment',
    object: {
      ...{ metadata, spec: { replicas: 2 } },
      status: { observedGeneration: 2, updatedReplicas: 2, replicas: 3 },
    },
    want: {
      text: 'Waiting for deployment "a" rollout to finish: 1 old replicas are pending termination...\n',
    },
  },
  {
    name: 'a deployment that is done',
    kind: 'Deployment',
    object: {
      ...{ metadata, spec: { replicas: 1 } },
      status: { observedGeneration: 2, updatedReplicas: 1, replicas: 1, availableReplicas: 1 },
    },
    want: { text: 'deployment "a" successfully rolled out\n', isDone: true },
  },
  {
    name: 'a daemon set on its way',
    kind: 'DaemonSet',
    object: {
      ...{ metadata, spec: { updateStrategy: rolling } },
      status: { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: 1 },
    },
    want: {
      text: 'Waiting for daemon set "a" rollout to finish: 1 out of 3 new pods have been updated...\n',
    },
  },
  {
    name: 'a stateful set with a partition',
    kind: 'StatefulSet',
    object: {
      metadata,
      spec: { replicas: 3, updateStrategy: { ...rolling, rollingUpdate: { partition: 1 } } },
      status: { observedGeneration: 2, readyReplicas: 3, updatedReplicas: 1 },
    },
    want: {
      text: 'Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...\n',
    },
  },
];
for (const { name, kind, object, want } of cases)
  test(name, () => assert.deepEqual(progressOf[kind]!(object, 0), want));

const refused = [
  {
    name: 'a deployment that took too long',
    kind: 'Deployment',
    object: {
      ...{ metadata, spec: {} },
      status: {
        observedGeneration: 2,
        conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }],
      },
    },
    message: 'deployment "a" exceeded its progress deadline',
  },
  {
    name: 'a stateful set that is rolled by hand',
    kind: 'StatefulSet',
    object: { metadata, spec: { updateStrategy: { type: 'OnDelete' } } },
    message: 'rollout status is only available for RollingUpdate strategy type',
  },
];
for (const { name, kind, object, message } of refused)
  test(name, () => assert.throws(() => progressOf[kind]!(object, 0), { message }));
