/** One pod that some nodes do not take: what each plugin says, and where the pod goes if anywhere. */
import { expression, type Make, matching, once, terms } from './words.ts';

const noSchedule = { key: 'only', value: 'gpu', effect: 'NoSchedule' };
const noExecute = { key: 'broken', effect: 'NoExecute' };
const tainted = (...taints: readonly object[]): object => ({ spec: { taints } });
const hostPort = (port: number, more: object = {}): object => ({
  containers: [
    { name: 'main', image: 'i', ports: [{ containerPort: 80, hostPort: port, ...more }] },
  ],
});
/** Needs a kubelet that declares RestartAllContainersOnContainerExits. */
export const restartsAll: object = {
  containers: [
    {
      name: 'main',
      image: 'i',
      restartPolicy: 'Never',
      restartPolicyRules: [
        { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [1] } },
      ],
    },
  ],
};

/** A pod on one node of the given sort. */
const one = (name: string, node: object, pod: object): Make =>
  once(name, (w) => ({ nodes: [w.node('a', node)], make: [w.pod('pod', pod)] }));
/** A pod that says which of nodes `a`, `b` and `c` it wants. */
const picks = (name: string, pod: (id: string) => object): Make =>
  once(name, (w) => ({
    nodes: ['a', 'b', 'c'].map((each, at) =>
      w.node(each, { cpu: `${4 + 4 * at}`, labels: { rank: `${at}` } }),
    ),
    make: [w.pod('pod', pod(w.id))],
  }));

const resources: readonly Make[] = [
  one('too little CPU', {}, { requests: { cpu: '5' } }),
  one('too little memory', {}, { requests: { memory: '5Gi' } }),
  one(
    'too little disk',
    { 'ephemeral-storage': '1Gi' },
    { requests: { 'ephemeral-storage': '2Gi' } },
  ),
  one(
    'too little of several',
    {},
    { requests: { cpu: '5', memory: '5Gi', 'example.com/gpu': '1' } },
  ),
  one(
    'an extended resource that the node has',
    { 'example.com/gpu': '2' },
    { requests: { 'example.com/gpu': '2' } },
  ),
  one(
    'huge pages',
    { 'hugepages-2Mi': '4Mi' },
    { requests: { cpu: '1', memory: '1Gi', 'hugepages-2Mi': '8Mi' } },
  ),
  one('no room for one more pod', { pods: '0' }, {}),
  one('no room for one more pod, nor CPU', { pods: '0', cpu: '1' }, { requests: { cpu: '2' } }),
  once('what others hold counts', (w) => ({
    nodes: [w.node('a'), w.node('b', { cpu: '3' })],
    make: [
      w.there('old', 'a', { requests: { cpu: '3' } }),
      w.pod('pod', { requests: { cpu: '2' } }),
    ],
  })),
  once('what others hold counts, and nothing is left', (w) => ({
    nodes: [w.node('a'), w.node('b', { cpu: '1' })],
    make: [
      w.there('old', 'a', { requests: { cpu: '3' } }),
      w.pod('pod', { requests: { cpu: '2' } }),
    ],
  })),
  one(
    'init containers need the most at once',
    {},
    {
      initContainers: [{ name: 'init', image: 'i', resources: { requests: { cpu: '5' } } }],
    },
  ),
  one(
    'side cars add to what runs beside them',
    {},
    {
      requests: { cpu: '2' },
      initContainers: [
        {
          name: 'side',
          image: 'i',
          restartPolicy: 'Always',
          resources: { requests: { cpu: '3' } },
        },
      ],
    },
  ),
  one(
    'requests of the pod as a whole',
    {},
    {
      requests: { cpu: '1' },
      resources: { requests: { cpu: '5' }, limits: { cpu: '5' } },
    },
  ),
  once('overhead of the runtime', (w) => ({
    nodes: [w.node('a')],
    make: [
      w.wide('RuntimeClass', 'heavy', { handler: 'heavy', overhead: { podFixed: { cpu: '3' } } }),
      w.pod('pod', { requests: { cpu: '2' }, runtimeClassName: w.on('heavy') }),
    ],
  })),
  once('a runtime that only some nodes have', (w) => ({
    nodes: [w.node('a', { cpu: '8' }), w.node('b', { labels: { runtime: 'yes' } })],
    make: [
      w.wide('RuntimeClass', 'some', {
        handler: 'some',
        scheduling: { nodeSelector: { runtime: 'yes' } },
      }),
      w.pod('pod', { runtimeClassName: w.on('some') }),
    ],
  })),
];

const nodes: readonly Make[] = [
  one('a cordoned node', { spec: { unschedulable: true } }, {}),
  one(
    'a cordoned node, tolerated',
    { spec: { unschedulable: true } },
    {
      tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }],
    },
  ),
  one('a taint', tainted(noSchedule), {}),
  one('two taints, one tolerated', tainted(noSchedule, noExecute), {
    tolerations: [{ key: 'only', value: 'gpu', effect: 'NoSchedule' }],
  }),
  one('a taint, tolerated by another value', tainted(noSchedule), {
    tolerations: [{ key: 'only', value: 'tpu', effect: 'NoSchedule' }],
  }),
  one('a taint, tolerated by its key', tainted(noSchedule), {
    tolerations: [{ key: 'only', operator: 'Exists' }],
  }),
  one('taints, all tolerated', tainted(noSchedule, noExecute), {
    tolerations: [{ operator: 'Exists' }],
  }),
  one('a soft taint keeps nobody out', tainted({ key: 'k', effect: 'PreferNoSchedule' }), {}),
  once('different reasons of different nodes', (w) => ({
    nodes: [
      w.node('a', tainted(noSchedule)),
      w.node('b', tainted(noExecute)),
      w.node('c', { spec: { unschedulable: true } }),
      w.node('d', { cpu: '1' }),
      w.node('e', { pods: '0' }),
    ],
    make: [w.pod('pod', { requests: { cpu: '2' } })],
  })),
  picks('a node selector', (id) => ({ nodeSelector: { case: id, size: 'b', rank: '1' } })),
  picks('a node selector that no node matches', () => ({ nodeSelector: { size: 'none' } })),
  once('labels in, not in, greater, less', (w) => ({
    nodes: ['a', 'b', 'c'].map((each, at) => w.node(each, { labels: { rank: `${at}` } })),
    make: [
      w.pod('pod', {
        affinity: terms(
          matching(expression('rank', 'Gt', '0'), expression('size', 'NotIn', 'c')),
          matching(expression('rank', 'Lt', '0')),
        ),
      }),
    ],
  })),
  picks('labels that are not there', () => ({
    affinity: terms(matching(expression('rank', 'DoesNotExist'))),
  })),
  once('a node by its name', (w) => ({
    nodes: [w.node('a'), w.node('b')],
    make: [
      w.pod('pod', {
        affinity: terms({ matchFields: [expression('metadata.name', 'In', w.on('b'))] }),
      }),
    ],
  })),
  once('a node by its name that has no room', (w) => ({
    nodes: [w.node('a', { cpu: '1' }), w.node('b')],
    make: [
      w.pod('pod', {
        requests: { cpu: '2' },
        affinity: terms({ matchFields: [expression('metadata.name', 'In', w.on('a'))] }),
      }),
    ],
  })),
  picks('a node by a name that there is none of', () => ({
    affinity: terms({ matchFields: [expression('metadata.name', 'In', 'nowhere')] }),
  })),
  picks('terms that name no node in common', () => ({
    affinity: terms({
      matchFields: [
        expression('metadata.name', 'In', 'one'),
        expression('metadata.name', 'In', 'other'),
      ],
    }),
  })),
  one('a feature that the kubelet does not declare', {}, restartsAll),
  one(
    'a feature that the kubelet declares',
    {
      status: { declaredFeatures: ['RestartAllContainersOnContainerExits'] },
    },
    restartsAll,
  ),
];

const ports: readonly Make[] = [
  once('a port of the host that is taken', (w) => ({
    nodes: [w.node('a')],
    make: [w.there('old', 'a', hostPort(8080)), w.pod('pod', hostPort(8080))],
  })),
  once('a port of the host that is free elsewhere', (w) => ({
    nodes: [w.node('a', { cpu: '8' }), w.node('b')],
    make: [w.there('old', 'a', hostPort(8080)), w.pod('pod', hostPort(8080))],
  })),
  once('a port of another address of the host', (w) => ({
    nodes: [w.node('a')],
    make: [
      w.there('old', 'a', hostPort(8080, { hostIP: '127.0.0.1' })),
      w.pod('pod', hostPort(8080, { hostIP: '127.0.0.2' })),
    ],
  })),
  once('a port of any address, taken at one', (w) => ({
    nodes: [w.node('a')],
    make: [
      w.there('old', 'a', hostPort(8080, { hostIP: '127.0.0.1' })),
      w.pod('pod', hostPort(8080)),
    ],
  })),
  once('a port of another protocol', (w) => ({
    nodes: [w.node('a')],
    make: [w.there('old', 'a', hostPort(53)), w.pod('pod', hostPort(53, { protocol: 'UDP' }))],
  })),
];

export const filterCases: readonly Make[] = [...resources, ...nodes, ...ports];
