import { Leases, Nodes, Pods } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import {
  type Cause,
  causeOf,
  conditionEvidence,
  conditionOf,
  kept,
  refOf,
  specEvidence,
  stepOf,
} from '../cause.ts';
import { durationText } from '../duration.ts';
import { eventEvidence, type Look } from '../look.ts';
import { type Explainer, explainer } from './explainer.ts';

const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'] as const;

/** Why a node is not ready, or takes no pods. */
export async function explainNode(node: Node, look: Look): Promise<readonly Cause[]> {
  const about = refOf('Node', node);
  const { name } = node.metadata;
  const causes: Cause[] = [];
  const ready = conditionOf(node, 'Ready');
  const silent = look
    .reasons(about)
    .filter(({ verdict }) => verdict === 'silent')
    .map(kept);
  if (!ready || ready.status === 'Unknown') {
    const lease = await look.get(Leases, name, 'kube-node-lease');
    const renewed = Date.parse(lease?.spec?.renewTime ?? ready?.lastHeartbeatTime ?? '');
    const since = Number.isNaN(renewed) ? '' : durationText(look.nowMs - renewed);
    const evidence = [...conditionEvidence(ready), ...silent];
    causes.push(
      causeOf(since ? 'node-silent' : 'node-never-heard', about, {
        facts: { node: name, since },
        evidence,
        steps: [
          stepOf('check-kubelet', { node: name }),
          stepOf('delete-node', {}, `kubectl delete node ${name}`),
        ],
      }),
    );
  } else if (ready.status === 'False') {
    const events = (await look.events(about)).filter(({ type }) => type === 'Warning').slice(0, 1);
    causes.push(
      causeOf('node-says-not-ready', about, {
        facts: { node: name, message: ready.message ?? '' },
        evidence: [...conditionEvidence(ready), ...events.map(eventEvidence)],
        steps: [stepOf('check-kubelet', { node: name })],
      }),
    );
  }
  for (const type of pressures) {
    const condition = conditionOf(node, type);
    if (condition?.status === 'True')
      causes.push(
        causeOf('node-under-pressure', about, {
          facts: { node: name, what: type },
          evidence: conditionEvidence(condition),
          steps: [stepOf(type === 'DiskPressure' ? 'free-disk' : 'move-pods', { node: name })],
        }),
      );
  }
  return [...causes, ...(await whatKeepsAway(node, look))];
}

async function whatKeepsAway(node: Node, look: Look): Promise<readonly Cause[]> {
  const about = refOf('Node', node);
  const { name } = node.metadata;
  const causes: Cause[] = [];
  if (node.spec?.unschedulable)
    causes.push(
      causeOf('node-cordoned', about, {
        facts: { node: name },
        evidence: [specEvidence('spec.unschedulable', 'true')],
        steps: [stepOf('uncordon', { node: name }, `kubectl uncordon ${name}`)],
      }),
    );
  // Those that follow from conditions are told with them.
  const own = (node.spec?.taints ?? []).filter(
    ({ key, effect }) => !key.startsWith('node.kubernetes.io/') && effect !== 'PreferNoSchedule',
  );
  for (const { key, value, effect } of own) {
    const taint = `${key}${value ? `=${value}` : ''}:${effect}`;
    causes.push(
      causeOf('node-tainted', about, {
        facts: { node: name, taint },
        evidence: [specEvidence('spec.taints', taint)],
        steps: [stepOf('remove-taint', { taint }, `kubectl taint node ${name} ${key}:${effect}-`)],
      }),
    );
  }
  const room = Number(node.status?.allocatable?.['pods'] ?? Infinity);
  const pods = await look.list(Pods, { fields: `spec.nodeName=${name}` });
  const here = pods.filter(
    ({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
  ).length;
  if (here >= room)
    causes.push(causeOf('node-full', about, { facts: { node: name, pods: here, room } }));
  return causes;
}

export const nodeExplainer: Explainer = explainer({
  resource: Nodes,
  aliases: ['no'],
  explain: explainNode,
});
