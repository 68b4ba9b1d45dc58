/** Pods of other profiles than the default one, and those that extenders have a say about. */
import { about, labelled, type Make, near, once, type Words } from './words.ts';

const by = (schedulerName: string, more: object = {}): object => ({ schedulerName, ...more });
const ab = (w: Words): readonly ReturnType<Words['node']>[] => [
  w.node('a', {
    'example.com/asked': '9',
    'example.com/refused': '9',
    'example.com/broken': '9',
    'example.com/ignored': '9',
  }),
  w.node('b', {
    ...{ cpu: '8', memory: '8Gi', 'example.com/asked': '9', 'example.com/refused': '9' },
    ...{ 'example.com/broken': '9', 'example.com/ignored': '9' },
  }),
];
const on2 = (name: string, make: (w: Words) => readonly ReturnType<Words['pod']>[]): Make =>
  once(name, (w) => ({ nodes: ab(w), make: make(w) }));
const asking = (resource: string, more: object = {}): object => ({
  requests: { cpu: '1', [`example.com/${resource}`]: '1' },
  ...more,
});

const profiles: readonly Make[] = [
  once('affinity that is added to every pod', (w) => ({
    nodes: [w.node('a', { labels: { pool: 'added' } }), w.node('b', { cpu: '8' })],
    make: [w.pod('pod', by('added'))],
  })),
  on2('affinity that is added to every pod, and no such node', (w) => [w.pod('pod', by('added'))]),
  on2('full nodes first', (w) =>
    ['p0', 'p1', 'p2'].map((name) =>
      w.pod(name, by('packing', { requests: { cpu: '1', memory: '1Gi' } })),
    ),
  ),
  on2('a score that follows a line', (w) => [
    w.there('old', 'b', { requests: { cpu: '4', memory: '4Gi' } }),
    w.pod('pod', by('shaped', { requests: { cpu: '1', memory: '1Gi' } })),
  ]),
  once('nobody has to go', (w) => ({
    nodes: [w.node()],
    make: [
      w.there('old', 'a', { requests: { cpu: '3' }, priorityClassName: 'low' }),
      w.pod('pod', by('peaceful', { requests: { cpu: '2' }, priorityClassName: 'high' })),
    ],
  })),
  once('a plugin that is off', (w) => ({
    nodes: [w.node('a', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } })],
    make: [w.pod('pod', by('peaceful'))],
  })),
  once('constraints for pods without any', (w) => ({
    nodes: ['1', '1', '2'].map((zone, at) =>
      w.node('abc'[at], { cpu: `${4 + at}`, labels: { pool: 'spread', 'given/zone': zone } }),
    ),
    make: [
      w.own('Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
      w.there('old', 'a', labelled('web')),
      w.pod('even', by('spreading', labelled('web'))),
      w.pod(
        'stuck',
        by('spreading', { ...labelled('web'), nodeSelector: { case: w.id, 'given/zone': '1' } }),
      ),
      w.pod(
        'last',
        by('spreading', { ...labelled('web'), nodeSelector: { case: w.id, 'given/zone': '1' } }),
      ),
    ],
  })),
  on2('what others must have near does not count', (w) => [
    w.there('old', 'a', { affinity: near(about('web', 'kubernetes.io/hostname')) }),
    w.pod('pod', by('spreading', labelled('web'))),
  ]),
  (w) => ({
    name: 'a scheduler that nobody is',
    nodes: [w.node()],
    gated: ['pod'],
    steps: [{ make: [w.pod('pod', by('nobody'))] }],
  }),
];

const extenders: readonly Make[] = [
  on2('an extender takes the smaller node', (w) => [w.pod('pod', asking('asked'))]),
  on2('an extender takes no node', (w) => [w.pod('pod', asking('refused'))]),
  on2('an extender is not there', (w) => [w.pod('pod', asking('broken'))]),
  on2('an extender that may be ignored is not there', (w) => [w.pod('pod', asking('ignored'))]),
  once('an extender spares a victim', (w) => ({
    nodes: ab(w),
    make: [
      w.there('old-a', 'a', { requests: { cpu: '4' }, priorityClassName: 'low' }),
      w.there('old-b', 'b', { requests: { cpu: '8' }, priorityClassName: 'middle' }),
      w.pod('pod', asking('asked', { priorityClassName: 'high' })),
    ],
  })),
];

export const configuredCases: readonly Make[] = [...profiles, ...extenders];
