import {
  DaemonSets,
  Deployments,
  Pods,
  ReplicaSets,
  ReplicationControllers,
  type Resource,
  StatefulSets,
} from '@coxswain/api';
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '@coxswain/api/types/apps-v1';
import type { KubeObject } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Reason } from '@coxswain/control';
import {
  type Cause,
  causeOf,
  conditionEvidence,
  conditionOf,
  inNamespace,
  kept,
  nameOf,
  refOf,
  specEvidence,
  stepOf,
} from '../cause.ts';
import { eventEvidence, type Look } from '../look.ts';
import { type Explainer, explainer } from './explainer.ts';
import { explainPods, isReadyPod } from './pods-of.ts';
import { explainRefusal, refusalOf } from './refusal.ts';
import { heldBack } from './terminating.ts';

const ownedBy = async <T extends KubeObject>(
  resource: Resource<T>,
  owner: KubeObject,
  look: Look,
): Promise<readonly T[]> =>
  (await look.list(resource, { namespace: owner.metadata.namespace })).filter((object) =>
    object.metadata.ownerReferences?.some(
      ({ uid, controller }) => controller && uid === owner.metadata.uid,
    ),
  );

const reasonOf = (reasons: readonly Reason[], verdict: string): Reason | undefined =>
  reasons.find((each) => each.verdict === verdict);

/** Why a Deployment's roll-out is not complete. */
async function explainDeployment(d: Deployment, look: Look): Promise<readonly Cause[]> {
  if (d.metadata.deletionTimestamp) return heldBack(Deployments, d, look);
  const about = refOf('Deployment', d);
  const { replicas: wanted = 1 } = d.spec ?? {};
  const {
    updatedReplicas = 0,
    availableReplicas = 0,
    readyReplicas = 0,
    replicas = 0,
  } = d.status ?? {};
  const reasons = look.reasons(about);
  const seen = d.status?.observedGeneration ?? 0;
  if (seen < (d.metadata.generation ?? 0))
    return [
      causeOf('not-looked-at-yet', about, {
        steps: [stepOf('see-that-it-runs', { what: 'deployment-controller' })],
      }),
    ];
  const isComplete =
    updatedReplicas === wanted && availableReplicas === wanted && replicas === wanted;
  const paused = d.spec?.paused
    ? [
        causeOf('paused', about, {
          evidence: [specEvidence('spec.paused', 'true')],
          steps: [
            stepOf('resume', {}, `kubectl rollout resume ${nameOf(about)}${inNamespace(about)}`),
          ],
        }),
      ]
    : [];
  if (isComplete) return paused;
  const sets = await ownedBy(ReplicaSets, d, look);
  const because = (
    await Promise.all(
      sets
        .filter((rs) => (rs.spec?.replicas ?? 0) > 0)
        .map((rs) => explainReplicas(ReplicaSets, rs, look)),
    )
  ).flat();
  const progress = conditionOf(d, 'Progressing');
  const late = progress?.reason === 'ProgressDeadlineExceeded';
  const own = reasonOf(reasons, 'not complete');
  const evidence = [...(own ? [kept(own)] : []), ...(late ? conditionEvidence(progress) : [])];
  const facts = {
    wanted,
    updated: updatedReplicas,
    ready: readyReplicas,
    old: Math.max(0, replicas - updatedReplicas),
  };
  const steps = late
    ? [stepOf('undo-roll-out', {}, `kubectl rollout undo ${nameOf(about)}${inNamespace(about)}`)]
    : [];
  return [
    ...paused,
    causeOf(late ? 'roll-out-late' : facts.old > 0 ? 'rolls-out' : 'too-few-ready', about, {
      facts,
      evidence,
      because,
      steps,
    }),
  ];
}

/** Why a ReplicaSet, or whatever has its shape, has too few pods that are ready. */
async function explainReplicas(
  resource: Resource,
  rs: ReplicaSet,
  look: Look,
): Promise<readonly Cause[]> {
  if (rs.metadata.deletionTimestamp) return heldBack(resource, rs, look);
  const about = refOf(resource.kind, rs);
  const { replicas: wanted = 1 } = rs.spec ?? {};
  const pods = await ownedBy(Pods, rs, look);
  const alive = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
  // Of pods that may not be read, the status tells how many there are.
  const isHidden = pods.length === 0 && look.hidden.has('pods');
  const count = isHidden ? (rs.status?.replicas ?? 0) : alive.length;
  const ready = isHidden ? (rs.status?.readyReplicas ?? 0) : alive.filter(isReadyPod).length;
  if (ready >= wanted) return [];
  const refused = count < wanted ? await whyRefused(about, rs, rs.spec?.template?.spec, look) : [];
  const because = [...refused, ...(await explainPods(alive, look))];
  return [causeOf('too-few-replicas', about, { facts: { wanted, pods: count, ready }, because })];
}

/** The last write that the server refused to who makes the pods: as kept, or as its condition and event tell. */
async function whyRefused(
  about: Reason['about'],
  of: Parameters<typeof conditionOf>[0],
  spec: Pod['spec'] | undefined,
  look: Look,
): Promise<readonly Cause[]> {
  const reason = refusalOf(about, look);
  const condition = conditionOf(of, 'ReplicaFailure');
  const event = (await look.events(about)).find(({ reason: name }) => name === 'FailedCreate');
  if (!reason && condition?.status !== 'True' && !event) return [];
  const evidence = reason
    ? [kept(reason)]
    : [...conditionEvidence(condition), ...(event ? [eventEvidence(event)] : [])];
  return explainRefusal(about, spec, String(reason?.facts['message'] ?? ''), evidence, look);
}

async function explainStatefulSet(set: StatefulSet, look: Look): Promise<readonly Cause[]> {
  if (set.metadata.deletionTimestamp) return heldBack(StatefulSets, set, look);
  const about = refOf('StatefulSet', set);
  const wanted = set.spec?.replicas ?? 1;
  const pods = await ownedBy(Pods, set, look);
  const ready = pods.filter(isReadyPod).length;
  const current = set.status?.updatedReplicas ?? 0;
  const waits = look
    .reasons(about)
    .find(({ verdict }) => verdict === 'waits for its pod' || verdict === 'lacks a pod');
  if (ready >= wanted && current >= wanted) return [];
  const inOrder = set.spec?.podManagementPolicy !== 'Parallel';
  const names = Array.from(
    { length: wanted },
    (_, at) => `${set.metadata.name}-${at + (set.spec?.ordinals?.start ?? 0)}`,
  );
  const byName = new Map(pods.map((pod) => [pod.metadata.name, pod]));
  const first = names.find((name) => !byName.get(name) || !isReadyPod(byName.get(name)!));
  if (first === undefined) return [];
  const pod = byName.get(first);
  const behind = inOrder ? names.filter((name) => !byName.has(name) && name !== first).length : 0;
  const because = pod
    ? await explainPods([pod], look)
    : await whyRefused(about, {}, set.spec?.template.spec, look);
  const more = inOrder
    ? []
    : await explainPods(
        pods.filter((each) => each !== pod),
        look,
      );
  const facts = { wanted, ready, pod: first, behind };
  return [
    causeOf(behind > 0 ? 'set-waits-in-order' : 'set-not-ready', about, {
      facts,
      evidence: waits ? [kept(waits)] : [],
      because: [...because, ...more],
    }),
  ];
}

async function explainDaemonSet(ds: DaemonSet, look: Look): Promise<readonly Cause[]> {
  if (ds.metadata.deletionTimestamp) return heldBack(DaemonSets, ds, look);
  const about = refOf('DaemonSet', ds);
  const { desiredNumberScheduled: wanted = 0, numberReady: ready = 0 } = ds.status ?? {};
  const reasons = look.reasons(about);
  const leftOut = reasons
    .filter(({ verdict }) => verdict === 'not selected' || verdict === 'not tolerated')
    .map((reason) =>
      reason.verdict === 'not selected'
        ? causeOf('daemon-not-selected', about, { facts: reason.facts, evidence: [kept(reason)] })
        : causeOf('daemon-not-tolerated', about, {
            facts: reason.facts,
            evidence: [kept(reason)],
            steps: [stepOf('tolerate-taint', { taint: reason.facts['taint'] ?? '' })],
          }),
    );
  if (ready >= wanted)
    return leftOut.length > 0
      ? [causeOf('daemons-fewer-than-nodes', about, { facts: { wanted, ready }, because: leftOut })]
      : [];
  const pods = await ownedBy(Pods, ds, look);
  const refused =
    pods.length < wanted ? await whyRefused(about, {}, ds.spec?.template.spec, look) : [];
  const because = [...refused, ...(await explainPods(pods, look)), ...leftOut];
  return [causeOf('daemons-not-ready', about, { facts: { wanted, ready }, because })];
}

export const workloadExplainers: readonly Explainer[] = [
  explainer({ resource: Deployments, aliases: ['deploy'], explain: explainDeployment }),
  explainer({
    resource: ReplicaSets,
    aliases: ['rs'],
    explain: (rs, look) => explainReplicas(ReplicaSets, rs, look),
  }),
  explainer({
    resource: ReplicationControllers,
    aliases: ['rc'],
    explain: (rc, look) =>
      explainReplicas(ReplicationControllers, rc as unknown as ReplicaSet, look),
  }),
  explainer({ resource: StatefulSets, aliases: ['sts'], explain: explainStatefulSet }),
  explainer({ resource: DaemonSets, aliases: ['ds'], explain: explainDaemonSet }),
];
