import type { Resource } from '@coxswain/api';

/** Kinds that are served and stored but have no effect yet, by `resource.group`, and what is missing. */
export const withoutEffect: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'it is bound, but no node mounts it',
  persistentvolumes: 'it is bound, but no node mounts it',
  'horizontalpodautoscalers.autoscaling': 'nothing is scaled',
  'ingressclasses.networking.k8s.io': 'no traffic is let in',
  'ingresses.networking.k8s.io': 'no traffic is let in',
  'networkpolicies.networking.k8s.io': 'no traffic is stopped',
  'csidrivers.storage.k8s.io': 'no driver is called',
  'csinodes.storage.k8s.io': 'no driver is called',
  'storageclasses.storage.k8s.io': 'no volume is made',
  'volumeattachments.storage.k8s.io': 'nothing is attached',
  'volumeattributesclasses.storage.k8s.io': 'no volume is changed',
  'runtimeclasses.node.k8s.io': 'the node does not look at it',
};

/** What a create of a kind without effect warns of; undefined for all others. */
export function coverageWarning({ group, resource, kind }: Resource): string | undefined {
  const missing = withoutEffect[group ? `${resource}.${group}` : resource];
  return (
    missing && `${kind} is stored but has no effect in this version of Coxswain yet: ${missing}`
  );
}
