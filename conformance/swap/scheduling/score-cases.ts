/** Nodes that would all do: which one is best. */
import {
  about,
  expression,
  labelled,
  type Make,
  matching,
  once,
  sized,
  type Words,
} from './words.ts';

const hostname = 'kubernetes.io/hostname';
const megabytes = (count: number): number => count * 1024 * 1024;

/** Three nodes with what is said of each, then pods in turn. */
const best = (
  name: string,
  nodes: Readonly<Record<string, object>>,
  make: (w: Words) => readonly ReturnType<Words['pod']>[] = (w) => [w.pod()],
): Make =>
  once(name, (w) => ({
    nodes: Object.entries(nodes).map(([each, more]) => w.node(each, more)),
    make: make(w),
  }));
const preferring = (weight: number, ...expressions: readonly object[]): object => ({
  weight,
  preference: matching(...expressions),
});
const preferred = (...list: readonly object[]): object => ({
  affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: list } },
});
const likes = (sort: 'podAffinity' | 'podAntiAffinity', weight: number, app: string): object => ({
  affinity: {
    [sort]: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight, podAffinityTerm: about(app, hostname) },
      ],
    },
  },
});
const soft = (count: number): object => ({
  spec: {
    taints: Array.from({ length: count }, (_, at) => ({
      key: `k${at}`,
      effect: 'PreferNoSchedule',
    })),
  },
});
const withImages = (...sizes: readonly (readonly [string, number])[]): object => ({
  status: { images: sizes.map(([name, size]) => ({ names: [name], sizeBytes: megabytes(size) })) },
});
const asking =
  (requests: object): ((w: Words) => readonly ReturnType<Words['pod']>[]) =>
  (w) => [w.pod('pod', { requests })];

export const scoreCases: readonly Make[] = [
  best(
    'the one with most room',
    { a: {}, b: { cpu: '8', memory: '8Gi' }, c: { cpu: '6', memory: '6Gi' } },
    asking({ cpu: '1', memory: '1Gi' }),
  ),
  best(
    'the one that comes out more even',
    { a: { cpu: '8' }, b: { cpu: '5', memory: '8Gi' } },
    (w) => [
      w.there('old', 'a', { requests: { cpu: '3', memory: '500Mi' } }),
      w.pod('pod', { requests: { cpu: '1', memory: '2Gi' } }),
    ],
  ),
  best('pods that ask for nothing go apart too', { a: {}, b: { cpu: '5', memory: '5Gi' } }, (w) =>
    ['p0', 'p1', 'p2', 'p3'].map((name) => w.pod(name)),
  ),
  best(
    'one after the other fills them up',
    { a: { cpu: '4' }, b: { cpu: '6' }, c: { cpu: '9' } },
    (w) =>
      ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'].map((name, at) =>
        w.pod(name, { requests: { cpu: `${700 + 50 * at}m`, memory: '300Mi' } }),
      ),
  ),
  best(
    'labels that are preferred',
    { a: { cpu: '8' }, b: { cpu: '6', labels: { disk: 'ssd' } }, c: {} },
    (w) => [w.pod('pod', preferred(preferring(1, expression('disk', 'In', 'ssd'))))],
  ),
  best(
    'preferences by their weights',
    {
      a: { labels: { disk: 'ssd' } },
      b: { labels: { disk: 'ssd', fast: 'no' } },
      c: { labels: { fast: 'yes' } },
    },
    (w) => [
      w.pod(
        'pod',
        preferred(
          preferring(30, expression('disk', 'In', 'ssd')),
          preferring(50, expression('fast', 'In', 'yes')),
          preferring(40, expression('fast', 'Exists')),
        ),
      ),
    ],
  ),
  best('fewer soft taints', { a: soft(2), b: { cpu: '3', ...soft(1) }, c: soft(3) }),
  best('soft taints that are tolerated', { a: { ...sized(1), ...soft(2) }, b: soft(1) }, (w) => [
    w.pod('pod', { tolerations: [{ operator: 'Exists', effect: 'PreferNoSchedule' }] }),
  ]),
  best(
    'the one that has the image',
    {
      a: withImages(['big/image:1', 600_000]),
      b: { cpu: '5' },
      c: withImages(['big/image:1', 20_000]),
    },
    (w) => [w.pod('pod', { containers: [{ name: 'main', image: 'big/image:1' }] })],
  ),
  best('near those that it likes', { a: {}, b: { cpu: '8', memory: '8Gi' } }, (w) => [
    w.there('old', 'a', labelled('web')),
    w.pod('pod', likes('podAffinity', 50, 'web')),
  ]),
  best('far from those that it does not like', { a: { cpu: '8', memory: '8Gi' }, b: {} }, (w) => [
    w.there('old', 'a', labelled('web')),
    w.pod('pod', likes('podAntiAffinity', 50, 'web')),
  ]),
  best('where others like to have it', { a: {}, b: { cpu: '8', memory: '8Gi' } }, (w) => [
    w.there('old', 'a', likes('podAffinity', 50, 'web')),
    w.pod('pod', labelled('web')),
  ]),
  best('not where others dislike it', { a: { cpu: '8', memory: '8Gi' }, b: {} }, (w) => [
    w.there('old', 'a', likes('podAntiAffinity', 50, 'web')),
    w.pod('pod', labelled('web')),
  ]),
  best('where others must have it near', { a: {}, b: { cpu: '5', memory: '5Gi' } }, (w) => [
    w.there('old', 'a', {
      affinity: {
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [about('web', hostname)] },
      },
    }),
    w.pod('pod', labelled('web')),
  ]),
];
