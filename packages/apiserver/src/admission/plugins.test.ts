import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  IngressClasses,
  Ingresses,
  type KubeObject,
  LocalSubjectAccessReviews,
  Namespaces,
  Nodes,
  PersistentVolumeClaims,
  Pods,
  PriorityClasses,
  type Resource,
  RuntimeClasses,
  Secrets,
  ServiceAccounts,
  StorageClasses,
} from '@coxswain/api';
import type { Pod, PodSpec } from '@coxswain/api/types/core-v1';
import { VirtualClock } from '@coxswain/base';
import { MemoryObjects } from '../authz/testing/memory-objects.ts';
import { Catalog } from '../rest/catalog.ts';
import { versionsOf } from '../rest/versions.ts';
import { WebhookClient } from '../webhook-client/index.ts';
import { admissionPlugins } from './index.ts';
import type { Admission } from './plugin.ts';
import { admissionOf, pass } from './testing/admission.ts';

const clock = new VirtualClock(Date.UTC(2026, 0, 1));
const partsOf = (objects: MemoryObjects) => ({
  ...{ objects, clock, authorizers: [] },
  call: () => Promise.reject(new Error('these plugins write nothing')),
  versions: versionsOf(new Catalog(() => assert.fail('these plugins ask for no other version'))),
  webhooks: new WebhookClient({ clock, random: () => 0 }, objects, () =>
    Promise.reject(new Error('these plugins call nobody')),
  ),
});
const plugin = (name: string, objects: MemoryObjects) =>
  admissionPlugins(partsOf(objects), { enable: [name], disable: [] }).find(
    (one) => one.name === name,
  )!;
const run = (
  name: string,
  objects: MemoryObjects,
  resource: Resource,
  object: unknown,
  of: Partial<Admission> = {},
): Promise<KubeObject | string> =>
  pass(
    plugin(name, objects),
    admissionOf(objects, { resource, object: object as KubeObject, ...of }),
  );
const pod = (spec: Partial<PodSpec> = {}, metadata = {}): Pod => ({
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec: { containers: [{ name: 'c' }], ...spec },
});

test("plugins: flags add and take away, in upstream's order", () => {
  const names = (enable: string[] = [], disable: string[] = []): string[] =>
    admissionPlugins(partsOf(new MemoryObjects()), { enable, disable }).map(({ name }) => name);
  const around = (all: readonly string[], name: string): readonly string[] =>
    all.slice(all.indexOf(name) - 1, all.indexOf(name) + 2);
  assert.ok(!names().includes('NodeRestriction'));
  assert.deepEqual(around(names(['NodeRestriction', 'Priority']), 'NodeRestriction'), [
    'ServiceAccount',
    'NodeRestriction',
    'TaintNodesByCondition',
  ]);
  assert.deepEqual(
    names([], ['Priority']),
    names().filter((name) => name !== 'Priority'),
  );
  assert.throws(() => names(['Nope']), {
    message: 'enable-admission-plugins plugin "Nope" is unknown',
  });
  assert.throws(
    () => names(['Priority'], ['Priority']),
    /\[Priority\] in enable-admission-plugins and disable-admission-plugins overlapped/,
  );
});

const secret = { metadata: { name: 's', namespace: 'shop' } };
for (const [name, phase, resource, of, want] of [
  ['an active namespace', 'Active', Secrets, {}, 'ok'],
  [
    'a namespace that goes',
    'Terminating',
    Secrets,
    {},
    '403 secrets "s" is forbidden: unable to create new content in namespace shop because it is being terminated',
  ],
  ['an update in a namespace that goes', 'Terminating', Secrets, { operation: 'UPDATE' }, 'ok'],
  ['no namespace', undefined, Secrets, {}, '404 namespaces "shop" not found'],
  ['no namespace, but a review', undefined, LocalSubjectAccessReviews, {}, 'ok'],
  ['no namespace, but a delete', undefined, Secrets, { operation: 'DELETE' }, 'ok'],
  [
    'deleting kube-system',
    undefined,
    Namespaces,
    { operation: 'DELETE', name: 'kube-system', namespace: '' },
    '403 namespaces "kube-system" is forbidden: this namespace may not be deleted',
  ],
  [
    'deleting another',
    undefined,
    Namespaces,
    { operation: 'DELETE', name: 'shop', namespace: '' },
    'ok',
  ],
  ['cluster-wide objects', undefined, Nodes, { namespace: '' }, 'ok'],
] as const)
  test(`NamespaceLifecycle: ${name}`, async () => {
    const objects = new MemoryObjects();
    if (phase) objects.put(Namespaces, { metadata: { name: 'shop' }, spec: {}, status: { phase } });
    const got = await run(
      'NamespaceLifecycle',
      objects,
      resource,
      secret,
      of as Partial<Admission>,
    );
    assert.equal(typeof got === 'string' ? got : 'ok', want);
  });

const tolerations = [
  {
    key: 'node.kubernetes.io/not-ready',
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  },
  {
    key: 'node.kubernetes.io/unreachable',
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  },
];
const everything = { operator: 'Exists' };
const brief = { ...tolerations[0]!, tolerationSeconds: 5 };
for (const [name, own, want] of [
  ['none of its own', undefined, tolerations],
  ['one of its own', [brief], [brief, tolerations[1]]],
  ['one of everything', [everything], [everything]],
  [
    'one of another effect',
    [{ ...brief, effect: 'NoSchedule' }],
    [{ ...brief, effect: 'NoSchedule' }, ...tolerations],
  ],
] as const)
  test(`DefaultTolerationSeconds: ${name}`, async () => {
    const got = (await run(
      'DefaultTolerationSeconds',
      new MemoryObjects(),
      Pods,
      pod({ ...(own && { tolerations: own }) }),
    )) as Pod;
    assert.deepEqual(got.spec.tolerations, want);
  });

test('TaintNodesByCondition: a new node is tainted once, an old one is left', async () => {
  const objects = new MemoryObjects();
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const node = { metadata: { name: 'n1' }, spec: {} };
  const tainted = { ...node, spec: { taints: [taint] } };
  assert.deepEqual(await run('TaintNodesByCondition', objects, Nodes, node), tainted);
  assert.deepEqual(await run('TaintNodesByCondition', objects, Nodes, tainted), tainted);
  assert.deepEqual(
    await run('TaintNodesByCondition', objects, Nodes, node, { operation: 'UPDATE' }),
    node,
  );
});

const low = { metadata: { name: 'low' }, value: -5, preemptionPolicy: 'Never' };
const normal = { metadata: { name: 'normal' }, value: 10, globalDefault: true };
const of = (spec: Partial<PodSpec>): Partial<PodSpec> => ({
  priorityClassName: spec.priorityClassName,
  priority: spec.priority,
  preemptionPolicy: spec.preemptionPolicy,
});
for (const [name, classes, spec, want] of [
  ['no class, no default', [], {}, of({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' })],
  [
    'the default class',
    [low, normal],
    {},
    of({ priority: 10, priorityClassName: 'normal', preemptionPolicy: 'PreemptLowerPriority' }),
  ],
  [
    'the lower of two defaults',
    [normal, { ...low, globalDefault: true }],
    {},
    of({ priority: -5, priorityClassName: 'low', preemptionPolicy: 'Never' }),
  ],
  [
    'its class',
    [low, normal],
    { priorityClassName: 'low' },
    of({ priority: -5, priorityClassName: 'low', preemptionPolicy: 'Never' }),
  ],
  [
    'the same value of its own',
    [low],
    { priorityClassName: 'low', priority: -5 },
    of({ priority: -5, priorityClassName: 'low', preemptionPolicy: 'Never' }),
  ],
  [
    'a class that is not there',
    [],
    { priorityClassName: 'x' },
    '403 pods "web" is forbidden: no PriorityClass with name x was found',
  ],
  [
    'another value',
    [low],
    { priorityClassName: 'low', priority: 7 },
    '403 pods "web" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed -5 from the given PriorityClass name',
  ],
  [
    'another policy',
    [low],
    { priorityClassName: 'low', preemptionPolicy: 'PreemptLowerPriority' },
    '403 pods "web" is forbidden: the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec; priority admission controller computed Never from the given PriorityClass name',
  ],
] as const)
  test(`Priority: ${name}`, async () => {
    const objects = new MemoryObjects();
    for (const one of classes) objects.put(PriorityClasses, one);
    const got = await run('Priority', objects, Pods, pod(spec));
    assert.deepEqual(typeof got === 'string' ? got : of((got as Pod).spec), want);
  });

test('Priority: one default class at most', async () => {
  const objects = new MemoryObjects();
  objects.put(PriorityClasses, normal);
  const other = { metadata: { name: 'other' }, value: 1, globalDefault: true };
  assert.equal(
    await run('Priority', objects, PriorityClasses, other),
    '403 priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass normal is already marked as default. Only one default can exist',
  );
  assert.deepEqual(
    await run('Priority', objects, PriorityClasses, normal, { operation: 'UPDATE' }),
    normal,
  );
  assert.deepEqual(await run('Priority', objects, PriorityClasses, low), low);
});

function accounts(more: object = {}): MemoryObjects {
  const objects = new MemoryObjects();
  objects.put(ServiceAccounts, { metadata: { name: 'default', namespace: 'shop' } });
  objects.put(ServiceAccounts, { metadata: { name: 'web', namespace: 'shop' }, ...more });
  return objects;
}

test('ServiceAccount: the default account, its token, its mounts', async () => {
  const initContainers = [
    {
      name: 'i',
      volumeMounts: [{ name: 'own', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
    },
  ];
  const got = (await run('ServiceAccount', accounts(), Pods, pod({ initContainers }))) as Pod;
  const [volume] = got.spec.volumes!;
  assert.match(volume!.name, /^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  assert.deepEqual(got.spec, {
    serviceAccountName: 'default',
    serviceAccount: 'default',
    initContainers,
    containers: [
      {
        name: 'c',
        volumeMounts: [
          {
            name: volume!.name,
            readOnly: true,
            mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
          },
        ],
      },
    ],
    volumes: [
      {
        name: volume!.name,
        projected: {
          defaultMode: 420,
          sources: [
            { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            {
              downwardAPI: {
                items: [
                  {
                    path: 'namespace',
                    fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' },
                  },
                ],
              },
            },
          ],
        },
      },
    ],
  });
});

const hasToken = (got: KubeObject | string): boolean => Boolean((got as Pod).spec.volumes?.length);
for (const [name, account, spec, want] of [
  ['the account says no', { automountServiceAccountToken: false }, {}, false],
  ['the pod says no', {}, { automountServiceAccountToken: false }, false],
  [
    'the pod says yes, the account no',
    { automountServiceAccountToken: false },
    { automountServiceAccountToken: true },
    true,
  ],
] as const)
  test(`ServiceAccount: token when ${name}`, async () => {
    assert.equal(
      hasToken(
        await run(
          'ServiceAccount',
          accounts(account),
          Pods,
          pod({ serviceAccountName: 'web', ...spec }),
        ),
      ),
      want,
    );
  });

const enforced = {
  metadata: {
    name: 'web',
    namespace: 'shop',
    annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' },
  },
  secrets: [{ name: 'good' }],
  imagePullSecrets: [{ name: 'pull' }],
};
const sorry = (why: string): string => `403 pods "web" is forbidden: ${why}`;
const unlisted = 'is not allowed because service account web does not reference that secret';
const env = [{ name: 'P', valueFrom: { secretKeyRef: { name: 'bad', key: 'k' } } }];
for (const [name, spec, want] of [
  ['a listed secret', { volumes: [{ name: 'v', secret: { secretName: 'good' } }] }, 'ok'],
  [
    'an unlisted secret',
    { volumes: [{ name: 'v', secret: { secretName: 'bad' } }] },
    sorry(`volume with secret.secretName="bad" ${unlisted}`),
  ],
  [
    'an unlisted env',
    { containers: [{ name: 'c', env }] },
    sorry(`container c with envVar P referencing secret.secretName="bad" ${unlisted}`),
  ],
  [
    'an unlisted env of an init container',
    { initContainers: [{ name: 'i', env }] },
    sorry(`init container i with envVar P referencing secret.secretName="bad" ${unlisted}`),
  ],
  [
    'an unlisted envFrom',
    { containers: [{ name: 'c', envFrom: [{ secretRef: { name: 'bad' } }] }] },
    sorry(`container c with envFrom referencing secret.secretName="bad" ${unlisted}`),
  ],
  [
    'an unlisted pull secret',
    { imagePullSecrets: [{ name: 'other' }] },
    sorry(
      'imagePullSecrets[0].name="other" is not allowed because service account web does not reference that imagePullSecret',
    ),
  ],
] as const)
  test(`ServiceAccount: where secrets are enforced, ${name}`, async () => {
    const got = await run(
      'ServiceAccount',
      accounts(enforced),
      Pods,
      pod({ serviceAccountName: 'web', ...spec }),
    );
    assert.equal(typeof got === 'string' ? got : 'ok', want);
  });

test('ServiceAccount: pull secrets of the account, unless the pod has its own', async () => {
  const objects = accounts({ imagePullSecrets: [{ name: 'pull' }] });
  const names = async (spec: Partial<PodSpec>): Promise<unknown> =>
    (
      (await run(
        'ServiceAccount',
        objects,
        Pods,
        pod({ serviceAccountName: 'web', ...spec }),
      )) as Pod
    ).spec.imagePullSecrets;
  assert.deepEqual(await names({}), [{ name: 'pull' }]);
  assert.deepEqual(await names({ imagePullSecrets: [{ name: 'mine' }] }), [{ name: 'mine' }]);
});

const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
for (const [name, object, want] of [
  [
    'an account that is not there',
    pod({ serviceAccountName: 'x' }),
    sorry('error looking up service account shop/x: serviceaccount "x" not found'),
  ],
  ['a mirror pod', pod({}, mirror), 'ok'],
  [
    'a mirror pod with an account',
    pod({ serviceAccountName: 'web' }, mirror),
    sorry('a mirror pod may not reference service accounts'),
  ],
  [
    'a mirror pod with a secret',
    pod({ volumes: [{ name: 'v', secret: { secretName: 's' } }] }, mirror),
    sorry('a mirror pod may not reference secrets'),
  ],
  [
    'a mirror pod with a token',
    pod(
      {
        volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }],
      },
      mirror,
    ),
    sorry('a mirror pod may not use ServiceAccountToken volume projections'),
  ],
] as const)
  test(`ServiceAccount: ${name}`, async () => {
    const got = await run('ServiceAccount', accounts(), Pods, object);
    assert.equal(typeof got === 'string' ? got : 'ok', want);
    if (want === 'ok') assert.deepEqual(got, object);
  });

test('ServiceAccount: waits for the default account of a new namespace, but not for ever', async () => {
  const objects = new MemoryObjects();
  const waiting = run('ServiceAccount', objects, Pods, pod());
  objects.put(ServiceAccounts, { metadata: { name: 'default', namespace: 'other' } });
  objects.put(ServiceAccounts, { metadata: { name: 'default', namespace: 'shop' } });
  assert.equal(hasToken(await waiting), true);
  const inVain = run('ServiceAccount', new MemoryObjects(), Pods, pod());
  assert.equal(clock.step(clock.now() + 1500), true);
  assert.equal(
    await inVain,
    sorry('error looking up service account shop/default: serviceaccount "default" not found'),
  );
});

test('defaults: storage class, ingress class, finalizers', async () => {
  const objects = new MemoryObjects();
  const claim = { metadata: { name: 'c', namespace: 'shop' }, spec: {} };
  const ingress = { metadata: { name: 'i', namespace: 'shop' }, spec: {} };
  assert.deepEqual(await run('DefaultStorageClass', objects, PersistentVolumeClaims, claim), claim);
  const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  objects.put(StorageClasses, {
    metadata: { name: 'old', creationTimestamp: '2025-01-01T00:00:00Z', annotations: isDefault },
    provisioner: 'p',
  });
  objects.put(StorageClasses, {
    metadata: { name: 'new', creationTimestamp: '2025-06-01T00:00:00Z', annotations: isDefault },
    provisioner: 'p',
  });
  assert.deepEqual(await run('DefaultStorageClass', objects, PersistentVolumeClaims, claim), {
    ...claim,
    spec: { storageClassName: 'new' },
  });
  const none = { ...claim, spec: { storageClassName: '' } };
  assert.deepEqual(await run('DefaultStorageClass', objects, PersistentVolumeClaims, none), none);
  objects.put(IngressClasses, {
    metadata: {
      name: 'cox',
      annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' },
    },
    spec: {},
  });
  assert.deepEqual(await run('DefaultIngressClass', objects, Ingresses, ingress), {
    ...ingress,
    spec: { ingressClassName: 'cox' },
  });
  const kept = (await run(
    'StorageObjectInUseProtection',
    objects,
    PersistentVolumeClaims,
    claim,
  )) as KubeObject;
  assert.deepEqual(kept.metadata.finalizers, ['kubernetes.io/pvc-protection']);
  assert.deepEqual(
    await run('StorageObjectInUseProtection', objects, PersistentVolumeClaims, kept),
    kept,
  );
});

test('RuntimeClass: overhead and scheduling, and what conflicts', async () => {
  const objects = new MemoryObjects();
  const tolerations = [{ key: 'vm', operator: 'Exists' }];
  objects.put(RuntimeClasses, {
    metadata: { name: 'vm' },
    handler: 'vm',
    overhead: { podFixed: { memory: '64Mi' } },
    scheduling: { nodeSelector: { vm: 'yes' }, tolerations },
  });
  const got = (await run('RuntimeClass', objects, Pods, pod({ runtimeClassName: 'vm' }))) as Pod;
  assert.deepEqual(
    {
      overhead: got.spec.overhead,
      nodeSelector: got.spec.nodeSelector,
      tolerations: got.spec.tolerations,
    },
    { overhead: { memory: '64Mi' }, nodeSelector: { vm: 'yes' }, tolerations },
  );
  const said = async (spec: Partial<PodSpec>): Promise<unknown> =>
    run('RuntimeClass', objects, Pods, pod(spec));
  assert.equal(
    await said({ runtimeClassName: 'x' }),
    sorry('pod rejected: RuntimeClass "x" not found'),
  );
  assert.equal(
    await said({ runtimeClassName: 'vm', overhead: { memory: '1Mi' } }),
    sorry("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"),
  );
  assert.equal(
    await said({ overhead: { memory: '1Mi' } }),
    sorry('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'),
  );
  assert.equal(
    await said({ runtimeClassName: 'vm', nodeSelector: { vm: 'no' } }),
    sorry(
      'conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; pod.spec.nodeSelector[vm] = no',
    ),
  );
});

test('PodTopologyLabels: a binding carries zone and region of its node', async () => {
  const objects = new MemoryObjects();
  objects.put(Nodes, {
    metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z', other: 'x' } },
    spec: {},
  });
  const binding = {
    metadata: { name: 'web', namespace: 'shop' },
    target: { kind: 'Node', name: 'n1' },
  };
  const got = (await run('PodTopologyLabels', objects, Pods, binding, {
    subresource: 'binding',
  })) as KubeObject;
  assert.deepEqual(got.metadata.labels, { 'topology.kubernetes.io/zone': 'z' });
  assert.deepEqual(await run('PodTopologyLabels', objects, Pods, pod()), pod());
});
