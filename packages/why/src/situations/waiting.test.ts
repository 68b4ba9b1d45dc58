import type { Cluster } from '@coxswain/cluster';
import { type Situation, situations, small } from '../testing/situation.ts';

const pod = (name: string, spec: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  ${spec.trim()}
`;
const asking = (name: string, cpu: string, more = ''): string =>
  pod(
    name,
    `${more}\n  containers: [{ name: app, image: 'app:1', resources: { requests: { cpu: '${cpu}' } } }]`,
  );
const about = (name: string): Situation['ask'] => ({ about: { kind: 'pod', name } });
const joined = (...texts: readonly string[]): string => texts.join('---');
const taints = [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }];

const waiting: readonly Situation[] = [
  {
    name: 'a pod asks for more CPU than any node has left',
    cluster: { nodes: [small('n1'), small('n2'), small('n3', { taints })] },
    given: joined(asking('a', '3500m'), asking('b', '3'), asking('big', '2')),
    ask: about('big'),
    told: `
pod/big (default): Pending
  No node takes it; tried 1 time, last 0 s ago.
    NODES      WHAT IS IN THE WAY
    2: n1, n2  cpu: needs 2, free 500m to 1
    n3         taint dedicated=gpu:NoSchedule is not tolerated
    Preemption would not help: no pod of lower priority than 0 is in the way.
    Each of these would let it be placed (the scheduler tried it on a copy):
    1. request 1 of cpu instead of 2 -> n2
    2. let it tolerate the taint dedicated=gpu:NoSchedule -> n3
    3. remove the taint dedicated=gpu:NoSchedule from node n3 -> n3
    4. one more node of 2 CPU
    5. a priority above 0, which pushes out default/a -> n1
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/3 nodes are available: 1
      node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate,
      preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No
      preemption victims found for incoming pod.
`,
  },
  {
    name: 'a pod selects a zone that no node is in',
    cluster: {
      nodes: [small('n1', { labels: { zone: 'a' } }), small('n2', { labels: { zone: 'c' } })],
    },
    given: asking('web', '1', 'nodeSelector: { zone: b }'),
    ask: about('web'),
    told: `
pod/web (default): Pending
  No node takes it; tried 1 time, last 0 s ago.
    NODES      WHAT IS IN THE WAY
    2: n1, n2  zone=b is required; they have a, c
    Preemption would not help: no pod of lower priority than 0 is in the way.
    Each of these would let it be placed (the scheduler tried it on a copy):
    1. remove the nodeSelector zone=b -> n2
    2. label node n1 with zone=b -> n1
    3. one more node of 1 CPU, labelled zone=b
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/2 nodes are available: 2
      node(s) didn't match Pod's node affinity/selector. no new claims to deallocate,
      preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.
`,
  },
  {
    name: 'the same in Korean',
    cluster: {
      nodes: [small('n1', { labels: { zone: 'a' } }), small('n2', { labels: { zone: 'c' } })],
    },
    given: asking('web', '1', 'nodeSelector: { zone: b }'),
    ask: about('web'),
    language: 'ko',
    told: `
pod/web (default): Pending
  받아 줄 수 있는 노드가 없습니다 (1번 시도, 마지막은 0초 전).
    노드       막고 있는 것
    2: n1, n2  zone=b 필요, 실제 a, c
    선점은 도움이 되지 않습니다: 우선순위 0보다 낮은 파드가 막고 있지 않습니다.
    다음 각각으로 배치할 수 있습니다(스케줄러가 사본에서 확인함):
    1. nodeSelector zone=b 제거 -> n2
    2. 노드 n1에 레이블 zone=b 추가 -> n1
    3. CPU 1개의 노드 하나 추가(레이블 zone=b)
    · condition PodScheduled (0초 전): False (Unschedulable): 0/2 nodes are available: 2 node(s)
      didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2
      nodes are available: 2 Preemption is not helpful for scheduling.
`,
  },
  {
    name: 'every node is tainted',
    cluster: { nodes: [small('n1', { taints }), small('n2', { taints })] },
    given: asking('web', '1'),
    ask: about('web'),
    told: `
pod/web (default): Pending
  No node takes it; tried 1 time, last 0 s ago.
    NODES      WHAT IS IN THE WAY
    2: n1, n2  taint dedicated=gpu:NoSchedule is not tolerated
    Preemption would not help: no pod of lower priority than 0 is in the way.
    Each of these would let it be placed (the scheduler tried it on a copy):
    1. let it tolerate the taint dedicated=gpu:NoSchedule -> n2
    2. remove the taint dedicated=gpu:NoSchedule from node n1 -> n1
    3. one more node of 1 CPU
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/2 nodes are available: 2
      node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are
      available: 2 Preemption is not helpful for scheduling.
`,
  },
  {
    name: 'two things are in the way at once',
    cluster: { nodes: [small('n1', { taints })] },
    given: asking('web', '6'),
    ask: about('web'),
    told: `
pod/web (default): Pending
  No node takes it; tried 1 time, last 0 s ago.
    NODES  WHAT IS IN THE WAY
    n1     taint dedicated=gpu:NoSchedule is not tolerated; cpu: needs 6, free 4
    Preemption would not help: no pod of lower priority than 0 is in the way.
    Each of these would let it be placed (the scheduler tried it on a copy):
    1. one more node of 6 CPU
    2. let it tolerate the taint dedicated=gpu:NoSchedule and request 4 of cpu instead of 6 ->
       n1
    3. remove the taint dedicated=gpu:NoSchedule from node n1 and request 4 of cpu instead of 6
       -> n1
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/1 nodes are available: 1
      node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/1 nodes are
      available: 1 Preemption is not helpful for scheduling.
`,
  },
  {
    name: 'the cluster has no nodes',
    given: asking('web', '1'),
    cluster: { nodes: [] },
    ask: about('web'),
    told: `
pod/web (default): Pending
  The cluster has no nodes.
    · condition PodScheduled (0 s ago): False (Unschedulable): no nodes available to schedule
      pods
    Next: Add a node, or see why none has joined.
`,
  },
  {
    name: 'a node is cordoned',
    happens: async (cluster: Cluster) => {
      await cluster.apply({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'n1' },
        spec: { unschedulable: true },
      } as never);
      await cluster.apply(asking('web', '1'));
      await cluster.settle();
    },
    ask: about('web'),
    told: `
pod/web (default): Pending
  No node takes it; tried 1 time, last 0 s ago.
    NODES  WHAT IS IN THE WAY
    n1     cordoned
    Preemption would not help: no pod of lower priority than 0 is in the way.
    Each of these would let it be placed (the scheduler tried it on a copy):
    1. uncordon node n1 -> n1
    2. one more node of 1 CPU
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/1 nodes are available: 1
      node(s) were unschedulable. no new claims to deallocate, preemption: 0/1 nodes are
      available: 1 Preemption is not helpful for scheduling.
`,
  },
  {
    name: 'replicas that avoid each other outnumber the nodes',
    cluster: { nodes: [small('n1'), small('n2')] },
    given: joined(
      ...['one', 'two', 'three'].map((name) =>
        pod(
          name,
          `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchExpressions: [{ key: app, operator: Exists }] } }] } }
  containers: [{ name: app, image: 'app:1' }]`,
        ),
      ),
    ),
    happens: (cluster) => cluster.advance('10s'),
    ask: about('three'),
    told: `
pod/three (default): Pending
  No node takes it; tried 1 time, last 10 s ago.
    NODES      WHAT IS IN THE WAY
    2: n1, n2  a pod with app Exists is in the same kubernetes.io/hostname, which it avoids
    Preemption would not help: no pod of lower priority than 0 is in the way.
    Each of these would let it be placed (the scheduler tried it on a copy):
    1. one more node of 1 CPU
    2. a priority above 0, which pushes out default/two -> n1
    · condition PodScheduled (10 s ago): False (Unschedulable): 0/2 nodes are available: 2
      node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/2
      nodes are available: 2 No preemption victims found for incoming pod.
`,
  },
  {
    name: 'a pod wants to be near another one that is not there',
    given: pod(
      'web',
      `affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: cache } } }] } }
  containers: [{ name: app, image: 'app:1' }]`,
    ),
    ask: about('web'),
    told: `
pod/web (default): Pending
  No node takes it; tried 1 time, last 0 s ago.
    NODES  WHAT IS IN THE WAY
    n1     no pod with app=cache is in the same kubernetes.io/hostname, as it wants
    Preemption would not help: no pod of lower priority than 0 is in the way.
    Each of these would let it be placed (the scheduler tried it on a copy):
    1. remove its pod affinity -> n1
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/1 nodes are available: 1
      node(s) didn't match pod affinity rules. no new claims to deallocate, preemption: 0/1
      nodes are available: 1 Preemption is not helpful for scheduling.
`,
  },
  {
    name: 'pods must be spread evenly, and one zone is full',
    cluster: {
      nodes: [small('n1', { labels: { zone: 'a' } }), small('n2', { labels: { zone: 'b' } })],
    },
    given: joined(
      asking('filler', '4', 'nodeSelector: { zone: b }'),
      ...['s1', 's2'].map(
        (name) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { group: spread } }
spec:
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { group: spread } } }]
  containers: [{ name: app, image: 'app:1', resources: { requests: { cpu: '1' } } }]
`,
      ),
    ),
    ask: about('s2'),
    told: `
pod/s2 (default): Pending
  No node takes it; tried 1 time, last 0 s ago.
    NODES  WHAT IS IN THE WAY
    n1     uneven over zone (a): at most 1 more than elsewhere
    n2     cpu: needs 1, free 0
    Preemption would not help: no pod of lower priority than 0 is in the way.
    Each of these would let it be placed (the scheduler tried it on a copy):
    1. set whenUnsatisfiable of its spread constraints to ScheduleAnyway -> n1
    2. a priority above 0, which pushes out default/s1 -> n1
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/2 nodes are available: 1
      Insufficient cpu, 1 node(s) didn't match pod topology spread constraints. no new claims to
      deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for
      incoming pod.
`,
  },
  {
    name: 'the host port is taken',
    given: joined(
      pod(
        'first',
        `containers: [{ name: app, image: 'app:1', ports: [{ containerPort: 80, hostPort: 8080 }] }]`,
      ),
      pod(
        'second',
        `containers: [{ name: app, image: 'app:1', ports: [{ containerPort: 80, hostPort: 8080 }] }]`,
      ),
    ),
    ask: about('second'),
    told: `
pod/second (default): Pending
  No node takes it; tried 1 time, last 0 s ago.
    NODES  WHAT IS IN THE WAY
    n1     host port 8080/TCP is taken by default/first
    Preemption would not help: no pod of lower priority than 0 is in the way.
    Each of these would let it be placed (the scheduler tried it on a copy):
    1. remove its hostPort -> n1
    2. one more node of 1 CPU
    3. a priority above 0, which pushes out default/first -> n1
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/1 nodes are available: 1
      node(s) didn't have free ports for the requested pod ports. no new claims to deallocate,
      preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.
`,
  },
  {
    name: 'scheduling gates hold a pod back',
    given: asking('web', '1', 'schedulingGates: [{ name: example.com/quota }]'),
    ask: about('web'),
    told: `
pod/web (default): Pending
  It is held back from scheduling by its gates: example.com/quota.
    · spec spec.schedulingGates: example.com/quota
    Next: Whoever put the gates on (example.com/quota) must take them off.
`,
  },
  {
    name: 'a pod asks for a scheduler that does not run',
    given: asking('web', '1', 'schedulerName: my-scheduler'),
    ask: about('web'),
    told: `
pod/web (default): Pending
  It asks for the scheduler "my-scheduler", and no scheduler of that name runs here.
    · spec spec.schedulerName: my-scheduler
    Next: See that my-scheduler runs and works.
`,
  },
  {
    name: 'an important pod waits for its victims to leave',
    given: `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: high }
value: 1000
---
apiVersion: v1
kind: Pod
metadata: { name: low }
spec:
  terminationGracePeriodSeconds: 30
  containers: [{ name: app, image: 'app:1', resources: { requests: { cpu: '3' } } }]
`,
    happens: async (cluster) => {
      await cluster.waitFor('Pod', 'low', 'Ready');
      await cluster.apply(asking('vip', '2', 'priorityClassName: high'));
      await cluster.settle();
    },
    ask: about('vip'),
    told: `
pod/vip (default): Pending
  It waits on node n1 for less important pods to leave.
    NODES  WHAT IS IN THE WAY
    n1     cpu: needs 2, free 1
    Preemption: would help: default/low would leave n1.
    Each of these would let it be placed (the scheduler tried it on a copy):
    1. request 1 of cpu instead of 2 -> n1
    2. one more node of 2 CPU
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/1 nodes are available: 1
      Insufficient cpu.
`,
  },
  {
    name: 'a polite pod does not push others out',
    given: joined(
      `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: polite }
value: 1000
preemptionPolicy: Never
`,
      asking('low', '3'),
    ),
    happens: async (cluster) => {
      await cluster.apply(asking('guest', '2', 'priorityClassName: polite'));
      await cluster.settle();
    },
    ask: about('guest'),
    told: `
pod/guest (default): Pending
  No node takes it; tried 1 time, last 0 s ago.
    NODES  WHAT IS IN THE WAY
    n1     cpu: needs 2, free 1
    Preemption would not help, although 1 pod of lower priority could leave.
    Each of these would let it be placed (the scheduler tried it on a copy):
    1. request 1 of cpu instead of 2 -> n1
    2. one more node of 2 CPU
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/1 nodes are available: 1
      Insufficient cpu. no new claims to deallocate, preemption: not eligible due to
      preemptionPolicy=Never.
    └ Its priority class polite never pushes other pods out.
      · spec spec.preemptionPolicy: Never
`,
  },
  {
    name: 'the claim of a pod does not exist',
    given: pod(
      'db',
      `volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
  containers: [{ name: app, image: 'app:1' }]`,
    ),
    ask: about('db'),
    told: `
pod/db (default): Pending
  No node was even looked at: persistentvolumeclaim "data" not found (VolumeRestrictions).
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/1 nodes are available:
      persistentvolumeclaim "data" not found. not found
    └ PersistentVolumeClaim data does not exist; spec.volumes.data needs it.
      · spec spec.volumes.data: data
      Next: Create persistentvolumeclaim/data, or correct the name.
        kubectl get pvc
`,
  },
  {
    name: 'the claim of a pod has no class, and no volume is large enough',
    given: joined(
      `
apiVersion: v1
kind: PersistentVolume
metadata: { name: disk }
spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], hostPath: { path: /disk } }
`,
      `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
`,
      pod(
        'db',
        `volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
  containers: [{ name: app, image: 'app:1' }]`,
      ),
    ),
    ask: about('db'),
    told: `
pod/db (default): Pending
  No node was even looked at: pod has unbound immediate PersistentVolumeClaims (VolumeBinding).
    · condition PodScheduled (0 s ago): False (Unschedulable): 0/1 nodes are available: pod has
      unbound immediate PersistentVolumeClaims. not found
    └ persistentvolumeclaim/data: It names no storage class, none is the default, and no volume
      serves it.
      · reason persistentvolume-binder-controller (0 s ago): FailedBinding: no persistent
        volumes available for this claim and no storage class is set
      Next: Name one of these classes in storageClassName:
        kubectl get storageclass
      └ Volume disk has 1Gi of the 5Gi asked for.
`,
  },
];

situations(waiting);
