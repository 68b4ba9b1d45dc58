import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PersistentVolumes, Pods, ResourceSlices, type UserInfo } from '@coxswain/api';
import type { RequestInfo } from '../chain/request-info.ts';
import { nodeAuthorizer } from './node.ts';
import { NodeGraph } from './node-graph.ts';
import { MemoryObjects } from './testing/memory-objects.ts';
import { ask, never, person } from './testing/request.ts';

const n1 = person('system:node:n1', 'system:nodes', 'system:authenticated');

function fixture(): {
  objects: MemoryObjects;
  decide: (info: RequestInfo, user?: UserInfo) => string;
} {
  const objects = new MemoryObjects();
  const authorizer = nodeAuthorizer(
    new NodeGraph(objects),
    (gate) => gate === 'KubeletServiceAccountTokenForCredentialProviders',
  );
  objects.put(Pods, {
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      nodeName: 'n1',
      serviceAccountName: 'web-sa',
      imagePullSecrets: [{ name: 'pull' }],
      containers: [
        {
          name: 'c',
          envFrom: [{ configMapRef: { name: 'env' } }],
          env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'password', key: 'p' } } }],
        },
      ],
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
        { name: 'scratch', ephemeral: {} },
        {
          name: 'all',
          projected: { sources: [{ secret: { name: 'tls' } }, { configMap: { name: 'ca' } }] },
        },
      ],
    },
  });
  objects.put(Pods, {
    metadata: {
      name: 'mirror',
      namespace: 'shop',
      annotations: { 'kubernetes.io/config.mirror': 'x' },
    },
    spec: {
      nodeName: 'n1',
      containers: [],
      volumes: [{ name: 's', secret: { secretName: 'stolen' } }],
    },
  });
  objects.put(PersistentVolumes, {
    metadata: { name: 'pv1' },
    spec: {
      claimRef: { namespace: 'shop', name: 'data' },
      csi: {
        driver: 'd',
        volumeHandle: 'h',
        nodeStageSecretRef: { name: 'stage', namespace: 'vault' },
      },
    },
  });
  objects.put(ResourceSlices, {
    metadata: { name: 'gpu-n1' },
    spec: {
      driver: 'gpu',
      nodeName: 'n1',
      pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
    },
  });
  const decide = (info: RequestInfo, user = n1): string => {
    const { decision, reason } = authorizer.authorize(user, info, never) as {
      decision: string;
      reason: string;
    };
    return `${decision} ${reason}`.trim();
  };
  return { objects, decide };
}

const shop = (name: string, subresource = ''): Partial<RequestInfo> => ({
  namespace: 'shop',
  name,
  subresource,
});
const unrelated = "no-opinion no relationship found between node 'n1' and this object";
const storage = { group: 'storage.k8s.io' };
const lease = { group: 'coordination.k8s.io', namespace: 'kube-node-lease' };

for (const [name, info, want] of [
  ['secret of an env', ask('get', 'secrets', shop('password')), 'allow'],
  ['pull secret', ask('watch', 'secrets', shop('pull')), 'allow'],
  ['projected secret', ask('get', 'secrets', shop('tls')), 'allow'],
  ['projected configmap', ask('get', 'configmaps', shop('ca')), 'allow'],
  ['configmap of an env', ask('list', 'configmaps', shop('env')), 'allow'],
  ['secret of nobody', ask('get', 'secrets', shop('other')), unrelated],
  ['all secrets', ask('list', 'secrets', { namespace: 'shop' }), 'no-opinion No Object name found'],
  [
    'secrets of all namespaces',
    ask('list', 'secrets'),
    'no-opinion can only read namespaced object of this type',
  ],
  [
    'writing a secret',
    ask('update', 'secrets', shop('tls')),
    'no-opinion can only read resources of this type',
  ],
  ['secret of a mirror pod', ask('get', 'secrets', shop('stolen')), unrelated],
  ['claim', ask('get', 'persistentvolumeclaims', shop('data')), 'allow'],
  [
    'claim of an ephemeral volume',
    ask('get', 'persistentvolumeclaims', shop('web-scratch')),
    'allow',
  ],
  ['status of a claim', ask('patch', 'persistentvolumeclaims', shop('data', 'status')), 'allow'],
  [
    'all claims',
    ask('list', 'persistentvolumeclaims'),
    'no-opinion can only get individual resources of this type',
  ],
  ['volume of a claim', ask('get', 'persistentvolumes', { name: 'pv1' }), 'allow'],
  ['secret of a volume', ask('get', 'secrets', { namespace: 'vault', name: 'stage' }), 'allow'],
  ['volume of nobody', ask('get', 'persistentvolumes', { name: 'pv2' }), unrelated],
  ["token of a pod's account", ask('create', 'serviceaccounts', shop('web-sa', 'token')), 'allow'],
  ['token of another account', ask('create', 'serviceaccounts', shop('admin', 'token')), unrelated],
  ['account itself', ask('get', 'serviceaccounts', shop('web-sa')), 'allow'],
  [
    'deleting an account',
    ask('delete', 'serviceaccounts', shop('web-sa')),
    'no-opinion can only create tokens for individual service accounts',
  ],
  ['own lease', ask('update', 'leases', { ...lease, name: 'n1' }), 'allow'],
  ['making a lease', ask('create', 'leases', lease), 'allow'],
  [
    'lease of another',
    ask('get', 'leases', { ...lease, name: 'n2' }),
    'no-opinion can only access node lease with the same name as the requesting node',
  ],
  [
    'lease elsewhere',
    ask('get', 'leases', { ...lease, namespace: 'kube-system', name: 'n1' }),
    'no-opinion can only access leases in the "kube-node-lease" system namespace',
  ],
  [
    'all leases',
    ask('list', 'leases', lease),
    'no-opinion can only get, create, update, patch, or delete a node lease',
  ],
  ['own CSINode', ask('get', 'csinodes', { ...storage, name: 'n1' }), 'allow'],
  [
    'CSINode of another',
    ask('get', 'csinodes', { ...storage, name: 'n2' }),
    'no-opinion can only access CSINode with the same name as the requesting node',
  ],
  [
    'own slice',
    ask('delete', 'resourceslices', { group: 'resource.k8s.io', name: 'gpu-n1' }),
    'allow',
  ],
  [
    'own slices',
    ask('watch', 'resourceslices', { group: 'resource.k8s.io', fieldSelector: 'spec.nodeName=n1' }),
    'allow',
  ],
  [
    'all slices',
    ask('watch', 'resourceslices', { group: 'resource.k8s.io' }),
    'no-opinion can only list/watch/deletecollection resourceslices with nodeName field selector',
  ],
  ['own node', ask('get', 'nodes', { name: 'n1' }), 'allow'],
  [
    'another node',
    ask('get', 'nodes', { name: 'n2' }),
    "no-opinion node 'n1' cannot read 'n2', only its own Node object",
  ],
  [
    'all nodes',
    ask('list', 'nodes'),
    "no-opinion node 'n1' cannot read all nodes, only its own Node object",
  ],
  ['own pods', ask('watch', 'pods', { fieldSelector: 'spec.nodeName=n1' }), 'allow'],
  [
    'pods of another node',
    ask('watch', 'pods', { fieldSelector: 'spec.nodeName=n2' }),
    'no-opinion can only list/watch pods with spec.nodeName field selector',
  ],
  ['one pod of its own', ask('get', 'pods', shop('web')), 'allow'],
  ['a pod elsewhere', ask('get', 'pods', shop('db')), unrelated],
  ['status of a pod', ask('patch', 'pods', shop('web', 'status')), 'allow'],
  ['exec', ask('create', 'pods', shop('web', 'exec')), 'no-opinion'],
  ['services, by fixed rules', ask('list', 'services'), 'allow'],
  ['deployments', ask('list', 'deployments', { group: 'apps' }), 'no-opinion'],
] as const)
  test(`node authorizer: ${name}`, () => assert.equal(fixture().decide(info), want));

test('node authorizer: who is not a node, or none that can be told', () => {
  const { decide } = fixture();
  const info = ask('get', 'secrets', shop('tls'));
  assert.equal(decide(info, person('system:node:n1')), 'no-opinion');
  assert.equal(decide(info, person('ann', 'system:nodes')), 'no-opinion');
  assert.equal(
    decide(info, person('system:node:', 'system:nodes')),
    'no-opinion unknown node for user "system:node:"',
  );
  assert.equal(
    decide(info, person('system:node:n2', 'system:nodes')),
    unrelated.replace('n1', 'n2'),
  );
});

test('node authorizer: access ends with the pod, and with the last of two pods', () => {
  const { objects, decide } = fixture();
  const pod = objects.get(Pods, 'web', 'shop')!;
  const info = ask('get', 'secrets', shop('tls'));
  objects.put(Pods, { ...pod, metadata: { ...pod.metadata, name: 'web2' } });
  objects.remove(Pods, 'web', 'shop');
  assert.equal(decide(info), 'allow');
  objects.put(Pods, {
    ...pod,
    metadata: { ...pod.metadata, name: 'web2', labels: { changed: 'yes' } },
  });
  assert.equal(decide(info), 'allow');
  objects.remove(Pods, 'web2', 'shop');
  assert.equal(decide(info), unrelated);
});
