/**
 * Pods that take the place of others, and those that may not. Where victims stay for a while nobody else may leave: the
 * pod that waits for them would be tried again.
 */
import { about, far, labelled, type Make, near, once, spread, type Words } from './words.ts';

const cpu = (amount: string, more: object = {}): object => ({ requests: { cpu: amount }, ...more });
const low = { priorityClassName: 'low' };
const middle = { priorityClassName: 'middle' };
const high = { priorityClassName: 'high' };
const slow = { terminationGracePeriodSeconds: 600 };
/** When it was started, as its kubelet would say. */
const since = (thing: ReturnType<Words['pod']>, hour: number): ReturnType<Words['pod']> => ({
  ...thing,
  status: { phase: 'Running', startTime: `2026-01-01T0${hour}:00:00Z` },
});
const budget = (w: Words, app: string, disruptionsAllowed: number): ReturnType<Words['own']> =>
  w.own('PodDisruptionBudget', app, {
    spec: { minAvailable: 1, selector: { matchLabels: { app } } },
    status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
  });
const ab = (w: Words): readonly ReturnType<Words['node']>[] => [w.node('a'), w.node('b')];
const hostPort = {
  containers: [{ name: 'main', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }],
};

/** On one node of 4 CPU. */
const on1 = (name: string, make: (w: Words) => readonly ReturnType<Words['pod']>[]): Make =>
  once(name, (w) => ({ nodes: [w.node('a')], make: make(w) }));
/** On two of them. */
const on2 = (name: string, make: (w: Words) => readonly ReturnType<Words['pod']>[]): Make =>
  once(name, (w) => ({ nodes: ab(w), make: make(w) }));

export const preemptionCases: readonly Make[] = [
  on1('a less important pod has to go', (w) => [
    w.there('old', 'a', cpu('3', low)),
    w.pod('new', cpu('2', high)),
  ]),
  on1('an equally important pod stays', (w) => [
    w.there('old', 'a', cpu('3', middle)),
    w.pod('new', cpu('2', middle)),
  ]),
  on1('it would not help', (w) => [
    w.there('old', 'a', cpu('3', low)),
    w.pod('new', cpu('5', high)),
  ]),
  on1('even all less important ones are too few', (w) => [
    w.there('old', 'a', cpu('1', low)),
    w.there('same', 'a', cpu('3', high)),
    w.pod('new', cpu('2', high)),
  ]),
  on1('it does not want to', (w) => [
    w.there('old', 'a', cpu('3', low)),
    w.pod('new', cpu('2', { priorityClassName: 'patient' })),
  ]),
  (w) => ({
    name: 'the victim leaves slowly, and its place is kept',
    nodes: [w.node('a')],
    alone: true,
    steps: [
      { make: [w.there('old', 'a', cpu('3', { ...low, ...slow })), w.pod('new', cpu('2', high))] },
    ],
  }),
  (w) => ({
    name: 'a kept place is not given to others',
    nodes: [w.node('a')],
    alone: true,
    steps: [
      {
        make: [w.there('old', 'a', cpu('3', { ...low, ...slow })), w.pod('new', cpu('3', high))],
      },
      { make: [w.pod('small', cpu('1', low)), w.pod('other', cpu('2', low))] },
    ],
  }),
  (w) => ({
    name: 'a more important pod takes a kept place',
    nodes: [w.node('a')],
    alone: true,
    steps: [
      {
        make: [w.there('old', 'a', cpu('4', { ...low, ...slow })), w.pod('new', cpu('3', middle))],
      },
      { make: [w.pod('newer', cpu('3', high))] },
    ],
  }),
  on1('only as many as have to go', (w) => [
    ...['p0', 'p1', 'p2'].map((name, at) => since(w.there(name, 'a', cpu('1', low)), at + 1)),
    w.pod('new', cpu('2', high)),
  ]),
  on1('the least important one has to go', (w) => [
    w.there('low', 'a', cpu('2', low)),
    w.there('middle', 'a', cpu('2', middle)),
    w.pod('new', cpu('2', high)),
  ]),
  on2('where the least important pod is', (w) => [
    w.there('middle', 'a', cpu('4', middle)),
    w.there('low', 'b', cpu('4', low)),
    w.pod('new', cpu('2', high)),
  ]),
  on2('where fewer have to go', (w) => [
    ...['p0', 'p1'].map((name) => w.there(name, 'a', cpu('2', low))),
    w.there('p2', 'b', cpu('4', low)),
    w.pod('new', cpu('3', high)),
  ]),
  on2('where the pod was started last', (w) => [
    since(w.there('older', 'a', cpu('4', low)), 1),
    since(w.there('newer', 'b', cpu('4', low)), 2),
    w.pod('new', cpu('3', high)),
  ]),
  on2('where no budget forbids it', (w) => [
    budget(w, 'web', 0),
    w.there('kept', 'a', { ...cpu('4', low), ...labelled('web') }),
    w.there('middle', 'b', cpu('4', middle)),
    w.pod('new', cpu('3', high)),
  ]),
  on2('where a budget allows it', (w) => [
    budget(w, 'web', 1),
    w.there('kept', 'a', { ...cpu('4', low), ...labelled('web') }),
    w.there('middle', 'b', cpu('4', middle)),
    w.pod('new', cpu('3', high)),
  ]),
  on1('against a budget, where there is nothing else', (w) => [
    budget(w, 'web', 0),
    w.there('kept', 'a', { ...cpu('4', low), ...labelled('web') }),
    w.pod('new', cpu('3', high)),
  ]),
  on1('rather one that no budget protects', (w) => [
    budget(w, 'web', 0),
    w.there('kept', 'a', { ...cpu('2', low), ...labelled('web') }),
    w.there('free', 'a', cpu('2', low)),
    w.pod('new', cpu('2', high)),
  ]),
  on1('who holds the port', (w) => [
    w.there('old', 'a', { ...hostPort, ...low }),
    w.pod('new', { ...hostPort, ...high }),
  ]),
  on1('who does not want it near', (w) => [
    w.there('old', 'a', { ...low, affinity: far(about('web', 'case')) }),
    w.pod('new', { ...high, ...labelled('web') }),
  ]),
  on1('who is too near', (w) => [
    w.there('old', 'a', { ...low, ...labelled('web') }),
    w.pod('new', { ...high, affinity: far(about('web', 'case')) }),
  ]),
  on1('nobody can make others be near', (w) => [
    w.there('old', 'a', low),
    w.pod('new', { ...high, affinity: near(about('web', 'case')) }),
  ]),
  once('who makes it uneven', (w) => ({
    nodes: [
      w.node('a', { labels: { [w.zone]: '1' } }),
      w.node('b', { pods: '0', labels: { [w.zone]: '2' } }),
    ],
    make: [
      w.there('old', 'a', { ...low, ...labelled('web') }),
      w.pod('new', { ...high, ...labelled('web'), topologySpreadConstraints: [spread(w.zone)] }),
    ],
  })),
  once('nodes of all sorts', (w) => ({
    nodes: [
      w.node('a'),
      w.node('b', { cpu: '1' }),
      w.node('c', { spec: { unschedulable: true } }),
      w.node('d'),
    ],
    make: [
      w.there('same', 'a', cpu('3', high)),
      w.there('other', 'd', cpu('3', high)),
      w.there('small', 'd', cpu('500m', low)),
      w.pod('new', cpu('2', high)),
    ],
  })),
  on1('a pod of the system', (w) => [
    w.there('old', 'a', cpu('4', high)),
    w.pod('new', { ...cpu('3'), priorityClassName: 'system-node-critical' }),
  ]),
];
