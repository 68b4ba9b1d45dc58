import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorText } from '@coxswain/api';
import type { ContainerStatus } from '@coxswain/api/types/core-v1';
import {
  context,
  createErrors,
  created,
  defaulted,
  podOf,
  updateErrors,
} from '../testing/index.ts';
import { podKind } from './pod.ts';

const main = (fields: object): object =>
  podOf({ containers: [{ name: 'main', image: 'web:1', ...fields }] });

test('a small pod gets all of upstream’s defaults', () => {
  const { spec } = defaulted(podKind, {
    metadata: { name: 'web' },
    spec: {
      serviceAccount: 'bot',
      hostNetwork: true,
      containers: [
        {
          name: 'main',
          image: 'web',
          ports: [{ containerPort: 80 }],
          env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } },
          livenessProbe: { httpGet: { port: 80 } },
        },
      ],
      volumes: [
        { name: 'scratch' },
        { name: 'conf', configMap: { name: 'c' } },
        { name: 'host', hostPath: { path: '/x' } },
      ],
    },
  });
  assert.deepEqual(spec, {
    serviceAccount: 'bot',
    serviceAccountName: 'bot',
    hostNetwork: true,
    containers: [
      {
        name: 'main',
        image: 'web',
        imagePullPolicy: 'Always',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }],
        env: [
          { name: 'A', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
        ],
        resources: {
          limits: { cpu: '1', memory: '1Gi' },
          requests: { cpu: '500m', memory: '1Gi' },
        },
        livenessProbe: {
          httpGet: { port: 80, path: '/', scheme: 'HTTP' },
          timeoutSeconds: 1,
          periodSeconds: 10,
          successThreshold: 1,
          failureThreshold: 3,
        },
      },
    ],
    volumes: [
      { name: 'scratch', emptyDir: {} },
      { name: 'conf', configMap: { name: 'c', defaultMode: 420 } },
      { name: 'host', hostPath: { path: '/x', type: '' } },
    ],
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
  });
});

const tags: readonly (readonly [image: string, policy: string])[] = [
  ['web', 'Always'],
  ['web:latest', 'Always'],
  ['web:1', 'IfNotPresent'],
  ['host:5000/web', 'Always'],
  ['host:5000/web:1', 'IfNotPresent'],
  [`web@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
];
for (const [image, policy] of tags)
  test(`${image} is pulled ${policy}`, () =>
    assert.equal(
      defaulted(podKind, podOf({ containers: [{ name: 'a', image }] })).spec.containers[0]
        ?.imagePullPolicy,
      policy,
    ));

const classes: readonly (readonly [name: string, resources: object, quality: string])[] = [
  ['BestEffort', {}, 'BestEffort'],
  ['Burstable', { requests: { cpu: '1' } }, 'Burstable'],
  ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  ['unequal', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }, 'Burstable'],
];
for (const [name, resources, qosClass] of classes)
  test(`quality of service: ${name}`, () =>
    assert.deepEqual(created(podKind, main({ resources })).status, { phase: 'Pending', qosClass }));

const wrong: readonly { name: string; pod: object; errors: readonly string[] }[] = [
  { name: 'nothing', pod: podOf({}), errors: [] },
  {
    name: 'no containers',
    pod: podOf({ containers: [] }),
    errors: ['spec.containers: Required value'],
  },
  {
    name: 'a name with a capital',
    pod: podOf({ containers: [{ name: 'Main', image: 'a' }] }),
    errors: [
      `spec.containers[0].name: Invalid value: "Main": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
    ],
  },
  {
    name: 'no image',
    pod: podOf({ containers: [{ name: 'a' }] }),
    errors: ['spec.containers[0].image: Required value'],
  },
  {
    name: 'two of a name',
    pod: podOf({
      containers: [
        { name: 'a', image: 'x' },
        { name: 'a', image: 'x' },
      ],
    }),
    errors: ['spec.containers[1].name: Duplicate value: "a"'],
  },
  {
    name: 'a restart policy of no kind',
    pod: podOf({ restartPolicy: 'Never ever' }),
    errors: [
      'spec.restartPolicy: Unsupported value: "Never ever": supported values: "Always", "OnFailure", "Never"',
    ],
  },
  {
    name: 'a mount of no volume',
    pod: main({ volumeMounts: [{ name: 'x', mountPath: '/x' }] }),
    errors: ['spec.containers[0].volumeMounts[0].name: Not found: "x"'],
  },
  {
    name: 'requests above limits',
    pod: main({ resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }),
    errors: [
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
  },
  {
    name: 'a port past the end',
    pod: main({ ports: [{ containerPort: 70_000 }] }),
    errors: [
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
  },
  {
    name: 'two kinds of volume in one',
    pod: podOf({ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] }),
    errors: ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
  },
  {
    name: 'a probe that does nothing',
    pod: main({ livenessProbe: {} }),
    errors: ['spec.containers[0].livenessProbe: Required value: must specify a handler type'],
  },
  {
    name: 'a probe of an init container',
    pod: podOf({
      initContainers: [{ name: 'i', image: 'x', livenessProbe: { exec: { command: ['a'] } } }],
    }),
    errors: [
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  },
  {
    name: 'a toleration of all without Exists',
    pod: podOf({ tolerations: [{ effect: 'NoSchedule' }] }),
    errors: [
      'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
  },
  {
    name: 'a variable of two sources',
    pod: main({
      env: [{ name: 'A', value: 'b', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
    }),
    errors: [
      'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
    ],
  },
  {
    name: 'privileged without escalation',
    pod: main({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
    errors: [
      'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
  },
  {
    name: 'ephemeral containers from the start',
    pod: podOf({ ephemeralContainers: [{ name: 'e', image: 'x' }] }),
    errors: ['spec.ephemeralContainers: Forbidden: cannot be set on create'],
  },
  {
    name: 'options of Windows',
    pod: podOf({
      securityContext: {
        windowsOptions: { gmsaCredentialSpec: '', runAsUserName: 'a\\b\\c', hostProcess: true },
      },
    }),
    errors: [
      'spec.securityContext.windowsOptions.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an empty string',
      'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash',
      'spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers',
    ],
  },
  {
    name: 'what Windows does not have',
    pod: podOf({
      os: { name: 'windows' },
      hostIPC: true,
      hostPID: false,
      shareProcessNamespace: false,
      securityContext: { runAsUser: 1, seLinuxOptions: { level: 's0' } },
    }),
    errors: [
      'spec.securityContext.seLinuxOptions: Forbidden: cannot be set for a windows pod',
      'spec.hostIPC: Forbidden: cannot be set for a windows pod',
      'spec.shareProcessNamespace: Forbidden: cannot be set for a windows pod',
      'spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod',
    ],
  },
];
for (const { name, pod, errors } of wrong)
  test(`create: ${name}`, () => assert.deepEqual(createErrors(podKind, pod), errors));

test('update: images may change, commands may not', () => {
  assert.deepEqual(updateErrors(podKind, main({ image: 'web:2' }), main({})), []);
  assert.deepEqual(updateErrors(podKind, main({ command: ['b'] }), main({ command: ['a'] })), [
    'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n@@ -6,7 +6,7 @@\n    "Name": "main",\n    "Image": "web:1",\n    "Command": [\n-    "a"\n+    "b"\n    ],\n    "Args": null,\n    "WorkingDir": "",\n',
  ]);
  assert.deepEqual(updateErrors(podKind, podOf({ containers: [] }), main({})), [
    'spec.containers: Required value',
    'spec.containers: Forbidden: pod updates may not add or remove containers',
  ]);
});

test('status: an ended container stays ended, and quality of service stands', () => {
  const terminated: ContainerStatus = {
    name: 'main',
    ready: false,
    restartCount: 0,
    image: '',
    imageID: '',
    state: { terminated: { exitCode: 0 } },
  };
  const before = {
    ...created(podKind, podOf({ restartPolicy: 'Never' })),
    status: { phase: 'Running', qosClass: 'BestEffort', containerStatuses: [terminated] },
  };
  const status = {
    phase: 'Running',
    qosClass: 'Burstable',
    containerStatuses: [{ ...terminated, state: { running: {} } }],
  };
  const next = podKind.status!.prepareForUpdate(
    { ...before, spec: { containers: [] }, status },
    before,
    context,
  );
  assert.deepEqual(next.spec, before.spec);
  assert.deepEqual(
    [...podKind.status!.validateUpdate!(next, before, context)].map(fieldErrorText),
    [
      'status.qosClass: Invalid value: "Burstable": field is immutable',
      'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    ],
  );
});

test('resize takes processors and memory, and nothing else', () => {
  const before = created(podKind, main({ resources: { requests: { cpu: '1' } } }));
  const wanted = defaulted(
    podKind,
    main({ image: 'other', resources: { requests: { cpu: '2' } } }),
  );
  const next = podKind.facets!['resize']!.prepareForUpdate(wanted, before, context);
  assert.deepEqual(next.spec.containers, [
    {
      ...before.spec.containers[0],
      resizePolicy: undefined,
      resources: { requests: { cpu: '2' } },
    },
  ]);
  assert.deepEqual([...podKind.facets!['resize']!.validateUpdate!(next, before, context)], []);
});

test('a deletion has grace only where a kubelet holds the pod', () => {
  const grace = (spec: object, phase = 'Running'): number | undefined =>
    podKind.graceSeconds!({ ...defaulted(podKind, podOf(spec)), status: { phase } }, undefined);
  assert.deepEqual(
    [grace({}), grace({ nodeName: 'n1' }), grace({ nodeName: 'n1' }, 'Failed')],
    [0, 30, 0],
  );
});
