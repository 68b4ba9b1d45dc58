import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControllerRevisions, DaemonSets, Nodes, Pods } from '@coxswain/api';
import type { ControllerRevision, DaemonSet } from '@coxswain/api/types/apps-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import { controllerReference } from '../objects/owner.ts';
import { namespace, node, pod, ready, template } from '../testing/objects.ts';
import { observedBy } from '../testing/observed.ts';
import { daemonSetController } from './daemonset.ts';

const set = (rollingUpdate: object): DaemonSet =>
  ({
    metadata: { name: 'agent', namespace, uid: 'set' },
    spec: {
      revisionHistoryLimit: 10,
      selector: { matchLabels: { app: 'agent' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate },
      template: template('agent', 'new'),
    },
    status: { observedGeneration: 7 },
  }) as never;
const ownerReferences = [controllerReference(DaemonSets, set({}))];
const revision = (name: string, at: number): ControllerRevision =>
  ({
    metadata: {
      ...{ name, namespace, ownerReferences },
      labels: { app: 'agent', 'controller-revision-hash': name },
    },
    data: { spec: { template: { ...template('agent', name), $patch: 'replace' } } },
    revision: at,
  }) as never;

/** `a1` is the first pod on node a: ready and new; `o` of the old revision, `!` not ready, `x` failed, `v` succeeded, `~` on its way out, `?` not bound. */
function podOf(text: string): Pod {
  const is = (mark: string): boolean => text.includes(mark);
  const [name, onNode] = [text.slice(0, 2), text[0]!];
  const made = pod(name, {
    metadata: {
      ...{ ownerReferences, creationTimestamp: `2026-01-01T00:00:0${text[1]}Z` },
      labels: { app: 'agent', 'controller-revision-hash': is('o') ? 'old' : 'new' },
      ...(is('~') && { deletionTimestamp: '2026-01-01T00:00:09Z' }),
    },
    status: {
      phase: is('x') ? 'Failed' : is('v') ? 'Succeeded' : 'Running',
      conditions: [ready(is('!') || is('x') || is('v') ? 'False' : 'True')],
    },
  });
  const nodeSelectorTerms = [
    { matchFields: [{ key: 'metadata.name', operator: 'In', values: [onNode] }] },
  ];
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  const place = is('?') ? { affinity: { nodeAffinity } } : { nodeName: onNode };
  return { ...made, spec: { ...made.spec!, ...place } } as Pod;
}

const one = { maxSurge: 0, maxUnavailable: 1 };
const surge = { maxSurge: 1, maxUnavailable: 0 };
const cases = [
  { name: 'a pod for each node', is: one, pods: '', does: '+a +b' },
  { name: 'not beside one on its way out', is: one, pods: 'a1~ b1', does: '' },
  { name: 'the oldest stays', is: one, pods: 'a2 a1 b1', does: '-a2' },
  { name: 'what is bound before what is not', is: one, pods: 'a1? a2 b1', does: '-a1' },
  {
    name: 'one for a node that is gone goes, unless it is bound',
    is: one,
    pods: 'a1 b1 c1? d1',
    does: '-c1',
  },
  {
    name: 'an ended one goes, and is told of',
    is: one,
    pods: 'a1v b1',
    does: 'SucceededDaemonPod -a1',
  },
  { name: 'a failed one too', is: one, pods: 'a1x b1', does: 'FailedDaemonPod -a1' },
  {
    name: 'but not before its time',
    is: one,
    held: 'b',
    pods: 'a1x b1x',
    does: 'FailedDaemonPod -a1 in 3000',
  },
  { name: 'one after the other is replaced', is: one, pods: 'a1o b1o', does: '-a1' },
  { name: 'what is not ready at once', is: one, pods: 'a1o b1o!', does: '-b1' },
  { name: 'a surge starts the new one first', is: surge, pods: 'a1o b1o', does: '+a' },
  { name: 'waits for it', is: surge, pods: 'a1o a2! b1o', does: '' },
  { name: 'and takes the old one then', is: surge, pods: 'a1o a2 b1o', does: '-a1' },
  { name: 'or when the old one is no longer ready', is: surge, pods: 'a1o! a2! b1', does: '-a1' },
  { name: 'a surge need not wait for who leaves', is: surge, pods: 'a1~ b1', does: '+a' },
  { name: 'nor for who failed', is: surge, held: 'a', pods: 'a1x b1', does: '+a in 3000' },
];
for (const { name, is, held, pods, does } of cases)
  test(name, () => {
    const observed = observedBy(daemonSetController, {
      objects: [
        [Pods, pods.split(' ').filter(Boolean).map(podOf)],
        [ControllerRevisions, [revision('old', 1), revision('new', 2)]],
        [Nodes, [node('a'), node('b')]],
      ],
      holdBackMs: (mark) => (mark === `7 ${held}` ? 3000 : 0),
    });
    const { actions, requeueAfterMs } = daemonSetController.plan(set(is), observed, '');
    const told = actions.flatMap((action) => {
      if (action.do === 'event') return action.reason;
      if (action.do === 'remove') return `-${action.object.metadata.name}`;
      return action.do === 'create' ? `+${placeOf(action.object as Pod)}` : [];
    });
    assert.equal([...told, ...(requeueAfterMs ? [`in ${requeueAfterMs}`] : [])].join(' '), does);
  });

const placeOf = ({ spec }: Pod): string | undefined =>
  spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]
    ?.matchFields?.[0]?.values?.[0];
