import type { PolicyRule } from '@coxswain/api/types/rbac-v1';
import { events, read, rule } from './rule.ts';

/** What every kubelet may do: the role `system:node`, and the fixed part of the Node authorizer. */
export function nodeRules(enabled: (gate: string) => boolean): readonly PolicyRule[] {
  return [
    rule('create', 'authentication.k8s.io', 'tokenreviews'),
    rule('create', 'authorization.k8s.io', 'subjectaccessreviews localsubjectaccessreviews'),
    rule(read, 'core', 'services'),
    rule(`create ${read}`, 'core', 'nodes'),
    rule('update patch', 'core', 'nodes/status'),
    rule('update patch', 'core', 'nodes'),
    events,
    rule(read, 'core', 'pods'),
    rule('create delete', 'core', 'pods'),
    rule('update patch', 'core', 'pods/status'),
    rule('create', 'core', 'pods/eviction'),
    rule(read, 'core', 'secrets configmaps'),
    rule('get', 'core', 'persistentvolumeclaims persistentvolumes'),
    rule('get', 'core', 'endpoints'),
    rule(`create ${read}`, 'certificates.k8s.io', 'certificatesigningrequests'),
    rule('get create update patch delete', 'coordination.k8s.io', 'leases'),
    rule('get', 'storage.k8s.io', 'volumeattachments'),
    rule('create', 'core', 'serviceaccounts/token'),
    rule('get update patch', 'core', 'persistentvolumeclaims/status'),
    rule(read, 'storage.k8s.io', 'csidrivers'),
    rule('get create update patch delete', 'storage.k8s.io', 'csinodes'),
    rule(read, 'node.k8s.io', 'runtimeclasses'),
    rule('get', 'resource.k8s.io', 'resourceclaims'),
    rule('deletecollection', 'resource.k8s.io', 'resourceslices'),
    ...(enabled('ClusterTrustBundle')
      ? [rule(read, 'certificates.k8s.io', 'clustertrustbundles')]
      : []),
    ...(enabled('KubeletServiceAccountTokenForCredentialProviders')
      ? [rule('get', 'core', 'serviceaccounts')]
      : []),
    ...(enabled('PodCertificateRequest')
      ? [rule(`${read} create`, 'certificates.k8s.io', 'podcertificaterequests')]
      : []),
  ];
}
