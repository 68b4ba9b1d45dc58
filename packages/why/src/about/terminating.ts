import type { KubeObject, Resource } from '@coxswain/api';
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
  const { metadata } = object;
  if (!metadata.deletionTimestamp) return [];
  const about = refOf(resource.kind, object);
  const since = durationText(look.nowMs - Date.parse(metadata.deletionTimestamp));
  const reasons = look.reasons(about);
  return (metadata.finalizers ?? []).map((finalizer) => {
    const keeper = keeperOf(finalizer);
    const said = reasons.filter(
      ({ facts, component }) => facts['finalizer'] === finalizer || component === keeper,
    );
    const used = said.find(({ verdict }) => verdict === 'in use')?.facts['by'];
    const waits = said.find(({ verdict }) => verdict === 'waits for dependents')?.facts;
    const evidence = [specEvidence('metadata.finalizers', finalizer), ...said.map(kept)];
    if (used !== undefined)
      return causeOf(
        'held-in-use',
        about,
        { finalizer, by: used, since },
        {
          evidence,
          steps: [
            stepOf(
              'delete-user-first',
              { by: used },
              `kubectl delete ${used}${inNamespace(about)}`,
            ),
          ],
        },
      );
    if (waits)
      return causeOf(
        'held-by-dependents',
        about,
        { since, ...waits },
        {
          evidence,
          steps: [
            stepOf(
              'why-dependent',
              { example: waits['example']! },
              `cox why ${waits['example']}${inNamespace(about)}`,
            ),
          ],
        },
      );
    if (keeper !== undefined)
      return causeOf(
        'held-by-own-finalizer',
        about,
        { finalizer, keeper, since },
        {
          evidence,
          steps: [stepOf('see-that-it-runs', { what: keeper })],
        },
      );
    const owner = finalizer.includes('/') ? finalizer.split('/')[0]! : finalizer;
    return causeOf(
      'held-by-finalizer',
      about,
      { finalizer, owner, since },
      {
        evidence,
        steps: [
          stepOf('see-that-it-runs', { what: owner }),
          stepOf(
            'take-finalizer-off',
            { finalizer },
            `kubectl patch ${nameOf(about)}${inNamespace(about)} --type=json -p '[{"op":"test","path":"/metadata/finalizers/${metadata.finalizers!.indexOf(finalizer)}","value":"${finalizer}"},{"op":"remove","path":"/metadata/finalizers/${metadata.finalizers!.indexOf(finalizer)}"}]'`,
          ),
        ],
      },
    );
  });
}
