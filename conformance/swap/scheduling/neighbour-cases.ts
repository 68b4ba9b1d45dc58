/** Pods and those around them: affinity, anti-affinity, spreading. */
import { about, far, labelled, type Make, near, once, sized, spread, type Words } from './words.ts';

const hostname = 'kubernetes.io/hostname';
/** Nodes `a` and `b` in zone 1, `c` in zone 2, each larger than the one before. */
const zoned = (w: Words): readonly ReturnType<Words['node']>[] =>
  [1, 1, 2].map((zone, at) =>
    w.node('abc'[at], { ...sized(at), labels: { [w.zone]: `${zone}`, zone: `${zone}` } }),
  );

/** A pod beside a web pod on `a`. */
const beside = (
  name: string,
  pod: (w: Words) => object,
  other: (w: Words) => object = () => ({}),
): Make =>
  once(name, (w) => ({
    nodes: zoned(w),
    make: [w.there('old', 'a', { ...labelled('web'), ...other(w) }), w.pod('pod', pod(w))],
  }));

const affinity: readonly Make[] = [
  beside('near another, by node', () => ({ affinity: near(about('web', hostname)) })),
  beside('near another, by zone', (w) => ({ affinity: near(about('web', w.zone)) })),
  beside('near somebody who is not there', (w) => ({ affinity: near(about('db', w.zone)) })),
  beside('near by a topology that no node has', () => ({ affinity: near(about('web', 'no/key')) })),
  beside('near itself, as the first', (w) => ({
    ...labelled('db'),
    affinity: near(about('db', w.zone)),
  })),
  beside('near two at once', (w) => ({
    affinity: near(about('web', w.zone), about('db', w.zone)),
  })),
  beside('far from another, by zone', (w) => ({ affinity: far(about('web', w.zone)) })),
  beside('far from another, wherever', (w) => ({
    affinity: far(about('web', 'case')),
    ...labelled(w.id),
  })),
  beside(
    'not wanted by another',
    () => labelled('db'),
    (w) => ({ affinity: far(about('db', w.zone)) }),
  ),
  beside(
    'not wanted by another anywhere',
    () => labelled('db'),
    () => ({ affinity: far(about('db', 'case')) }),
  ),
  beside('near and far at once', (w) => ({
    affinity: { ...near(about('web', w.zone)), ...far(about('web', hostname)) },
  })),
  beside('namespaces that are other ones', (w) => ({
    affinity: far(
      about('web', 'case', {
        namespaces: ['default'],
        namespaceSelector: { matchLabels: { team: w.id } },
      }),
    ),
  })),
  beside(
    'the same values of labels',
    (w) => ({
      metadata: { labels: { app: 'web', version: '2' } },
      affinity: far(about('web', w.zone, { matchLabelKeys: ['version'] })),
    }),
    () => ({ metadata: { labels: { app: 'web', version: '1' } } }),
  ),
  beside(
    'the same values of labels, found',
    (w) => ({
      metadata: { labels: { app: 'web', version: '1' } },
      affinity: far(about('web', w.zone, { matchLabelKeys: ['version'] })),
    }),
    () => ({ metadata: { labels: { app: 'web', version: '1' } } }),
  ),
  beside(
    'other values of labels',
    (w) => ({
      metadata: { labels: { app: 'web', tenant: 'x' } },
      affinity: far(about('web', w.zone, { mismatchLabelKeys: ['tenant'] })),
    }),
    () => ({ metadata: { labels: { app: 'web', tenant: 'y' } } }),
  ),
];

/** Web pods on the nodes named, then one more with these constraints. */
const spreads = (
  name: string,
  on: string,
  constraints: (w: Words) => readonly object[],
  more: (w: Words) => {
    readonly nodes?: readonly ReturnType<Words['node']>[];
    readonly pod?: object;
  } = () => ({}),
): Make =>
  once(name, (w) => {
    const { nodes = zoned(w), pod } = more(w);
    return {
      nodes,
      make: [
        ...Array.from(on, (node, at) => w.there(`old-${at}`, node, labelled('web'))),
        w.pod('pod', { ...labelled('web'), topologySpreadConstraints: constraints(w), ...pod }),
      ],
    };
  });
const tainted = { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } };
const without = (w: Words): readonly ReturnType<Words['node']>[] => [
  w.node('a', { labels: { [w.zone]: '1' } }),
  w.node('b', { labels: { [w.zone]: '2' }, ...tainted }),
  w.node('c', { cpu: '8' }),
];

const spreading: readonly Make[] = [
  spreads('the emptier zone', 'ab', (w) => [spread(w.zone)]),
  spreads(
    'a zone may have two more',
    'a',
    (w) => [spread(w.zone, { maxSkew: 2 })],
    () => ({ pod: { nodeSelector: { size: 'a' } } }),
  ),
  spreads(
    'no zone is right',
    'aab',
    (w) => [spread(w.zone)],
    () => ({ pod: { nodeSelector: { zone: '1' } } }),
  ),
  spreads('too few zones', 'ac', (w) => [spread(w.zone, { minDomains: 3 })]),
  spreads('enough zones', 'ac', (w) => [spread(w.zone, { minDomains: 2 }), spread(hostname)]),
  spreads('zones and nodes that contradict each other', 'aabc', (w) => [
    spread(w.zone),
    spread(hostname),
  ]),
  spreads(
    'nodes without the zone',
    'a',
    (w) => [spread(w.zone)],
    (w) => ({ nodes: without(w) }),
  ),
  spreads(
    'tainted nodes count',
    'a',
    (w) => [spread(w.zone, { nodeTaintsPolicy: 'Ignore' })],
    (w) => ({ nodes: without(w) }),
  ),
  spreads(
    'tainted nodes do not count',
    'a',
    (w) => [spread(w.zone, { nodeTaintsPolicy: 'Honor' })],
    (w) => ({ nodes: without(w) }),
  ),
  spreads(
    'nodes that the pod cannot go to count',
    'a',
    (w) => [spread(w.zone, { nodeAffinityPolicy: 'Ignore' })],
    () => ({ pod: { nodeSelector: { size: 'a' } } }),
  ),
  spreads(
    'nodes that the pod cannot go to do not count',
    'a',
    (w) => [spread(w.zone, { nodeAffinityPolicy: 'Honor' })],
    () => ({ pod: { nodeSelector: { size: 'a' } } }),
  ),
  spreads(
    'pods of one version',
    'ab',
    (w) => [spread(w.zone, { matchLabelKeys: ['version'] })],
    () => ({
      pod: { metadata: { labels: { app: 'web', version: '2' } }, nodeSelector: { zone: '1' } },
    }),
  ),
  spreads('pods that are not meant', 'aab', (w) => [
    spread(w.zone, { labelSelector: { matchLabels: { app: 'db' } } }),
  ]),
  spreads('no pods are meant', 'aab', (w) => [spread(w.zone, { labelSelector: undefined })]),
  spreads('as even as may be', 'abb', (w) => [
    spread(w.zone, { whenUnsatisfiable: 'ScheduleAnyway' }),
  ]),
  spreads('as even as may be, by zone and node', 'aacc', (w) => [
    spread(w.zone, { whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 2 }),
    spread(hostname, { whenUnsatisfiable: 'ScheduleAnyway' }),
  ]),
  spreads('hard by node, soft by zone', 'bc', (w) => [
    spread(hostname),
    spread(w.zone, { whenUnsatisfiable: 'ScheduleAnyway' }),
  ]),
];

/** Nodes `a` to `d` in two zones that count by default. */
const defaultZones = (w: Words): readonly ReturnType<Words['node']>[] =>
  ['1', '1', '2', '2'].map((zone, at) =>
    w.node('abcd'[at], {
      ...sized(at),
      labels: { 'topology.kubernetes.io/zone': `${w.id}-${zone}` },
    }),
  );
const siblings: readonly Make[] = [
  once('pods of a Service are spread without being asked', (w) => ({
    nodes: defaultZones(w),
    make: [
      w.own('Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
      ...['d', 'd', 'c'].map((node, at) => w.there(`old-${at}`, node, labelled('web'))),
      w.pod('pod', labelled('web')),
    ],
  })),
  once('a Service of other pods spreads nobody', (w) => ({
    nodes: defaultZones(w),
    make: [
      w.own('Service', 'db', { spec: { selector: { app: 'db' }, ports: [{ port: 80 }] } }),
      ...['c', 'c', 'c'].map((node, at) => w.there(`old-${at}`, node, labelled('web'))),
      w.pod('pod', labelled('web')),
    ],
  })),
  once('pods of a ReplicaSet are spread without being asked', (w) => ({
    nodes: defaultZones(w),
    make: [
      w.own('ReplicaSet', 'web', {
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'web' } },
          template: { ...labelled('web'), spec: { containers: [{ name: 'main', image: 'i' }] } },
        },
      }),
      ...['d', 'd', 'c'].map((node, at) => w.there(`old-${at}`, node, labelled('web'))),
      w.pod('pod', {
        metadata: {
          labels: { app: 'web' },
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'ReplicaSet',
              name: 'web',
              uid: 'of-web',
              controller: true,
            },
          ],
        },
      }),
    ],
  })),
];

export const neighbourCases: readonly Make[] = [...affinity, ...spreading, ...siblings];
