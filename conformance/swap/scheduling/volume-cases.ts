/** Pods with claims: what is said while they have no volume, and where their volumes let them go. */
import type { Thing } from '../case.ts';
import { expression, type Make, matching, type Words } from './words.ts';

const zoneKey = 'topology.kubernetes.io/zone';
const using = (...claims: readonly string[]): object => ({
  volumes: claims.map((claimName, at) => ({
    name: `v${at}`,
    persistentVolumeClaim: { claimName },
  })),
});
const claim = (w: Words, name: string, spec: object, more: object = {}): Thing =>
  w.own('PersistentVolumeClaim', name, {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
    ...more,
  });
const volume = (w: Words, name: string, spec: object, more: object = {}): Thing =>
  w.wide('PersistentVolume', name, {
    spec: {
      ...{ accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } },
      ...{ hostPath: { path: '/x' }, persistentVolumeReclaimPolicy: 'Retain', ...spec },
    },
    ...more,
  });
/** A claim and a volume that are bound to each other. */
const bound = (w: Words, name: string, spec: object = {}, more: object = {}): readonly Thing[] => [
  volume(w, name, { storageClassName: '', claimRef: { namespace: w.id, name }, ...spec }, more),
  claim(w, name, {
    storageClassName: '',
    volumeName: w.on(name),
    accessModes: (spec as { readonly accessModes?: readonly string[] }).accessModes ?? [
      'ReadWriteOnce',
    ],
  }),
];
const onlyOn = (w: Words, node: string): object => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [matching(expression('size', 'In', node), expression('case', 'In', w.id))],
    },
  },
});
const later = (
  w: Words,
  name: string,
  provisioner = 'kubernetes.io/no-provisioner',
  more: object = {},
): Thing =>
  w.wide('StorageClass', name, { provisioner, volumeBindingMode: 'WaitForFirstConsumer', ...more });
const ab = (w: Words): readonly Thing[] => [w.node('a', { cpu: '8' }), w.node('b')];
const zones = (w: Words): readonly Thing[] =>
  ['1', '2'].map((zone, at) =>
    w.node('ab'[at], { cpu: `${8 - at}`, labels: { [zoneKey]: `${w.id}-${zone}` } }),
  );

/** Pods come once their claims have their volumes, where they get any. */
const once =
  (
    name: string,
    of: (w: Words) => { readonly nodes: readonly Thing[]; readonly make: readonly Thing[] },
  ): Make =>
  (w) => {
    const { nodes, make } = of(w);
    const [pods, others] = [true, false].map((isPod) =>
      make.filter(({ kind }) => (kind === 'Pod') === isPod),
    );
    return {
      name,
      nodes,
      steps: [...(others!.length > 0 ? [{ make: others! }] : []), { make: pods! }],
    };
  };
const two = (name: string, make: (w: Words) => readonly Thing[]): Make =>
  once(name, (w) => ({ nodes: ab(w), make: make(w) }));

export const volumeCases: readonly Make[] = [
  two('a claim that there is none of', (w) => [w.pod('pod', using('none'))]),
  two('a claim that nobody binds', (w) => [
    w.wide('StorageClass', 'now', { provisioner: 'example.com/nobody' }),
    claim(w, 'data', { storageClassName: w.on('now') }),
    w.pod('pod', using('data')),
  ]),
  two('a claim of a class that there is none of', (w) => [
    claim(w, 'data', { storageClassName: w.on('none') }),
    w.pod('pod', using('data')),
  ]),
  two('no volume for a claim that waits for its pod', (w) => [
    later(w, 'later'),
    claim(w, 'data', { storageClassName: w.on('later') }),
    w.pod('pod', using('data')),
  ]),
  two('a volume for a claim that waits for its pod', (w) => [
    later(w, 'later'),
    volume(w, 'v', { storageClassName: w.on('later'), ...onlyOn(w, 'b') }),
    claim(w, 'data', { storageClassName: w.on('later') }),
    w.pod('pod', using('data')),
  ]),
  two('volumes that are too small', (w) => [
    later(w, 'later'),
    volume(w, 'v', { storageClassName: w.on('later'), ...onlyOn(w, 'b') }),
    claim(w, 'data', {
      storageClassName: w.on('later'),
      resources: { requests: { storage: '2Gi' } },
    }),
    w.pod('pod', using('data')),
  ]),
  two('a volume that is made where the pod goes', (w) => [
    later(w, 'made', 'example.com/nobody'),
    claim(w, 'data', { storageClassName: w.on('made') }),
    w.pod('pod', { ...using('data'), nodeSelector: { case: w.id, size: 'none' } }),
  ]),
  two('a class that is not allowed where the nodes are', (w) => [
    later(w, 'made', 'example.com/nobody', {
      allowedTopologies: [{ matchLabelExpressions: [{ key: 'size', values: ['z'] }] }],
    }),
    claim(w, 'data', { storageClassName: w.on('made') }),
    w.pod('pod', using('data')),
  ]),
  two('a bound volume that is on the other node', (w) => [
    ...bound(w, 'data', onlyOn(w, 'b')),
    w.pod('pod', using('data')),
  ]),
  two('a bound volume that is on no node in question', (w) => [
    ...bound(w, 'data', onlyOn(w, 'b')),
    w.pod('pod', { ...using('data'), nodeSelector: { case: w.id, size: 'a' } }),
  ]),
  two('two volumes on different nodes', (w) => [
    ...bound(w, 'data', onlyOn(w, 'a')),
    ...bound(w, 'logs', onlyOn(w, 'b')),
    w.pod('pod', using('data', 'logs')),
  ]),
  once('a volume of a zone', (w) => ({
    nodes: zones(w),
    make: [
      ...bound(w, 'data', {}, { metadata: { labels: { [zoneKey]: `${w.id}-2` } } }),
      w.pod('pod', using('data')),
    ],
  })),
  once('a volume of another zone', (w) => ({
    nodes: zones(w),
    make: [
      ...bound(w, 'data', {}, { metadata: { labels: { [zoneKey]: `${w.id}-3` } } }),
      w.pod('pod', using('data')),
    ],
  })),
  two('a volume that one pod alone may use', (w) => [
    ...bound(w, 'data', { accessModes: ['ReadWriteOncePod'] }),
    w.there('old', 'a', using('data')),
    w.pod('pod', using('data')),
  ]),
  two('a volume that a less important pod uses alone', (w) => [
    ...bound(w, 'data', { accessModes: ['ReadWriteOncePod'] }),
    w.there('old', 'a', { ...using('data'), priorityClassName: 'low' }),
    w.pod('pod', { ...using('data'), priorityClassName: 'high' }),
  ]),
  once('more volumes of a driver than a node takes', (w) => {
    const driver = w.on('csi');
    const csi = (name: string): readonly Thing[] =>
      bound(w, name, { hostPath: undefined, csi: { driver, volumeHandle: w.on(name) } });
    return {
      nodes: ab(w),
      make: [
        ...['a', 'b'].map((node) =>
          w.wide('CSINode', node, {
            spec: {
              drivers: [
                { name: driver, nodeID: node, allocatable: { count: node === 'a' ? 1 : 2 } },
              ],
            },
          }),
        ),
        ...[...csi('v0'), ...csi('v1'), ...csi('v2'), ...csi('v3')],
        w.there('old', 'a', using('v0')),
        w.there('other', 'b', using('v1')),
        w.pod('pod', using('v2')),
        w.pod('last', using('v2', 'v3')),
      ],
    };
  }),
];
