import { Nodes, PersistentVolumeClaims, PriorityClasses } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import {
  type Cause,
  causeOf,
  conditionEvidence,
  conditionOf,
  inNamespace,
  nameOf,
  refOf,
  specEvidence,
  stepOf,
} from '../cause.ts';
import { durationText } from '../duration.ts';
import { eventEvidence, type Look } from '../look.ts';
import { explainClaim } from './claim.ts';
import { seenPlacement } from './placement-seen.ts';

/** Why no node has a pod. */
export async function explainUnplaced(pod: Pod, look: Look): Promise<readonly Cause[]> {
  const about = refOf('Pod', pod);
  const known = look.placement(pod);
  const placement = known && (await seenPlacement(known, look));
  const condition = conditionOf(pod, 'PodScheduled');
  const early = notForScheduler(pod, look);
  if (early.length > 0) return early;
  const said = (await look.events(about)).find(({ reason }) => reason === 'FailedScheduling');
  const evidence = [
    ...conditionEvidence(condition),
    ...(said && !condition ? [eventEvidence(said)] : []),
  ];
  if (!placement) {
    const isEmpty = (await look.list(Nodes)).length === 0 && !look.hidden.has('nodes');
    if (isEmpty) return [noNodes(about, evidence)];
    if (!condition && !said)
      return [
        causeOf('not-tried-yet', about, {
          steps: [stepOf('see-that-it-runs', { what: 'kube-scheduler' })],
        }),
      ];
    return [causeOf('fits-nowhere', about, { evidence, because: await claims(pod, look) })];
  }
  if (placement.nodes === 0) return [noNodes(about, evidence)];
  const tried = look.tried(pod);
  const facts = {
    nodes: placement.nodes,
    ...(tried && { attempt: tried.attempt, ago: durationText(look.nowMs - tried.atMs) }),
  };
  if (placement.fits > 0) {
    const name = pod.status?.nominatedNodeName ? 'waits-for-victims' : 'fits-now';
    const more = { fits: placement.fits, node: pod.status?.nominatedNodeName ?? '' };
    return [causeOf(name, about, { facts: { ...facts, ...more }, evidence, placement })];
  }
  const { refused, preemption } = placement;
  if (refused) {
    const because = await claims(pod, look);
    const more = { ...facts, reason: refused.reason, plugin: refused.plugins.join(', ') };
    return [causeOf('refused-before-nodes', about, { facts: more, evidence, placement, because })];
  }
  if (preemption?.helps && pod.status?.nominatedNodeName)
    return [
      causeOf('waits-for-victims', about, {
        facts: { ...facts, node: pod.status.nominatedNodeName },
        evidence,
        placement,
      }),
    ];
  const because = [...(await claims(pod, look)), ...(await priority(pod, look))];
  return [causeOf('fits-nowhere', about, { facts, evidence, placement, because })];
}

const noNodes = (about: Cause['about'], evidence: Cause['evidence']): Cause =>
  causeOf('no-nodes', about, { evidence, steps: [stepOf('add-a-node')] });

/** A pod that no scheduler is meant to place, or that asks for one that is not there. */
function notForScheduler(pod: Pod, look: Look): readonly Cause[] {
  const about = refOf('Pod', pod);
  const { schedulingGates = [], schedulerName: scheduler = 'default-scheduler' } = pod.spec;
  const gates = schedulingGates.map(({ name }) => name).join(', ');
  if (gates)
    return [
      causeOf('gated', about, {
        facts: { gates },
        evidence: [specEvidence('spec.schedulingGates', gates)],
        steps: [stepOf('remove-gates', { gates })],
      }),
    ];
  if (!look.hasReasons || look.placement(pod) || scheduler === 'default-scheduler') return [];
  return [
    causeOf('no-such-scheduler', about, {
      facts: { scheduler },
      evidence: [specEvidence('spec.schedulerName', scheduler)],
      steps: [stepOf('see-that-it-runs', { what: scheduler })],
    }),
  ];
}

/** Claims of the pod that have no volume, and why. */
async function claims(pod: Pod, look: Look): Promise<readonly Cause[]> {
  const causes: Cause[] = [];
  for (const { persistentVolumeClaim, name, ephemeral } of pod.spec.volumes ?? []) {
    const claimName =
      persistentVolumeClaim?.claimName ?? (ephemeral && `${pod.metadata.name}-${name}`);
    if (!claimName) continue;
    const about = {
      kind: 'PersistentVolumeClaim',
      namespace: pod.metadata.namespace,
      name: claimName,
    };
    const claim = await look.get(PersistentVolumeClaims, claimName, pod.metadata.namespace);
    if (!claim && look.hidden.has('persistentvolumeclaims')) continue;
    if (!claim)
      causes.push(
        causeOf('reference-missing', about, {
          facts: { kind: 'PersistentVolumeClaim', name: claimName, at: `spec.volumes.${name}` },
          evidence: [specEvidence(`spec.volumes.${name}`, claimName)],
          steps: [
            stepOf('create-it', { what: nameOf(about) }, `kubectl get pvc${inNamespace(about)}`),
          ],
        }),
      );
    else if (claim.status?.phase !== 'Bound') {
      const why = await explainClaim(claim, look);
      // A claim that waits for this very pod is no cause of its waiting.
      causes.push(...why.filter(({ cause }) => cause !== 'claim-waits-for-pod'));
    }
  }
  return causes;
}

async function priority(pod: Pod, look: Look): Promise<readonly Cause[]> {
  if (pod.spec.preemptionPolicy !== 'Never') return [];
  const about = refOf('Pod', pod);
  const name = pod.spec.priorityClassName ?? '';
  const found = name ? await look.get(PriorityClasses, name) : undefined;
  return [
    causeOf('never-preempts', about, {
      facts: { name: found?.metadata.name ?? name },
      evidence: [specEvidence('spec.preemptionPolicy', 'Never')],
    }),
  ];
}
