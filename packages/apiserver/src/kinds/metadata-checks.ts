import type { Resource } from '@coxswain/api';
import type { MetadataChecks } from './kind.ts';

/** Groups whose rules upstream does not take from its core group: any finalizer will do. */
const freeFinalizers: ReadonlySet<string> = new Set([
  ...['admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io'],
  ...['coordination.k8s.io', 'node.k8s.io', 'policy'],
]);

const both: MetadataChecks = { updates: 1, wholes: 1 };
const whole: MetadataChecks = { updates: 0, wholes: 1 };
const none: MetadataChecks = { updates: 0, wholes: 0 };

const of = (
  checks: MetadataChecks,
  names: string,
): readonly (readonly [string, MetadataChecks])[] => names.split(' ').map((name) => [name, checks]);

/** What differs from the rules of an update once, by resource and subresource. */
const table: ReadonlyMap<string, MetadataChecks> = new Map([
  ...of(both, 'configmaps endpoints namespaces nodes persistentvolumeclaims pods pods/resize'),
  ...of(both, 'pods/ephemeralcontainers secrets serviceaccounts controllerrevisions jobs'),
  ...of(both, 'ingressclasses ingresses ipaddresses csistoragecapacities storageclasses'),
  ...of(both, 'volumeattributesclasses resourceclaims resourceclaimtemplates deviceclasses'),
  ...of(both, 'certificatesigningrequests certificatesigningrequests/status runtimeclasses'),
  ...of(both, 'certificatesigningrequests/approval apiservices'),
  ...of(both, 'clusterrolebindings clusterroles rolebindings roles'),
  ...of(whole, 'limitranges csinodes volumeattachments volumeattachments/status endpointslices'),
  ...of(whole, 'prioritylevelconfigurations flowschemas validatingadmissionpolicies'),
  ...of(whole, 'mutatingadmissionpolicies mutatingadmissionpolicybindings'),
  ...of(whole, 'mutatingwebhookconfigurations validatingwebhookconfigurations'),
  ...of(whole, 'validatingadmissionpolicybindings'),
  ...of(none, 'poddisruptionbudgets poddisruptionbudgets/status cronjobs/status'),
  ['persistentvolumes', { updates: 0, wholes: 2 }],
]);

/** What upstream asks of the metadata of a resource. */
export const metadataChecksOf = ({
  group,
  resource,
}: Resource): ((subresource: string) => MetadataChecks) => {
  const domains = !freeFinalizers.has(group) && !(group === '' && resource === 'events');
  return (subresource) => ({
    ...table.get(subresource ? `${resource}/${subresource}` : resource),
    domains,
  });
};
