import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@coxswain/api';
import type { Kind } from '../kind.ts';
import { replicationControllerKind } from '../core/replication-controller.ts';
import {
  context,
  createErrors,
  created,
  defaulted,
  earlier,
  row,
  updateErrors,
} from '../testing/index.ts';
import { controllerRevisionKind } from './controller-revision.ts';
import { daemonSetKind } from './daemon-set.ts';
import { deploymentKind } from './deployment.ts';
import { replicaSetKind } from './replica-set.ts';
import { statefulSetKind } from './stateful-set.ts';

const workload = (spec: object = {}): object => ({
  metadata: { name: 'web', namespace: 'shop', creationTimestamp: earlier(7200) },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'web:1' }] },
    },
    ...spec,
  },
});
const {
  template: _template,
  selector: _selector,
  ...deploymentRest
} = defaulted(deploymentKind, workload()).spec;

test('defaults of a deployment', () =>
  assert.deepEqual(deploymentRest, {
    replicas: 1,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  }));

test('defaults of a template', () =>
  assert.deepEqual(defaulted(replicaSetKind, workload()).spec.template?.spec, {
    containers: [
      {
        name: 'main',
        image: 'web:1',
        imagePullPolicy: 'IfNotPresent',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  }));

test('defaults of daemon sets and stateful sets', () => {
  const daemon = defaulted(daemonSetKind, workload()).spec;
  assert.deepEqual(
    [daemon.updateStrategy, daemon.revisionHistoryLimit],
    [{ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }, 10],
  );
  const { selector: _s, template: _t, ...rest } = defaulted(statefulSetKind, workload()).spec;
  assert.deepEqual(rest, {
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    replicas: 1,
    revisionHistoryLimit: 10,
  });
});

test('a replication controller selects by the labels of its template', () => {
  const { spec, metadata } = defaulted(
    replicationControllerKind,
    workload({ selector: undefined }),
  );
  assert.deepEqual([spec.selector, metadata.labels], [{ app: 'web' }, { app: 'web' }]);
});

const of = <T extends KubeObject>(kind: Kind<T>): Kind => kind as unknown as Kind;
const mismatch =
  'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`';
const cases: readonly { name: string; kind: Kind; spec: object; errors: readonly string[] }[] = [
  { name: 'good', kind: of(deploymentKind), spec: {}, errors: [] },
  {
    name: 'no selector',
    kind: of(deploymentKind),
    spec: { selector: undefined },
    errors: [
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
  },
  {
    name: 'a selector of everything',
    kind: of(deploymentKind),
    spec: { selector: {} },
    errors: ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
  },
  {
    name: 'a selector of others',
    kind: of(replicaSetKind),
    spec: { selector: { matchLabels: { app: 'db' } } },
    errors: [mismatch],
  },
  {
    name: 'no pods while updating',
    kind: of(deploymentKind),
    spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
    errors: [
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    ],
  },
  {
    name: 'a deadline before pods count as available',
    kind: of(deploymentKind),
    spec: { minReadySeconds: 600 },
    errors: [
      'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
    ],
  },
  {
    name: 'surge and absence at once',
    kind: of(daemonSetKind),
    spec: { updateStrategy: { rollingUpdate: { maxSurge: 1 } } },
    errors: [
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    ],
  },
  {
    name: 'pods that end',
    kind: of(daemonSetKind),
    spec: {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'x' }] },
      },
    },
    errors: [
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
  },
  {
    name: 'an order of no kind',
    kind: of(statefulSetKind),
    spec: { podManagementPolicy: 'Random' },
    errors: [
      `spec.podManagementPolicy: Invalid value: "Random": must be 'OrderedReady' or 'Parallel'`,
    ],
  },
  {
    name: 'no template',
    kind: of(statefulSetKind),
    spec: { template: undefined, volumeClaimTemplates: [{ metadata: { name: 'a' } }] },
    errors: [
      'spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required',
      'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
      'spec.template: Required value',
    ],
  },
  {
    name: 'a template and a claim of metadata only',
    kind: of(statefulSetKind),
    spec: {
      template: { metadata: { labels: { app: 'web' }, annotations: { note: 'x' } } },
      volumeClaimTemplates: [{ metadata: { name: 'a' } }],
    },
    errors: [
      'spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required',
      'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
      'spec.template.spec.containers: Required value',
    ],
  },
  {
    name: 'more away than there are',
    kind: of(statefulSetKind),
    spec: { updateStrategy: { rollingUpdate: { maxUnavailable: '101%' } } },
    errors: [
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ],
  },
  {
    name: 'an unknown strategy, and claims of nothing',
    kind: of(statefulSetKind),
    spec: {
      updateStrategy: { type: 'x' },
      volumeClaimTemplates: [{ metadata: { name: 'a' }, spec: { resources: {} } }],
    },
    errors: [
      `spec.updateStrategy: Invalid value: {"Type":"x","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'`,
      'spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required',
      'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
    ],
  },
];
for (const { name, kind, spec, errors } of cases)
  test(`${kind.resource.resource}: ${name}`, () =>
    assert.deepEqual(createErrors(kind, workload(spec)), errors));

test('how many of a set may be away waits for its feature', () => {
  const strategy = { type: 'RollingUpdate', rollingUpdate: { partition: 1, maxUnavailable: 2 } };
  const set = defaulted(statefulSetKind, workload({ updateStrategy: strategy }));
  for (const on of [true, false]) {
    const { spec } = statefulSetKind.prepareForCreate!(set, { ...context, enabled: () => on });
    assert.equal(spec.updateStrategy?.rollingUpdate?.maxUnavailable, on ? 2 : undefined);
    assert.equal(spec.updateStrategy?.rollingUpdate?.partition, 1);
  }
});

test('selectors stay', () => {
  const labels = { app: 'web', tier: 'front' };
  const next = workload({
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'web:1' }] } },
  });
  const error =
    'spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"front"}}: field is immutable';
  for (const kind of [of(deploymentKind), of(replicaSetKind), of(daemonSetKind)])
    assert.deepEqual(updateErrors(kind, next, workload()), [error]);
});

test('a stateful set changes only what it may', () => {
  assert.deepEqual(updateErrors(statefulSetKind, workload({ replicas: 3 }), workload()), []);
  assert.deepEqual(updateErrors(statefulSetKind, workload({ serviceName: 'web' }), workload()), [
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  ]);
});

test('columns', () => {
  const deployment = {
    ...created(deploymentKind, workload({ replicas: 3 })),
    status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 2 },
  };
  assert.deepEqual(Object.values(row(deploymentKind, deployment)), [
    'web',
    '2/3',
    3,
    2,
    '120m',
    'main',
    'web:1',
    'app=web',
  ]);
  const replicaSet = {
    ...created(replicaSetKind, workload()),
    status: { replicas: 1, readyReplicas: 1 },
  };
  assert.deepEqual(Object.values(row(replicaSetKind, replicaSet)), [
    'web',
    1,
    1,
    1,
    '120m',
    'main',
    'web:1',
    'app=web',
  ]);
  assert.deepEqual(Object.values(row(daemonSetKind, created(daemonSetKind, workload()))), [
    'web',
    0,
    0,
    0,
    0,
    0,
    '<none>',
    '120m',
    'main',
    'web:1',
    'app=web',
  ]);
  const revision = {
    metadata: {
      name: 'r',
      creationTimestamp: earlier(60),
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web', uid: 'u', controller: true },
      ],
    },
    revision: 4,
  };
  assert.deepEqual(Object.values(row(controllerRevisionKind, revision)), [
    'r',
    'daemonset.apps/web',
    4,
    '60s',
  ]);
});

test('metadata of a stored daemon set, which nobody may change, is defaulted already', () => {
  const stored = defaulted(daemonSetKind, workload());
  Object.freeze(stored.metadata);
  assert.doesNotThrow(() => daemonSetKind.defaults!(stored as never, context));
});
