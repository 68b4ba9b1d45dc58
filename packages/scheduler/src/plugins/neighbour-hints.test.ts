/** What wakes pods that wait for others to come, go or change; and what each plugin listens to, as upstream's do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec } from '@coxswain/api/types/core-v1';
import type { ClusterEvent } from '../framework/event.ts';
import { nothingAround } from '../framework/plugin.ts';
import { node, pod } from '../testing/objects.ts';
import { defaultPlugins } from './index.ts';

const zone = 'zone';
const labelled = (app: string, spec: Partial<PodSpec> = {}, namespace = 'default'): Pod => {
  const made = pod(app, spec);
  return { ...made, metadata: { ...made.metadata, namespace, labels: { app } } };
};
const term = (app: string) => ({
  requiredDuringSchedulingIgnoredDuringExecution: [
    { topologyKey: zone, labelSelector: { matchLabels: { app } } },
  ],
});
const near = labelled('p', { affinity: { podAffinity: term('web') } });
const far = labelled('p', { affinity: { podAntiAffinity: term('web') } });
const even = (taints = 'Ignore'): Pod =>
  labelled('p', {
    topologySpreadConstraints: [
      {
        ...{ maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', topologyKey: zone },
        ...{ labelSelector: { matchLabels: { app: 'web' } }, nodeTaintsPolicy: taints },
      },
    ],
  });
const plain = node('n');
const inZone = (name: string) => node('n', { labels: { [zone]: name } });
const placed = (of: Pod): ClusterEvent => ({ type: 'pod/placed', pod: of });
const deleted = (of: Pod): ClusterEvent => ({ type: 'pod/deleted', pod: of });
const relabelled = (from: string, to: string): ClusterEvent => ({
  ...{ type: 'pod/relabelled', pod: labelled(to), before: labelled(from) },
});
const moved = (before: typeof plain, now: typeof plain): ClusterEvent => ({
  ...{ type: 'node/labels', node: now, before },
});
const web = labelled('web');
const elsewhere = labelled('web', {}, 'other');
const tolerant = (of: Pod): Pod => ({
  ...of,
  spec: { ...of.spec, tolerations: [{ operator: 'Exists' }] },
});

type Row = readonly [what: string, asks: Pod, event: ClusterEvent, want: boolean];
const tables: Readonly<Record<string, readonly Row[]>> = {
  InterPodAffinity: [
    ['one that it wants near comes', near, placed(web), true],
    ['another comes', near, placed(labelled('db')), false],
    ['one of another namespace comes', near, placed(elsewhere), false],
    ['one that it wants far comes', far, placed(web), false],
    ['one that it wants far goes', far, deleted(web), true],
    ['another goes', far, deleted(labelled('db')), false],
    ['one goes that did not want it', labelled('web'), deleted(far), true],
    ['one becomes what it wants near', near, relabelled('db', 'web'), true],
    ['one is no more what it wants far', far, relabelled('web', 'db'), true],
    ['one becomes what it wants far', far, relabelled('db', 'web'), false],
    ['its own labels change', near, { type: 'pod/updated', pod: web, before: near }, true],
    [
      'its tolerations change',
      near,
      { type: 'pod/updated', pod: tolerant(near), before: near },
      false,
    ],
    ['a node with the topology comes', near, { type: 'node/add', node: inZone('a') }, true],
    ['a node without it comes', near, { type: 'node/add', node: plain }, false],
    ['a node without it comes, and none is near', far, { type: 'node/add', node: plain }, true],
    ['a node comes where others are not', web, { type: 'node/add', node: plain }, true],
    ['a node comes to have the topology', near, moved(plain, inZone('a')), true],
    ['a node loses it', near, moved(inZone('a'), plain), false],
    ['a node loses it, and none is near', far, moved(inZone('a'), plain), true],
    ['a node moves', far, moved(inZone('a'), inZone('b')), true],
  ],
  PodTopologySpread: [
    ['one that counts comes', even(), placed(web), true],
    ['another comes', even(), placed(labelled('db')), false],
    ['one of another namespace comes', even(), placed(elsewhere), false],
    ['one that counts goes', even(), deleted(web), true],
    ['one comes to count', even(), relabelled('db', 'web'), true],
    ['one counts no more', even(), relabelled('web', 'db'), true],
    ['one changes otherwise', even(), relabelled('db', 'cache'), false],
    [
      'it tolerates more',
      even(),
      { type: 'pod/updated', pod: tolerant(even()), before: even() },
      false,
    ],
    [
      'it tolerates more, and taints count',
      even('Honor'),
      { type: 'pod/updated', pod: tolerant(even('Honor')), before: even('Honor') },
      true,
    ],
    ['a node of the topology comes', even(), { type: 'node/add', node: inZone('a') }, true],
    ['a node without it comes', even(), { type: 'node/add', node: plain }, false],
    ['a node of the topology goes', even(), { type: 'node/deleted', node: inZone('a') }, true],
    ['a node without it goes', even(), { type: 'node/deleted', node: plain }, false],
    ['a node moves', even(), moved(inZone('a'), inZone('b')), true],
    [
      'a node is labelled otherwise',
      even(),
      moved(plain, node('n', { labels: { disk: 'ssd' } })),
      false,
    ],
    [
      'taints of a node that counts change',
      even(),
      { type: 'node/taints', node: inZone('a'), before: inZone('a') },
      true,
    ],
  ],
};
for (const [name, rows] of Object.entries(tables)) {
  const { wakeOn } = defaultPlugins.find((plugin) => plugin.name === name)!;
  for (const [what, asks, event, want] of rows)
    test(`${name} ${want ? 'wakes' : 'does not wake'}: ${what}`, () => {
      const heard = wakeOn.filter(({ event: type }) => type === event.type);
      assert.equal(
        heard.some(({ cures }) => cures?.(asks, event, nothingAround) ?? true),
        want,
      );
    });
}

/**
 * Read off upstream's plugins (v1.36, queueing hints on): adds and updates of one kind are one event here. Updates of the
 * waiting pod are one event, too; a gated one is asked again at each.
 */
const listens: Readonly<Record<string, string>> = {
  SchedulingGates: '',
  NodeUnschedulable: 'node/add node/taints pod/updated',
  NodeName: 'node/add',
  TaintToleration: 'node/add node/taints pod/updated',
  NodeAffinity: 'node/add node/labels',
  NodePorts: 'node/add pod/deleted',
  NodeResourcesFit:
    'device-class node/add node/allocatable pod/deleted pod/scaled-down pod/updated',
  VolumeRestrictions: 'claim node/add pod/deleted',
  NodeVolumeLimits: 'attachment/deleted claim csi-node pod/deleted',
  VolumeBinding: 'capacity claim class csi-driver csi-node node/add node/labels volume',
  VolumeZone: 'claim class node/add node/labels volume',
  PodTopologySpread:
    'node/add node/deleted node/labels node/taints pod/deleted pod/placed pod/relabelled pod/updated',
  InterPodAffinity: 'node/add node/labels pod/deleted pod/placed pod/relabelled pod/updated',
  DynamicResources:
    'device-class node/add node/allocatable node/labels pod/updated resource-claim slice',
  NodeResourcesBalancedAllocation: '',
  ImageLocality: '',
  NodeDeclaredFeatures: 'node/add node/features pod/updated',
};
for (const { name, wakeOn } of defaultPlugins)
  test(`${name} listens as upstream's does`, () =>
    assert.equal(
      [...new Set(wakeOn.map(({ event }) => event))].toSorted().join(' '),
      listens[name],
    ));
