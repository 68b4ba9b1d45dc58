import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CSINodes,
  type KubeObject,
  Leases,
  Nodes,
  PersistentVolumeClaims,
  Pods,
  type Resource,
  ResourceSlices,
  ServiceAccounts,
} from '@coxswain/api';
import { MemoryObjects } from '../authz/testing/memory-objects.ts';
import { nodeRestriction } from './node-restriction.ts';
import type { Admission } from './plugin.ts';
import { admissionOf, pass, someone } from './testing/admission.ts';

const kubelet = { name: 'system:node:n1', groups: ['system:nodes'] };

function objectsOf(): MemoryObjects {
  const objects = new MemoryObjects();
  const spec = {
    containers: [],
    volumes: [
      {
        name: 't',
        projected: { sources: [{ serviceAccountToken: { path: 't', audience: 'vault' } }] },
      },
    ],
  };
  objects.put(Nodes, { metadata: { name: 'n1', uid: 'node-1' }, spec: {} });
  objects.put(Pods, {
    metadata: { name: 'mine', namespace: 'shop', uid: 'p1' },
    spec: { ...spec, nodeName: 'n1' },
  });
  objects.put(Pods, {
    metadata: { name: 'other', namespace: 'shop', uid: 'p2' },
    spec: { ...spec, nodeName: 'n2' },
  });
  return objects;
}

const run = async (
  resource: Resource,
  of: Partial<Admission>,
  gates: readonly string[] = [],
): Promise<string> => {
  const objects = objectsOf();
  const got = await pass(
    nodeRestriction(objects),
    admissionOf(objects, { resource, user: kubelet, ...of }, gates),
  );
  return typeof got === 'string' && got !== 'admitted' && got !== 'not handled' ? got : 'ok';
};

const owner = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'node-1', controller: true };
const mirrorPod = (spec: object = {}, metadata: object = {}): KubeObject =>
  ({
    metadata: {
      name: 'static-n1',
      namespace: 'shop',
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      ownerReferences: [owner],
      ...metadata,
    },
    spec: { nodeName: 'n1', containers: [{ name: 'c' }], ...spec },
  }) as KubeObject;
const make = (object: KubeObject): Partial<Admission> => ({ object, name: '' });
const no = (resource: string, name: string, why: string): string =>
  `403 ${resource} "${name}" is forbidden: ${why}`;
const noPod = (why: string): string => no('pods', 'static-n1', why);

for (const [name, of, want] of [
  ['a mirror pod', make(mirrorPod()), 'ok'],
  [
    'a plain pod',
    make(mirrorPod({}, { annotations: {} })),
    noPod(
      'pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods',
    ),
  ],
  [
    'a mirror pod elsewhere',
    make(mirrorPod({ nodeName: 'n2' })),
    noPod('node "n1" can only create pods with spec.nodeName set to itself'),
  ],
  [
    'without an owner',
    make(mirrorPod({}, { ownerReferences: [] })),
    noPod('node "n1" can only create pods with an owner reference set to itself'),
  ],
  [
    'with two owners',
    make(mirrorPod({}, { ownerReferences: [owner, owner] })),
    noPod('node "n1" can only create pods with a single owner reference set to itself'),
  ],
  [
    'of another owner',
    make(mirrorPod({}, { ownerReferences: [{ ...owner, name: 'n2' }] })),
    noPod('node "n1" can only create pods with an owner reference set to itself'),
  ],
  [
    'of an owner that does not control',
    make(mirrorPod({}, { ownerReferences: [{ ...owner, controller: false }] })),
    noPod('node "n1" can only create pods with a controller owner reference set to itself'),
  ],
  [
    'of an owner that blocks',
    make(mirrorPod({}, { ownerReferences: [{ ...owner, blockOwnerDeletion: true }] })),
    noPod('node "n1" must not set blockOwnerDeletion on an owner reference'),
  ],
  [
    'of a node of another uid',
    make(mirrorPod({}, { ownerReferences: [{ ...owner, uid: 'x' }] })),
    noPod('node n1 UID mismatch: expected x got node-1'),
  ],
  [
    'with an account',
    make(mirrorPod({ serviceAccountName: 'a' })),
    noPod('node "n1" can not create pods that reference a service account'),
  ],
  [
    'with a secret',
    make(mirrorPod({ volumes: [{ name: 'v', secret: { secretName: 's' } }] })),
    noPod('node "n1" can not create pods that reference secrets'),
  ],
  [
    'with a configmap',
    make(mirrorPod({ volumes: [{ name: 'v', configMap: { name: 's' } }] })),
    noPod('node "n1" can not create pods that reference configmaps'),
  ],
  [
    'with a claim',
    make(mirrorPod({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 's' } }] })),
    noPod('node "n1" can not create pods that reference persistentvolumeclaims'),
  ],
  ['deleting its own', { operation: 'DELETE', name: 'mine', namespace: 'shop' }, 'ok'],
  [
    'deleting another',
    { operation: 'DELETE', name: 'other', namespace: 'shop' },
    no('pods', 'other', 'node "n1" can only delete pods with spec.nodeName set to itself'),
  ],
  [
    'deleting none',
    { operation: 'DELETE', name: 'gone', namespace: 'shop' },
    '404 pods "gone" not found',
  ],
  [
    'updating',
    { operation: 'UPDATE', name: 'mine', namespace: 'shop' },
    no(
      'pods',
      'mine',
      'unexpected operation "UPDATE", node "n1" can only create and delete mirror pods',
    ),
  ],
  ['evicting its own', { subresource: 'eviction', name: 'mine', namespace: 'shop' }, 'ok'],
  [
    'evicting another',
    { subresource: 'eviction', name: 'other', namespace: 'shop' },
    no('pods', 'other', 'node n1 can only evict pods with spec.nodeName set to itself'),
  ],
  [
    'binding',
    { subresource: 'binding', name: 'mine', namespace: 'shop' },
    no(
      'pods',
      'mine',
      "unexpected pod subresource \"binding\", only 'status' and 'eviction' are allowed",
    ),
  ],
] as const)
  test(`NodeRestriction: pods: ${name}`, async () =>
    assert.equal(await run(Pods, of as Partial<Admission>), want));

const status = (now: object, before: object): Partial<Admission> => ({
  operation: 'UPDATE',
  subresource: 'status',
  before: {
    metadata: { name: 'mine', namespace: 'shop' },
    spec: { nodeName: 'n1' },
    ...before,
  } as KubeObject,
  object: {
    metadata: { name: 'mine', namespace: 'shop' },
    spec: { nodeName: 'n1' },
    ...now,
  } as KubeObject,
});
for (const [name, now, before, want] of [
  ['of its own pod', { status: { phase: 'Running' } }, {}, 'ok'],
  [
    'of another',
    {},
    { spec: { nodeName: 'n2' } },
    no(
      'pods',
      'mine',
      'node "n1" can only update pod status for pods with spec.nodeName set to itself',
    ),
  ],
  [
    'with labels',
    { metadata: { name: 'mine', labels: { a: 'b' } } },
    {},
    no('pods', 'mine', 'node "n1" cannot update labels through pod status'),
  ],
  [
    'with claims',
    { status: { resourceClaimStatuses: [{ name: 'c', resourceClaimName: 'x' }] } },
    {},
    no('pods', 'mine', 'node "n1" cannot update resource claim statues'),
  ],
] as const)
  test(`NodeRestriction: status ${name}`, async () =>
    assert.equal(await run(Pods, status(now, before)), want));

const node = (
  labels: Record<string, string> = {},
  spec: object = {},
  name = 'n1',
  metadata: object = {},
): KubeObject => ({ metadata: { name, labels, ...metadata }, spec }) as KubeObject;
for (const [name, object, before, want] of [
  ['its own', node(), undefined, 'ok'],
  [
    'another',
    node({}, {}, 'n2'),
    undefined,
    no('nodes', 'n2', 'node "n1" is not allowed to modify node "n2"'),
  ],
  [
    'labels of its own',
    node({ 'kubernetes.io/hostname': 'n1', 'node.kubernetes.io/x': 'y', plain: 'z' }),
    undefined,
    'ok',
  ],
  [
    'labels that are not',
    node({ 'x.k8s.io/a': '1', 'node-restriction.kubernetes.io/b': '2' }),
    undefined,
    no(
      'nodes',
      'n1',
      'node "n1" is not allowed to set the following labels: node-restriction.kubernetes.io/b, x.k8s.io/a',
    ),
  ],
  [
    'taints',
    node({}, { taints: [] }),
    node({}, { taints: [{ key: 'a', effect: 'NoSchedule' }] }),
    no('nodes', 'n1', 'node "n1" is not allowed to modify taints'),
  ],
  [
    'taking a role away',
    node(),
    node({ 'node-role.kubernetes.io/x': '' }),
    no('nodes', 'n1', 'is not allowed to modify labels: node-role.kubernetes.io/x'),
  ],
  [
    'owners',
    node({}, {}, 'n1', { ownerReferences: [owner] }),
    node(),
    no('nodes', 'n1', 'node "n1" is not allowed to modify ownerReferences'),
  ],
  ['what it may', node({ plain: 'new' }), node({ plain: 'old' }), 'ok'],
] as const)
  test(`NodeRestriction: nodes: ${name}`, async () => {
    const of: Partial<Admission> = before ? { operation: 'UPDATE', object, before } : { object };
    assert.equal(await run(Nodes, of), want);
  });

const token = (spec: object): Partial<Admission> => ({
  subresource: 'token',
  name: 'web',
  namespace: 'shop',
  object: { metadata: {}, spec } as unknown as KubeObject,
});
const bound = { apiVersion: 'v1', kind: 'Pod', name: 'mine', uid: 'p1' };
const noToken = (why: string): string => no('serviceaccounts', 'web', why);
for (const [name, spec, want] of [
  ['of its pod', { boundObjectRef: bound, audiences: ['vault'] }, 'ok'],
  ['of no pod', {}, noToken('node requested token not bound to a pod')],
  [
    'without uid',
    { boundObjectRef: { ...bound, uid: '' } },
    noToken('node requested token with a pod binding without a uid'),
  ],
  [
    'of another uid',
    { boundObjectRef: { ...bound, uid: 'x' } },
    noToken(
      'the UID in the bound object reference (x) does not match the UID in record. The object might have been deleted and then recreated',
    ),
  ],
  [
    'of another node',
    { boundObjectRef: { ...bound, name: 'other', uid: 'p2' } },
    noToken('node requested token bound to a pod scheduled on a different node'),
  ],
  [
    'of a pod that is gone',
    { boundObjectRef: { ...bound, name: 'gone' } },
    '404 pods "gone" not found',
  ],
  [
    'for two audiences',
    { boundObjectRef: bound, audiences: ['vault', 'x'] },
    noToken('node may only request 0 or 1 audiences'),
  ],
  [
    'for another audience',
    { boundObjectRef: bound, audiences: ['x'] },
    noToken('audience "x" not found in pod spec volume'),
  ],
] as const)
  test(`NodeRestriction: tokens: ${name}`, async () =>
    assert.equal(
      await run(ServiceAccounts, token(spec), ['ServiceAccountNodeAudienceRestriction']),
      want,
    ));

const lease = (name: string, namespace = 'kube-node-lease'): Partial<Admission> => ({
  object: { metadata: { name, namespace } },
  name: '',
  namespace,
});
const claim = (statusOf: object, metadata: object = {}): KubeObject =>
  ({
    metadata: { name: 'c', namespace: 'shop', ...metadata },
    spec: {},
    status: statusOf,
  }) as KubeObject;
const claimUpdate = (object: KubeObject, before: KubeObject): Partial<Admission> => ({
  operation: 'UPDATE',
  subresource: 'status',
  object,
  before,
});
for (const [name, resource, of, want] of [
  ['its lease', Leases, lease('n1'), 'ok'],
  [
    'a lease of another',
    Leases,
    lease('n2'),
    no(
      'leases.coordination.k8s.io',
      'n2',
      'can only access node lease with the same name as the requesting node',
    ),
  ],
  [
    'a lease elsewhere',
    Leases,
    lease('n1', 'shop'),
    no(
      'leases.coordination.k8s.io',
      'n1',
      'can only access leases in the "kube-node-lease" system namespace',
    ),
  ],
  [
    'a CSINode of another',
    CSINodes,
    { object: { metadata: { name: 'n2' } }, name: '' },
    no(
      'csinodes.storage.k8s.io',
      'n2',
      'can only access CSINode with the same name as the requesting node',
    ),
  ],
  [
    'a slice of another',
    ResourceSlices,
    { object: { metadata: { name: 's' }, spec: { nodeName: 'n2' } } as unknown as KubeObject },
    no(
      'resourceslices.resource.k8s.io',
      's',
      'can only create ResourceSlice with the same NodeName as the requesting node',
    ),
  ],
  [
    'a claim itself',
    PersistentVolumeClaims,
    { object: claim({}) },
    no('persistentvolumeclaims', 'c', 'may only update PVC status'),
  ],
  [
    'capacity of a claim',
    PersistentVolumeClaims,
    claimUpdate(
      claim({ capacity: { storage: '2Gi' } }, { resourceVersion: '2' }),
      claim({ capacity: { storage: '1Gi' } }),
    ),
    'ok',
  ],
  [
    'phase of a claim',
    PersistentVolumeClaims,
    claimUpdate(claim({ phase: 'Lost' }), claim({ phase: 'Bound' })),
    no(
      'persistentvolumeclaims',
      'c',
      'node "n1" is not allowed to update fields other than status.capacity and status.conditions',
    ),
  ],
  ['who is no node', Nodes, { user: someone, object: node({}, {}, 'n2') }, 'ok'],
  [
    'a node without a name',
    Nodes,
    { user: { ...kubelet, name: 'system:node:' }, object: node() },
    no('nodes', 'n1', 'could not determine node from user "system:node:"'),
  ],
] as const)
  test(`NodeRestriction: ${name}`, async () =>
    assert.equal(await run(resource, of as Partial<Admission>), want));
