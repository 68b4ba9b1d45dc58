import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CertificateSigningRequests,
  ConfigMaps,
  Events,
  type KubeObject,
  Namespaces,
  Nodes,
  PersistentVolumeClaims,
  Pods,
  Services,
  StorageClasses,
} from '@coxswain/api';
import type { Pod, PodSpec, Toleration } from '@coxswain/api/types/core-v1';
import { VirtualClock } from '@coxswain/base';
import type { Authorizer } from '../authz/authorizer.ts';
import { MemoryObjects } from '../authz/testing/memory-objects.ts';
import { alwaysPullImages } from './always-pull-images.ts';
import { persistentVolumeClaimResize } from './claim-resize.ts';
import { denyServiceExternalIPs } from './deny-external-ips.ts';
import { eventLimits, eventRateLimit } from './event-rate-limit.ts';
import { extendedResourceToleration } from './extended-resource-toleration.ts';
import { alwaysDeny } from './fixed.ts';
import { limitPodHardAntiAffinityTopology } from './hard-anti-affinity.ts';
import { namespaceAutoProvision, namespaceExists } from './namespace-presence.ts';
import { ownerReferencesPermissionEnforcement } from './owner-references.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { nodeSelectors, podNodeSelector } from './pod-node-selector.ts';
import { podTolerationRestriction, tolerationRestriction } from './pod-toleration-restriction.ts';
import { nodeDeclaredFeatureValidator, podResizeValidator } from './pod-updates.ts';
import { certificateApproval, certificateSigning } from './signers.ts';
import { admissionOf, pass } from './testing/admission.ts';

const podOf = (spec: Partial<PodSpec> = {}, metadata = {}): Pod => ({
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec: { containers: [{ name: 'c', image: 'x' }], ...spec },
});
const objectOf = (spec: object, more: object = {}): KubeObject =>
  ({ metadata: { name: 'web', namespace: 'shop' }, spec, ...more }) as KubeObject;
const ask = (
  plugin: AdmissionPlugin,
  of: Partial<Admission>,
  objects: MemoryObjects = new MemoryObjects(),
  gates: readonly string[] = [],
): Promise<KubeObject | string> =>
  pass(plugin, admissionOf(objects, { resource: Pods, object: podOf(), ...of }, gates));
const shop = (annotations: Record<string, string> = {}): MemoryObjects => {
  const objects = new MemoryObjects();
  objects.put(Namespaces, { metadata: { name: 'shop', annotations }, spec: {} });
  return objects;
};
/** May do what is listed: verb, resource with its subresource, name. */
const authorizer = (...may: string[]): Authorizer => ({
  name: 'listed',
  authorize: (_, { verb, resource, subresource, name }) =>
    may.includes(`${verb} ${resource}${subresource && `/${subresource}`} ${name}`)
      ? { decision: 'allow', reason: '' }
      : { decision: 'no-opinion', reason: 'not listed' },
});

test('AlwaysDeny refuses everything', async () =>
  assert.equal(
    await ask(alwaysDeny, {}),
    '403 pods "web" is forbidden: admission control is denying all modifications',
  ));

test('AlwaysPullImages: new pods pull, old ones may be updated', async () => {
  const pod = (await ask(alwaysPullImages, {
    object: podOf({ volumes: [{ name: 'v', image: { reference: 'y' } }] }),
  })) as Pod;
  assert.equal(pod.spec.containers[0]!.imagePullPolicy, 'Always');
  assert.equal(pod.spec.volumes![0]!.image!.pullPolicy, 'Always');
  const old = podOf();
  assert.equal(await ask(alwaysPullImages, { operation: 'UPDATE', object: old, before: old }), old);
});

test('NamespaceExists and NamespaceAutoProvision', async () => {
  const object = objectOf({});
  const of = { resource: ConfigMaps, object };
  assert.equal(
    await ask(namespaceExists(new MemoryObjects()), of),
    '404 namespaces "shop" not found',
  );
  assert.equal(await ask(namespaceExists(shop()), of), object);
  const made: string[] = [];
  const plugin = (objects: MemoryObjects): AdmissionPlugin =>
    namespaceAutoProvision(objects, ({ path, body }) => {
      made.push(`${path} ${(body as KubeObject).metadata.name}`);
      return Promise.resolve({ code: 201, warnings: [] });
    });
  await ask(plugin(shop()), of);
  await ask(plugin(new MemoryObjects()), { ...of, dryRun: true });
  assert.deepEqual(made, []);
  await ask(plugin(new MemoryObjects()), of);
  assert.deepEqual(made, ['/api/v1/namespaces shop']);
});

test('LimitPodHardAntiAffinityTopology: nodes, not zones', async () => {
  const keeping = (topologyKey: string): Pod =>
    podOf({
      affinity: {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey }] },
      },
    });
  const good = keeping('kubernetes.io/hostname');
  assert.equal(await ask(limitPodHardAntiAffinityTopology, { object: good }), good);
  assert.equal(
    await ask(limitPodHardAntiAffinityTopology, { object: keeping('zone') }),
    '403 pods "web" is forbidden: affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey zone but only key kubernetes.io/hostname is allowed',
  );
});

const selecting = 'scheduler.alpha.kubernetes.io/node-selector';
for (const [name, annotations, configured, own, want] of [
  ['of the namespace', { [selecting]: 'disk=ssd' }, {}, { zone: 'a' }, { disk: 'ssd', zone: 'a' }],
  ['of the cluster', {}, { clusterDefaultNodeSelector: 'disk=ssd' }, undefined, { disk: 'ssd' }],
  ['none', {}, {}, undefined, undefined],
  [
    'against the pod',
    { [selecting]: 'disk=ssd' },
    {},
    { disk: 'hdd' },
    'pod node label selector conflicts with its namespace node label selector',
  ],
  [
    'not allowed',
    {},
    { shop: 'zone=a' },
    { disk: 'hdd' },
    'pod node label selector labels conflict with its namespace whitelist',
  ],
] as const)
  test(`PodNodeSelector: ${name}`, async () => {
    const plugin = podNodeSelector(nodeSelectors({ podNodeSelectorPluginConfig: configured }));
    const object = podOf(own && { nodeSelector: own });
    const answer = await ask(plugin, { object }, shop(annotations));
    if (typeof want === 'string') assert.equal(answer, `403 pods "web" is forbidden: ${want}`);
    else assert.deepEqual((answer as Pod).spec.nodeSelector, want);
  });

const gpu: Toleration = { key: 'gpu', operator: 'Exists' };
const gpuHere: Toleration = { key: 'gpu', operator: 'Equal', value: 'a', effect: 'NoSchedule' };
const annotation = (name: string, tolerations: readonly Toleration[]) => ({
  [`scheduler.alpha.kubernetes.io/${name}`]: JSON.stringify(tolerations),
});
for (const [name, annotations, configured, own, want] of [
  [
    'defaults of the namespace',
    annotation('defaultTolerations', [gpu]),
    { default: [gpuHere] },
    [],
    [gpu],
  ],
  ['defaults of the cluster', {}, { default: [gpu] }, [], [gpu]],
  ['what others include goes', {}, { default: [gpu] }, [gpuHere], [gpu]],
  ['allowed', annotation('tolerationsWhitelist', [gpu]), {}, [gpuHere], [gpuHere]],
  [
    'not allowed',
    annotation('tolerationsWhitelist', [gpuHere]),
    {},
    [gpu],
    '500 pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist',
  ],
] as const)
  test(`PodTolerationRestriction: ${name}`, async () => {
    const plugin = podTolerationRestriction(
      tolerationRestriction({
        apiVersion: 'podtolerationrestriction.admission.k8s.io/v1alpha1',
        kind: 'Configuration',
        ...configured,
      }),
    );
    const answer = await ask(plugin, { object: podOf({ tolerations: own }) }, shop(annotations));
    assert.deepEqual(typeof answer === 'string' ? answer : (answer as Pod).spec.tolerations, want);
  });

test('EventRateLimit: so many at once, and more with time', async () => {
  const clock = new VirtualClock(0);
  const limits = eventLimits({
    apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1',
    kind: 'Configuration',
    limits: [{ type: 'Namespace', qps: 1, burst: 2 }],
  });
  const plugin = eventRateLimit(limits, clock);
  const event = (): Promise<KubeObject | string> =>
    ask(plugin, { resource: Events, object: objectOf({}) });
  const refused = '429 Too many requests: limit reached on type Namespace for key shop';
  for (const want of ['object', 'object', 'string']) assert.equal(typeof (await event()), want);
  assert.equal(await event(), refused);
  clock.step(1000);
  assert.equal(typeof (await event()), 'object');
  assert.equal(await event(), refused);
});

test('EventRateLimit: what is wrong with its limits', () =>
  assert.throws(
    () => eventLimits(undefined),
    /^Error: limits: Invalid value: null: must not be empty$/,
  ));

test('ExtendedResourceToleration: devices are tolerated once', async () => {
  const asking = podOf({
    containers: [{ name: 'c', resources: { requests: { cpu: '1', 'example.com/gpu': '1' } } }],
  });
  const want = [{ key: 'example.com/gpu', operator: 'Exists', effect: 'NoSchedule' }];
  const pod = (await ask(extendedResourceToleration, { object: asking })) as Pod;
  assert.deepEqual(pod.spec.tolerations, want);
  assert.equal(await ask(extendedResourceToleration, { object: pod }), pod);
});

test('DenyServiceExternalIPs: none but those that are there', async () => {
  const service = (...externalIPs: string[]): KubeObject => objectOf({ externalIPs });
  const of = { resource: Services, object: service('1.1.1.1') };
  assert.equal(
    await ask(denyServiceExternalIPs, of),
    '403 services "web" is forbidden: Use of external IPs is denied by admission control',
  );
  const update = { ...of, operation: 'UPDATE', before: service('1.1.1.1', '2.2.2.2') } as const;
  assert.equal(await ask(denyServiceExternalIPs, update), of.object);
});

const claim = (storage: string, phase: string): KubeObject =>
  objectOf(
    { storageClassName: 'fast', resources: { requests: { storage } } },
    { status: { phase } },
  );
for (const [name, mayGrow, before, after, want] of [
  ['bound', true, claim('1Gi', 'Bound'), claim('2Gi', 'Bound'), undefined],
  [
    'not bound',
    true,
    claim('1Gi', 'Pending'),
    claim('2Gi', 'Pending'),
    'Only bound persistent volume claims can be expanded',
  ],
  ['not larger', false, claim('1Gi', 'Pending'), claim('1Gi', 'Bound'), undefined],
  [
    'no class that lets it',
    false,
    claim('1Gi', 'Bound'),
    claim('2Gi', 'Bound'),
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
  ],
] as const)
  test(`PersistentVolumeClaimResize: ${name}`, async () => {
    const objects = new MemoryObjects();
    objects.put(StorageClasses, {
      metadata: { name: 'fast' },
      provisioner: 'x',
      allowVolumeExpansion: mayGrow,
    });
    const answer = await ask(persistentVolumeClaimResize(objects), {
      resource: PersistentVolumeClaims,
      operation: 'UPDATE',
      object: after,
      before,
    });
    assert.equal(answer, want ? `403 persistentvolumeclaims "web" is forbidden: ${want}` : after);
  });

for (const [make, subresource, verb, status] of [
  [certificateApproval, 'approval', 'approve', {}],
  [certificateSigning, 'status', 'sign', { certificate: 'x' }],
] as const)
  test(`Certificates: who may ${verb}`, async () => {
    const before = objectOf({ signerName: 'example.com/own' });
    const object = { ...before, status } as KubeObject;
    const of = {
      resource: CertificateSigningRequests,
      operation: 'UPDATE',
      subresource,
      object,
      before,
    } as const;
    assert.equal(
      await ask(make([authorizer()]), of),
      `403 certificatesigningrequests.certificates.k8s.io "web" is forbidden: user not permitted to ${verb} requests with signerName "example.com/own"`,
    );
    for (const name of ['example.com/own', 'example.com/*'])
      assert.equal(await ask(make([authorizer(`${verb} signers ${name}`)]), of), object);
  });

const owner = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u' };
const owned = (blockOwnerDeletion: boolean): Pod =>
  podOf({}, { ownerReferences: [{ ...owner, blockOwnerDeletion }] });
for (const [name, may, of, want] of [
  ['a new object, not blocking', [], { object: owned(false) }, undefined],
  [
    'blocking without finalizers',
    [],
    { object: owned(true) },
    "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: not listed, <nil>",
  ],
  ['blocking with them', ['update nodes/finalizers n'], { object: owned(true) }, undefined],
  ['blocking with all of them', ['update */finalizers *'], { object: owned(true) }, undefined],
  [
    'another owner of what one cannot delete',
    [],
    { operation: 'UPDATE', object: owned(false), before: podOf() },
    "cannot set an ownerRef on a resource you can't delete: not listed, <nil>",
  ],
  [
    'another owner of what one can delete',
    ['delete pods web'],
    { operation: 'UPDATE', object: owned(false), before: podOf() },
    undefined,
  ],
] as const)
  test(`OwnerReferencesPermissionEnforcement: ${name}`, async () => {
    const resources = [{ name: 'nodes', kind: 'Node', namespaced: false }];
    const plugin = ownerReferencesPermissionEnforcement([authorizer(...may)], ({ path }) =>
      Promise.resolve({ code: 200, warnings: [], object: path === '/api/v1' ? { resources } : {} }),
    );
    const answer = await ask(plugin, of as Partial<Admission>);
    assert.equal(answer, want ? `403 pods "web" is forbidden: ${want}` : of.object);
  });

const onNode = (generation: number, cpu: string, more: Partial<PodSpec> = {}): Pod =>
  podOf(
    {
      nodeName: 'n',
      containers: [{ name: 'c', resources: { requests: { cpu } } }],
      ...more,
    },
    { generation },
  );
const withNode = (labels: Record<string, string>, declaredFeatures: readonly string[] = []) => {
  const objects = new MemoryObjects();
  objects.put(Nodes, {
    metadata: { name: 'n', labels },
    spec: {},
    status: { allocatable: { cpu: '2', memory: '1Gi' }, declaredFeatures },
  });
  return objects;
};
const resized = (object: Pod): Partial<Admission> => ({
  ...{ operation: 'UPDATE', subresource: 'resize', before: onNode(1, '1') },
  object,
});
for (const [name, labels, object, want] of [
  ['fits', {}, onNode(2, '2'), undefined],
  [
    'is too large',
    {},
    onNode(2, '3'),
    "node didn't have enough allocatable resources: cpu, requested: 3000, allocatable: 2000",
  ],
  ['has not changed', {}, onNode(1, '3'), undefined],
  [
    'is on another system',
    { 'kubernetes.io/os': 'windows' },
    onNode(2, '1'),
    'pod resize is only supported on linux nodes, node "n" is "windows"',
  ],
] as const)
  test(`PodResizeValidator: a pod that ${name}`, async () => {
    const objects = withNode(labels);
    const gates = ['InPlacePodVerticalScaling'];
    const answer = await ask(podResizeValidator(objects), resized(object), objects, gates);
    assert.equal(answer, want ? `403 pods "web" is forbidden: ${want}` : object);
  });

test('NodeDeclaredFeatureValidator: what the node says that it can do', async () => {
  const gates = ['NodeDeclaredFeatures'];
  const object = onNode(2, '1', { resources: { requests: { cpu: '1' } } });
  const run = (features: readonly string[]): Promise<KubeObject | string> => {
    const objects = withNode({}, features);
    return ask(nodeDeclaredFeatureValidator(objects), resized(object), objects, gates);
  };
  assert.equal(await run(['InPlacePodLevelResourcesVerticalScaling']), object);
  assert.equal(
    await run([]),
    '403 pods "web" is forbidden: pod update requires features InPlacePodLevelResourcesVerticalScaling which are not available on node "n"',
  );
});
