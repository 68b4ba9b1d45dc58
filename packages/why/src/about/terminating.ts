import type { KubeObject, Resource } from '@coxswain/api';
import type { ObjectRef, Reason } from '@coxswain/control';
import {
  type Cause,
  causeOf,
  inNamespace,
  kept,
  nameOf,
  refOf,
  specEvidence,
  stepOf,
} from '../cause.ts';
import type { Look } from '../look.ts';
import { durationText } from '../duration.ts';

/** Who takes a finalizer off, where it is one that Kubernetes itself puts on. */
const keepers: Readonly<Record<string, string>> = {
  foregroundDeletion: 'garbage-collector-controller',
  orphan: 'garbage-collector-controller',
  'batch.kubernetes.io/job-tracking': 'job-controller',
  'kubernetes.io/pvc-protection': 'persistentvolumeclaim-protection-controller',
  'kubernetes.io/pv-protection': 'persistentvolume-protection-controller',
  'kubernetes.io/vac-protection': 'volumeattributesclass-protection-controller',
  'service.kubernetes.io/load-balancer-cleanup': 'service-controller',
  'resource.kubernetes.io/delete-protection': 'resourceclaim-controller',
  'customresourcecleanup.apiextensions.k8s.io': 'kube-apiserver',
  'external-attacher/': 'csi-attacher',
};

const keeperOf = (finalizer: string): string | undefined =>
  keepers[finalizer] ??
  Object.entries(keepers).find(([name]) => name.endsWith('/') && finalizer.startsWith(name))?.[1];

/** Why an object that was deleted is still there: each finalizer with who should take it off. */
export function heldBack(resource: Resource, object: KubeObject, look: Look): readonly Cause[] {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  if (!deletionTimestamp) return [];
  const about = refOf(resource.kind, object);
  const since = durationText(look.nowMs - Date.parse(deletionTimestamp));
  const reasons = look.reasons(about);
  return finalizers.map((finalizer, at) => heldBy(about, finalizer, at, since, reasons));
}

function heldBy(
  about: ObjectRef,
  finalizer: string,
  at: number,
  since: string,
  reasons: readonly Reason[],
): Cause {
  const keeper = keeperOf(finalizer);
  const said = reasons.filter(
    ({ facts, component }) => facts['finalizer'] === finalizer || component === keeper,
  );
  const used = said.find(({ verdict }) => verdict === 'in use')?.facts['by'];
  const waits = said.find(({ verdict }) => verdict === 'waits for dependents')?.facts;
  const evidence = [specEvidence('metadata.finalizers', finalizer), ...said.map(kept)];
  const place = inNamespace(about);
  if (used !== undefined) {
    const steps = [stepOf('delete-user-first', { by: used }, `kubectl delete ${used}${place}`)];
    return causeOf('held-in-use', about, {
      facts: { finalizer, by: used, since },
      evidence,
      steps,
    });
  }
  if (waits) {
    const example = waits['example']!;
    const steps = [stepOf('why-dependent', { example }, `cox why ${example}${place}`)];
    return causeOf('held-by-dependents', about, { facts: { since, ...waits }, evidence, steps });
  }
  if (keeper !== undefined) {
    const steps = [stepOf('see-that-it-runs', { what: keeper })];
    const facts = { finalizer, keeper, since };
    return causeOf('held-by-own-finalizer', about, { facts, evidence, steps });
  }
  const owner = finalizer.split('/')[0]!;
  const path = `/metadata/finalizers/${at}`;
  // The test keeps another finalizer, that has moved up meanwhile, from being taken off.
  const patch = JSON.stringify([
    { op: 'test', path, value: finalizer },
    { op: 'remove', path },
  ]);
  const command = `kubectl patch ${nameOf(about)}${place} --type=json -p '${patch}'`;
  return causeOf('held-by-finalizer', about, {
    facts: { finalizer, owner, since },
    evidence,
    steps: [
      stepOf('see-that-it-runs', { what: owner }),
      stepOf('take-finalizer-off', { finalizer }, command),
    ],
  });
}
