import type { Cluster } from '@coxswain/cluster';
import { type Situation, situations, small } from '../testing/situation.ts';

const later =
  (duration: string) =>
  (cluster: Cluster): Promise<void> =>
    cluster.advance(duration);
const about = (kind: string, name: string): Situation['ask'] => ({ about: { kind, name } });
const claim = (more = ''): string => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } }${more} }
`;
const storageClass = (mode: string, provisioner = 'disk.example.com'): string => `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
provisioner: ${provisioner}
volumeBindingMode: ${mode}
---`;
const volume = (name: string, spec: string): string => `
apiVersion: v1
kind: PersistentVolume
metadata: { name: ${name} }
spec: { capacity: { storage: 10Gi }, accessModes: [ReadOnlyMany], hostPath: { path: /disk }, ${spec} }
---`;
const user = `
apiVersion: v1
kind: Pod
metadata: { name: db }
spec:
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
  containers: [{ name: app, image: 'app:1' }]
`;
const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  names: { plural: widgets, singular: widget, kind: Widget }
  scope: Namespaced
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }]
`;
const roles = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader }
rules: [{ apiGroups: [''], resources: [pods], verbs: [get, list, watch] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: alice-reads }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ kind: User, name: alice, apiGroup: rbac.authorization.k8s.io }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: one-secret }
rules: [{ apiGroups: [''], resources: [secrets], resourceNames: [login], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: alice-login }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: one-secret }
subjects: [{ kind: User, name: alice, apiGroup: rbac.authorization.k8s.io }]
`;
const can = (verb: string, resource: string, more: object = {}): Situation['ask'] => ({
  can: { user: 'alice', verb, resource, namespace: 'default', ...more },
});

const others: readonly Situation[] = [
  {
    name: 'a claim names a class that does not exist',
    given: `${storageClass('Immediate')}${claim(', storageClassName: quick')}`,
    ask: about('pvc', 'data'),
    told: `
persistentvolumeclaim/data (default): Pending
  Its storage class "quick" does not exist; there are: fast.
    · reason persistentvolume-binder-controller (0 s ago): ProvisioningFailed: storageClass
      quick, storageclass.storage.k8s.io "quick" not found
    Next: Name one of these classes in storageClassName:
      kubectl get storageclass
`,
  },
  {
    name: 'a claim waits for its first pod',
    given: `${storageClass('WaitForFirstConsumer')}${claim(', storageClassName: fast')}`,
    ask: about('pvc', 'data'),
    told: `
persistentvolumeclaim/data (default): Pending
  It gets its volume when a pod uses it: class fast waits for the first one.
    · reason persistentvolume-binder-controller (0 s ago): WaitForFirstConsumer: storageClass
      fast, waiting for first consumer to be created before binding
    Next: Nothing is wrong: start a pod that uses it.
`,
  },
  {
    name: 'a claim waits for a provisioner that nobody installed',
    given: `${storageClass('Immediate')}${claim(', storageClassName: fast')}`,
    ask: about('persistentvolumeclaim', 'data'),
    told: `
persistentvolumeclaim/data (default): Pending
  It waits for the provisioner disk.example.com of class fast to make a volume.
    · reason persistentvolume-binder-controller (0 s ago): ExternalProvisioning: storageClass
      fast, Waiting for a volume to be created either by the external provisioner
      'disk.example.com' or manually by the system administrator. If volume creation is delayed,
      please verify that the provisioner is running and correctly registered.
    Next: See that disk.example.com runs and works.
`,
  },
  {
    name: 'no volume that was made by hand serves a claim',
    given: `${storageClass('Immediate', 'kubernetes.io/no-provisioner')}${volume('one', 'storageClassName: fast')}${volume('two', 'storageClassName: slow')}${claim(', storageClassName: fast')}`,
    ask: about('pvc', 'data'),
    told: `
persistentvolumeclaim/data (default): Pending
  Volumes of class fast are made by hand, and none serves it (5Gi).
    · reason persistentvolume-binder-controller (0 s ago): ProvisioningFailed: storageClass
      fast, no volume plugin matched name: kubernetes.io/no-provisioner
    Next: Make a PersistentVolume of class fast with at least 5Gi.
    └ Volume one offers ReadOnlyMany, not ReadWriteOnce.
    └ Volume two is of class "slow".
`,
  },
  {
    name: 'a claim that was deleted is in use',
    given: `${volume('disk', `storageClassName: '', claimRef: { namespace: default, name: data }`).replace('ReadOnlyMany', 'ReadWriteOnce')}${claim(`, storageClassName: ''`)}---${user}`,
    happens: async (cluster) => {
      await cluster.waitFor('Pod', 'db', 'Ready');
      await cluster.delete('PersistentVolumeClaim', 'data');
      await cluster.advance('1m');
    },
    ask: about('pvc', 'data'),
    told: `
persistentvolumeclaim/data (default): Terminating
  It was deleted 60 s ago and is held by kubernetes.io/pvc-protection, because pod/db still uses
  it.
    · spec metadata.finalizers: kubernetes.io/pvc-protection
    · reason persistentvolumeclaim-protection-controller (60 s ago): in use: finalizer
      kubernetes.io/pvc-protection, by pod/db
    Next: Delete pod/db first, if it is not needed.
      kubectl delete pod/db
`,
  },
  {
    name: 'a namespace does not go because of a finalizer within',
    given: `
apiVersion: v1
kind: Namespace
metadata: { name: old }
---${widgets}`,
    happens: async (cluster) => {
      await cluster.waitFor('CustomResourceDefinition', 'widgets.example.com', 'Established');
      await cluster.apply({
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        metadata: { name: 'w1', namespace: 'old', finalizers: ['example.com/clean-up'] },
      });
      await cluster.delete('Namespace', 'old');
      await cluster.advance('3m');
    },
    ask: about('ns', 'old'),
    told: `
namespace/old: Terminating
  It was deleted 3 min ago and is not empty yet.
    · condition NamespaceContentRemaining (3 min ago): True (SomeResourcesRemain): Some
      resources are remaining: widgets.example.com has 1 resource instances
    └ 1 of widgets.example.com remain: w1.
      └ widget/w1: It was deleted 3 min ago and is held by the finalizer example.com/clean-up;
        whatever "example.com" installed must take it off.
        · spec metadata.finalizers: example.com/clean-up
        Next: See that example.com runs and works.
        Next: Only if that is gone for good, and what it would have cleaned up does not matter:
          kubectl patch widget/w1 -n old --type=json -p '[{"op":"test","path":"/metadata/finalizers/0","value":"example.com/clean-up"},{"op":"remove","path":"/metadata/finalizers/0"}]'
`,
  },
  {
    name: 'an owner waits for what it owns',
    given: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web }, finalizers: [example.com/drain] }
    spec: { containers: [{ name: app, image: 'app:1' }] }
`,
    happens: async (cluster) => {
      await cluster.waitFor('Deployment', 'web', 'Available');
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground' };
      const path = '/apis/apps/v1/namespaces/default/deployments/web';
      await cluster.client.raw({ method: 'DELETE', path, body, signal: cluster.signal });
      await cluster.advance('2m');
    },
    ask: about('deployment', 'web'),
    told: `
deployment/web (default): Terminating
  It was deleted 2 min ago and waits for 1 object that it owns to go first, such as
  replicaset/web-6b85697d78.
    · spec metadata.finalizers: foregroundDeletion
    · reason garbage-collector-controller (2 min ago): waits for dependents: dependents 1,
      example replicaset/web-6b85697d78
    Next: Ask about replicaset/web-6b85697d78:
      cox why replicaset/web-6b85697d78
`,
  },
  {
    name: 'a custom resource says that it is not ready',
    given: widgets,
    happens: async (cluster) => {
      await cluster.waitFor('CustomResourceDefinition', 'widgets.example.com', 'Established');
      const condition = {
        type: 'Ready',
        status: 'False',
        reason: 'NoBackend',
        message: 'backend b1 is away',
      };
      await cluster.apply({
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        metadata: { name: 'w1', namespace: 'default' },
        status: { conditions: [condition] },
      } as never);
    },
    ask: about('widgets.example.com', 'w1'),
    told: `
widget/w1 (default): NotReady
  Its condition Ready is not True.
    · condition Ready: False (NoBackend): backend b1 is away
`,
  },
  {
    name: 'a node is silent',
    happens: async (cluster) => {
      await cluster.fault('Node', 'n1', 'partition');
      await cluster.advance('5m');
    },
    ask: about('node', 'n1'),
    told: `
node/n1: NotReady
  Nothing has been heard of node n1 for 5 min.
    · condition Ready (4 min ago): Unknown (NodeStatusUnknown): Kubelet stopped posting node
      status.
    · reason node-lifecycle-controller (3 min ago): silent: grace 50 s
    Next: See that the machine of n1 is up and its kubelet reaches the API server.
    Next: If it will not come back:
      kubectl delete node n1
`,
  },
  {
    name: 'a node is cordoned, tainted and short of disk',
    cluster: {
      nodes: [small('n1', { taints: [{ key: 'team', value: 'a', effect: 'NoExecute' }] })],
    },
    happens: async (cluster) => {
      await cluster.client.raw({
        ...{ method: 'PATCH', path: '/api/v1/nodes/n1', patchType: 'application/merge-patch+json' },
        ...{ body: { spec: { unschedulable: true } }, signal: cluster.signal },
      });
      await cluster.fault('Node', 'n1', 'disk-full');
      await cluster.advance('1m');
    },
    ask: about('no', 'n1'),
    told: `
node/n1: Ready
  Node n1 has the condition DiskPressure.
    · condition DiskPressure (60 s ago): True (KubeletHasDiskPressure): kubelet has disk
      pressure
    Next: Free disk space on n1.
  Node n1 is cordoned: no new pods go there.
    · spec spec.unschedulable: true
    Next: Let pods go there again:
      kubectl uncordon n1
  Node n1 has the taint team=a:NoExecute: only pods that tolerate it go there.
    · spec spec.taints: team=a:NoExecute
    Next: If pods should go there, remove the taint:
      kubectl taint node n1 team:NoExecute-
`,
  },
  {
    name: 'a role allows it',
    given: roles,
    ask: can('list', 'pods'),
    told: `
Yes: alice may list pods in namespace default.
  RoleBinding alice-reads in default gives alice the Role reader.
    · rule role/reader: get, list, watch on pods
`,
  },
  {
    name: 'a role allows another verb',
    given: roles,
    ask: can('delete', 'po'),
    told: `
No: alice may not delete pods in namespace default.
  None of the roles given to alice allows it.
    └ Role reader (by RoleBinding alice-reads) allows get, list, watch, not delete.
      · rule role/reader: get, list, watch on pods
    └ ClusterRole edit would allow it (so would admin, cluster-admin).
      Next: To give them edit:
        kubectl create rolebinding alice-edit --clusterrole=edit --user=alice -n default
`,
  },
  {
    name: 'a role allows it for one name only',
    given: roles,
    ask: can('get', 'secrets', { name: 'root' }),
    told: `
No: alice may not get secrets "root" in namespace default.
  None of the roles given to alice allows it.
    └ It is allowed for login only: RoleBinding alice-login, Role one-secret.
      · rule role/one-secret: get on secrets named login
    └ ClusterRole edit would allow it (so would admin, cluster-admin).
      Next: To give them edit:
        kubectl create rolebinding alice-edit --clusterrole=edit --user=alice -n default
`,
  },
  {
    name: 'a role allows it in another namespace',
    given: `${roles}---
apiVersion: v1
kind: Namespace
metadata: { name: shop }`,
    ask: can('get', 'pods', { namespace: 'shop' }),
    told: `
No: alice may not get pods in namespace shop.
  None of the roles given to alice allows it.
    └ It would be allowed in namespace default: RoleBinding alice-reads, Role reader.
      · rule role/reader: get, list, watch on pods
    └ ClusterRole view would allow it (so would edit, admin, cluster-admin).
      Next: To give them view:
        kubectl create rolebinding alice-view --clusterrole=view --user=alice -n shop
`,
  },
  {
    name: 'an account of the system has its role',
    ask: can('create', 'pods', {
      user: 'system:serviceaccount:kube-system:job-controller',
      namespace: 'kube-system',
    }),
    told: `
Yes: system:serviceaccount:kube-system:job-controller may create pods in namespace kube-system.
  ClusterRoleBinding system:controller:job-controller gives
  system:serviceaccount:kube-system:job-controller the ClusterRole
  system:controller:job-controller.
    · rule clusterrole/system:controller:job-controller: create, delete, list, patch, watch on
      pods
`,
  },
  {
    name: 'what a drain would do',
    cluster: { nodes: [small('n1'), small('n2')] },
    given: `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: app, image: 'app:1' }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web }
spec:
  replicas: 4
  serviceName: web
  podManagementPolicy: Parallel
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      nodeSelector: { kubernetes.io/os: linux }
      containers: [{ name: app, image: 'app:1', resources: { requests: { cpu: '1' } } }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 1
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      nodeSelector: { kubernetes.io/hostname: n1 }
      containers: [{ name: app, image: 'app:1' }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: cache }
spec:
  replicas: 1
  serviceName: cache
  selector: { matchLabels: { app: cache } }
  template:
    metadata: { labels: { app: cache } }
    spec:
      nodeSelector: { kubernetes.io/hostname: n1 }
      containers: [{ name: app, image: 'app:1' }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: db }
spec: { minAvailable: 1, selector: { matchLabels: { app: db } } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: web } } }
---
apiVersion: v1
kind: Pod
metadata: { name: bare }
spec:
  nodeName: n1
  volumes: [{ name: scratch, emptyDir: {} }]
  containers: [{ name: app, image: 'app:1' }]
`,
    happens: later('1m'),
    ask: { drain: { node: 'n1' } },
    told: `
Draining n1 would move 2 pods; 1 would wait for a budget; 2 would block it; 1 would stay.
  POD                  WOULD GO TO  WHAT HAPPENS
  default/agent-abcde  stays        of DaemonSet agent
  default/bare         -            blocked: nothing makes it anew: --force deletes it for good;
                                    loses its local data (scratch): --delete-emptydir-data
  default/cache-0      nowhere      1: cordoned; 1: kubernetes.io/hostname=n1 is required; they
                                    have n2
  default/db-0         -            blocked: budget db lets none go (1 healthy, 1 wanted)
  default/web-1        n2
  default/web-3        n2           waits: budget web lets 1 go at a time
`,
  },
];

situations(others);
