/** Pods in the course of time: what wakes those that found no node. */
import type { Step } from '../case.ts';
import { restartsAll } from './filter-cases.ts';
import { about, far, labelled, type Make, near, spread, type Words } from './words.ts';

const cpu = (amount: string, more: object = {}): object => ({ requests: { cpu: amount }, ...more });
const gates = (...names: readonly string[]): object => ({
  schedulingGates: names.map((name) => ({ name })),
});
const taints = [{ key: 'k', effect: 'NoSchedule' }];

/** A pod that waits, and what then changes. */
const wakes =
  (
    name: string,
    of: (w: Words) => {
      readonly nodes?: readonly ReturnType<Words['node']>[];
      readonly first?: readonly ReturnType<Words['pod']>[];
      readonly next: Step;
      readonly alone?: boolean;
      /** Nothing comes of it. */
      readonly stays?: boolean;
    },
  ): Make =>
  (w) => {
    const { nodes = [w.node()], first = [w.pod('pod', cpu('3'))], next, alone, stays } = of(w);
    return {
      name,
      nodes,
      ...(alone && { alone }),
      steps: [{ make: first }, { ...next, ...(!stays && { awaits: ['pod'] }) }],
    };
  };

const changes: readonly Make[] = [
  (w) => ({
    name: 'a gated pod',
    nodes: [w.node()],
    steps: [
      { make: [w.pod('pod', gates('a.example.com/x', 'b.example.com/y'))] },
      { change: [{ of: w.pod(), to: { spec: gates('b.example.com/y') } }] },
      { change: [{ of: w.pod(), to: { spec: { schedulingGates: [] } } }] },
    ],
  }),
  (w) => ({
    name: 'a gated pod that asks for other nodes',
    nodes: [w.node('a'), w.node('b')],
    steps: [
      { make: [w.pod('pod', gates('a.example.com/x'))] },
      {
        change: [
          {
            of: w.pod(),
            to: { spec: { schedulingGates: [], nodeSelector: { case: w.id, size: 'b' } } },
          },
        ],
      },
    ],
  }),
  wakes('a pod that leaves makes room', (w) => {
    const old = w.there('old', 'a', cpu('2'));
    return { first: [old, w.pod('pod', cpu('3'))], next: { remove: [old] } };
  }),
  wakes('a pod that ends makes room', (w) => {
    const old = w.there('old', 'a', cpu('2'));
    return {
      first: [old, w.pod('pod', cpu('3'))],
      next: { change: [{ of: old, to: { status: { phase: 'Succeeded' } }, part: 'status' }] },
    };
  }),
  wakes('a pod that is made smaller makes room', (w) => {
    const old = w.there('old', 'a', cpu('2'));
    const containers = [{ name: 'main', image: 'i', resources: { requests: { cpu: '1' } } }];
    return {
      first: [old, w.pod('pod', cpu('3'))],
      next: { change: [{ of: old, to: { spec: { containers } }, part: 'resize' }] },
    };
  }),
  wakes('a waiting pod that comes to tolerate', (w) => ({
    nodes: [w.node('a', { spec: { taints } })],
    first: [w.pod()],
    next: {
      change: [{ of: w.pod(), to: { spec: { tolerations: [{ key: 'k', operator: 'Exists' }] } } }],
    },
  })),
  wakes('a waiting pod that is not what others do not want any more', (w) => ({
    first: [
      w.there('old', 'a', { affinity: far(about('web', 'case')) }),
      w.pod('pod', labelled('web')),
    ],
    next: { change: [{ of: w.pod(), to: { metadata: { labels: { app: 'db' } } } }] },
  })),
  wakes('somebody comes to be near to', (w) => ({
    first: [w.pod('pod', { affinity: near(about('web', 'case')) })],
    next: { make: [w.pod('other', labelled('web'))] },
  })),
  wakes('somebody comes and makes it even', (w) => ({
    nodes: [
      w.node('a', { labels: { [w.zone]: '1' } }),
      w.node('b', { pods: '1', labels: { [w.zone]: '2' } }),
    ],
    first: [
      w.there('old', 'a', labelled('web')),
      w.pod('pod', {
        ...labelled('web'),
        nodeSelector: { size: 'a' },
        topologySpreadConstraints: [spread(w.zone)],
      }),
    ],
    next: { make: [w.there('other', 'b', labelled('web'))] },
  })),
];

const nodes: readonly Make[] = [
  wakes('a node comes that can hold it', (w) => ({
    nodes: [w.node('a', { cpu: '1' })],
    next: { make: [w.node('b')] },
    alone: true,
  })),
  wakes('a node grows', (w) => ({
    nodes: [w.node('a', { cpu: '1' })],
    next: {
      change: [{ of: w.node(), to: { status: { allocatable: { cpu: '4' } } }, part: 'status' }],
    },
    alone: true,
  })),
  wakes('a node is labelled', (w) => ({
    first: [w.pod('pod', { nodeSelector: { case: w.id, disk: 'ssd' } })],
    next: { change: [{ of: w.node(), to: { metadata: { labels: { disk: 'ssd' } } } }] },
    alone: true,
  })),
  wakes('a taint goes', (w) => ({
    nodes: [w.node('a', { spec: { taints } })],
    next: { change: [{ of: w.node(), to: { spec: { taints: null } } }] },
    alone: true,
  })),
  wakes('a node is open again', (w) => ({
    nodes: [w.node('a', { spec: { unschedulable: true } })],
    next: { change: [{ of: w.node(), to: { spec: { unschedulable: null } } }] },
    alone: true,
  })),
  wakes('a node goes whose pods stay behind', (w) => ({
    first: [w.there('old', 'a', cpu('2')), w.pod('pod', cpu('3'))],
    next: { remove: [w.node()], make: [w.pod('late', cpu('1'))] },
    alone: true,
    stays: true,
  })),
  wakes('a kubelet comes to declare a feature', (w) => ({
    first: [w.pod('pod', restartsAll)],
    next: {
      change: [
        {
          of: w.node(),
          to: { status: { declaredFeatures: ['RestartAllContainersOnContainerExits'] } },
          part: 'status',
        },
      ],
    },
    alone: true,
  })),
];

export const lifeCases: readonly Make[] = [...changes, ...nodes];
