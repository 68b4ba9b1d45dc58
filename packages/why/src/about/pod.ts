import { Nodes, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
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
  statusEvidence,
  stepOf,
} from '../cause.ts';
import { durationText } from '../duration.ts';
import { eventEvidence, type Look } from '../look.ts';
import { type Explainer, explainer } from './explainer.ts';
import { howEnded } from './container-end.ts';
import { explainContainers } from './pod-containers.ts';
import { explainUnplaced } from './pod-unplaced.ts';
import { explainNode } from './node.ts';
import { heldBack } from './terminating.ts';

/** Why a pod does not run as it should. */
export const explainPod = async (pod: Pod, look: Look): Promise<readonly Cause[]> => {
  if (pod.metadata.deletionTimestamp) return explainTerminating(pod, look);
  const phase = pod.status?.phase;
  if (phase === 'Succeeded') return [];
  if (phase === 'Failed') return explainFailed(pod, look);
  const doomed = await takenAway(pod, look);
  if (!pod.spec.nodeName) return [...doomed, ...(await explainUnplaced(pod, look))];
  const node = await silentNode(pod, look);
  // Of a node that nobody hears of no log is to be had either.
  const here = node.length > 0 ? { ...look, log: () => Promise.resolve([]) } : look;
  return [...doomed, ...node, ...(await explainContainers(pod, here, node.length > 0))];
};

export const podExplainer: Explainer = explainer({
  resource: Pods,
  aliases: ['po'],
  explain: explainPod,
});

/** The node of a pod, where nothing is heard of it, or it is gone. */
async function silentNode(pod: Pod, look: Look): Promise<readonly Cause[]> {
  const about = refOf('Pod', pod);
  const name = pod.spec.nodeName!;
  const node = await look.get(Nodes, name);
  if (!node)
    return look.hidden.has('nodes')
      ? []
      : [
          causeOf('node-gone', about, {
            facts: { node: name },
            evidence: [specEvidence('spec.nodeName', name)],
            steps: [
              stepOf(
                'force-delete',
                {},
                `kubectl delete ${nameOf(about)}${inNamespace(about)} --grace-period=0 --force`,
              ),
            ],
          }),
        ];
  const ready = conditionOf(node, 'Ready');
  if (ready?.status === 'True') return [];
  const because = await explainNode(node, look);
  return [
    causeOf('node-not-ready', about, {
      facts: { node: name },
      ...// What is known of the node is evidence of why it is not ready.
      { because },
    }),
  ];
}

/** A pod that somebody has decided to take away, or will when its time is over. */
async function takenAway(pod: Pod, look: Look): Promise<readonly Cause[]> {
  const about = refOf('Pod', pod);
  const causes = look.reasons(about).flatMap((reason): Cause[] => {
    if (reason.verdict !== 'tolerates for a time') return [];
    const left = durationText(Number(reason.facts['leftMs']) - (look.nowMs - reason.atMs));
    const { node = '', taint = '' } = reason.facts;
    return [
      causeOf('will-be-evicted', about, { facts: { node, taint, left }, evidence: [kept(reason)] }),
    ];
  });
  return causes;
}

const disruptions: Readonly<
  Record<
    string,
    'preempted' | 'evicted-by-taint' | 'evicted-by-api' | 'deleted-as-orphan' | 'ended-by-kubelet'
  >
> = {
  PreemptionByScheduler: 'preempted',
  DeletionByTaintManager: 'evicted-by-taint',
  EvictionByEvictionAPI: 'evicted-by-api',
  DeletionByPodGC: 'deleted-as-orphan',
  TerminationByKubelet: 'ended-by-kubelet',
};

/** Who took the pod away, by the condition that they left on it. */
export function disruptionOf(pod: Pod, look: Look): readonly Cause[] {
  const condition = conditionOf(pod, 'DisruptionTarget');
  const name = disruptions[condition?.reason ?? ''];
  if (!condition || condition.status !== 'True' || !name) return [];
  const about = refOf('Pod', pod);
  const reasons = look.reasons(about).map(kept);
  const facts = { node: pod.spec.nodeName ?? '' };
  return [causeOf(name, about, { facts, evidence: [...conditionEvidence(condition), ...reasons] })];
}

async function explainTerminating(pod: Pod, look: Look): Promise<readonly Cause[]> {
  const about = refOf('Pod', pod);
  const who = disruptionOf(pod, look);
  const held = heldBack(Pods, pod, look);
  const overMs = look.nowMs - Date.parse(pod.metadata.deletionTimestamp!); // the time by which it should have stopped
  const stopped = (pod.status?.containerStatuses ?? []).every(({ state }) => !state?.running);
  if (held.length > 0 && (stopped || !pod.spec.nodeName)) return [...held, ...who];
  if (overMs < 0) {
    const left = durationText(-overMs);
    const grace = pod.metadata.deletionGracePeriodSeconds ?? 0;
    const evidence = [
      statusEvidence('metadata.deletionTimestamp', pod.metadata.deletionTimestamp!),
    ];
    return [
      causeOf('stops-gracefully', about, { facts: { left, grace }, evidence, because: who }),
      ...held,
    ];
  }
  const node = pod.spec.nodeName ? await silentNode(pod, look) : [];
  const since = durationText(overMs);
  const evidence = [statusEvidence('metadata.deletionTimestamp', pod.metadata.deletionTimestamp!)];
  const steps = [
    stepOf(
      'force-delete',
      {},
      `kubectl delete ${nameOf(about)}${inNamespace(about)} --grace-period=0 --force`,
    ),
  ];
  if (node.length > 0)
    return [
      causeOf('stop-not-confirmed', about, {
        facts: { node: pod.spec.nodeName!, since },
        evidence,
        because: node,
        steps,
      }),
      ...held,
    ];
  return [
    causeOf('does-not-stop', about, { facts: { since }, evidence, because: who, steps }),
    ...held,
  ];
}

/** Reasons by which the kubelet refuses or ends a pod as a whole. */
const endings: Readonly<
  Record<string, 'evicted-by-node' | 'refused-by-node' | 'deadline-passed' | 'node-shut-down'>
> = {
  Evicted: 'evicted-by-node',
  OutOfcpu: 'refused-by-node',
  OutOfmemory: 'refused-by-node',
  OutOfpods: 'refused-by-node',
  NodeAffinity: 'refused-by-node',
  NodePorts: 'refused-by-node',
  UnexpectedAdmissionError: 'refused-by-node',
  DeadlineExceeded: 'deadline-passed',
  NodeShutdown: 'node-shut-down',
  Terminated: 'node-shut-down',
};

async function explainFailed(pod: Pod, look: Look): Promise<readonly Cause[]> {
  const about = refOf('Pod', pod);
  const { reason = '', message = '' } = pod.status ?? {};
  const ending = endings[reason];
  const who = disruptionOf(pod, look);
  if (ending) {
    const evidence = [statusEvidence(`status.reason ${reason}`, message)];
    const events = (await look.events(about))
      .filter((event) => event.reason === reason)
      .map(eventEvidence);
    const node = await look.get(Nodes, pod.spec.nodeName ?? '');
    const because = ending === 'evicted-by-node' && node ? await explainNode(node, look) : [];
    const steps = ending === 'evicted-by-node' ? [stepOf('set-requests')] : [];
    const facts = { node: pod.spec.nodeName ?? '', reason };
    return [
      causeOf(ending, about, {
        facts,
        evidence: [...evidence, ...events.slice(0, 1)],
        because: [...because, ...who],
        steps,
      }),
    ];
  }
  const ended = await Promise.all(
    [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
      .filter(({ state }) => state?.terminated && state.terminated.exitCode !== 0)
      .map((status) => howEnded(pod, status, status.state!.terminated!, false, look)),
  );
  return [...who, ...ended];
}
