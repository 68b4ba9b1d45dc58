import type { Node } from '@coxswain/api/types/core-v1';
import { equal } from '../kinds/rules/equal.ts';
import type { Admission } from './plugin.ts';
import { refuse } from './refuse.ts';

/** Labels of Kubernetes' own that a kubelet may set on its node. */
const ownLabels: ReadonlySet<string> = new Set([
  ...['kubernetes.io/hostname', 'kubernetes.io/arch', 'kubernetes.io/os'],
  ...[
    'topology.kubernetes.io/zone',
    'topology.kubernetes.io/region',
    'node.kubernetes.io/instance-type',
  ],
  ...['failure-domain.beta.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/region'],
  ...['beta.kubernetes.io/instance-type', 'beta.kubernetes.io/os', 'beta.kubernetes.io/arch'],
]);
const ownDomains = ['kubelet.kubernetes.io', 'node.kubernetes.io'];

/** A kubelet writes its own node only, and neither taints nor labels that would draw or repel pods. */
export function restrictNode(node: string, admission: Admission): void {
  if (
    admission.name !== node &&
    !(admission.operation === 'CREATE' && admission.object?.metadata.name === node)
  )
    throw refuse(
      admission,
      `node "${node}" is not allowed to modify node "${admission.name || (admission.object?.metadata.name ?? '')}"`,
    );
  if (admission.operation === 'CREATE') restrictNewNode(node, admission);
  if (admission.operation === 'UPDATE') restrictChangedNode(node, admission);
}

function restrictNewNode(node: string, admission: Admission): void {
  const { metadata, spec } = admission.object as Node;
  if (spec?.configSource)
    throw refuse(
      admission,
      `node "${node}" is not allowed to create pods with a non-nil configSource`,
    );
  const labels = forbiddenLabels(metadata.labels, undefined);
  if (labels)
    throw refuse(admission, `node "${node}" is not allowed to set the following labels: ${labels}`);
}

function restrictChangedNode(node: string, admission: Admission): void {
  const now = admission.object as Node;
  const before = admission.before as Node;
  if (now.spec?.configSource && !equal(now.spec.configSource, before.spec?.configSource))
    throw refuse(
      admission,
      `node "${node}" is not allowed to update configSource to a new non-nil configSource`,
    );
  if (!equal(now.spec?.taints, before.spec?.taints))
    throw refuse(admission, `node "${node}" is not allowed to modify taints`);
  if (!equal(now.metadata.ownerReferences, before.metadata.ownerReferences))
    throw refuse(admission, `node "${node}" is not allowed to modify ownerReferences`);
  const labels = forbiddenLabels(now.metadata.labels, before.metadata.labels);
  if (labels) throw refuse(admission, `is not allowed to modify labels: ${labels}`);
}

type Labels = Readonly<Record<string, string>> | undefined;

/** The labels that differ and are not a kubelet's to set, in order; '' when there are none. */
function forbiddenLabels(now: Labels = {}, before: Labels = {}): string {
  const keys = new Set([...Object.keys(now), ...Object.keys(before)]);
  return [...keys]
    .filter((key) => now[key] !== before[key] && isForbidden(key))
    .toSorted()
    .join(', ');
}

function isForbidden(key: string): boolean {
  const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  const within = (parent: string): boolean => domain === parent || domain.endsWith(`.${parent}`);
  if (within('node-restriction.kubernetes.io')) return true;
  if (!within('kubernetes.io') && !within('k8s.io')) return false;
  return !ownLabels.has(key) && !ownDomains.some(within);
}
