import type { PolicyRule } from '@coxswain/api/types/rbac-v1';
import { events, read, readUpdate, rule } from './rule.ts';

type Rules = readonly PolicyRule[];

/** Roles `system:controller:NAME`, by NAME; each is bound to the service account NAME of `kube-system`. */
export function controllerRoles(
  enabled: (gate: string) => boolean,
): Readonly<Record<string, Rules>> {
  return {
    ...workloads,
    ...services,
    ...volumes,
    ...cluster,
    ...resources(enabled),
    ...certificates(enabled),
  };
}

const podWrites = rule('create delete list patch watch', 'core', 'pods');
const revisions = rule(`${read} create delete patch update`, 'apps', 'controllerrevisions');

const workloads: Readonly<Record<string, Rules>> = {
  'cronjob-controller': [
    rule(`${read} update`, 'batch', 'cronjobs'),
    rule(`${readUpdate} create delete`, 'batch', 'jobs'),
    rule('update', 'batch', 'cronjobs/status'),
    rule('update', 'batch', 'cronjobs/finalizers'),
    rule('list watch delete', 'core', 'pods'),
    events,
  ],
  'daemon-set-controller': [
    rule(read, 'apps extensions', 'daemonsets'),
    rule('update', 'apps extensions', 'daemonsets/status'),
    rule('update', 'apps extensions', 'daemonsets/finalizers'),
    rule('list watch', 'core', 'nodes'),
    podWrites,
    rule('create', 'core', 'pods/binding'),
    revisions,
    events,
  ],
  'deployment-controller': [
    rule(`${read} update`, 'apps extensions', 'deployments'),
    rule('update', 'apps extensions', 'deployments/status'),
    rule('update', 'apps extensions', 'deployments/finalizers'),
    rule(`${readUpdate} create delete`, 'apps extensions', 'replicasets'),
    rule(`${read} update`, 'core', 'pods'),
    events,
  ],
  'disruption-controller': [
    rule(read, 'apps extensions', 'deployments'),
    rule(read, 'apps extensions', 'replicasets'),
    rule(read, 'core', 'replicationcontrollers'),
    rule(read, 'policy', 'poddisruptionbudgets'),
    rule(read, 'apps', 'statefulsets'),
    rule('update', 'policy', 'poddisruptionbudgets/status'),
    rule('patch update', 'core', 'pods/status'),
    rule('get', '*', '*/scale'),
    events,
  ],
  'horizontal-pod-autoscaler': [
    rule(read, 'autoscaling', 'horizontalpodautoscalers'),
    rule('update', 'autoscaling', 'horizontalpodautoscalers/status'),
    rule('get update', '*', '*/scale'),
    rule('list watch', 'core', 'pods'),
    rule('list watch', 'metrics.k8s.io', 'pods'),
    rule(read, 'custom.metrics.k8s.io', '*'),
    rule(read, 'external.metrics.k8s.io', '*'),
    events,
  ],
  'job-controller': [
    rule(readUpdate, 'batch', 'jobs'),
    rule('update', 'batch', 'jobs/status'),
    rule('update', 'batch', 'jobs/finalizers'),
    podWrites,
    events,
  ],
  'pod-garbage-collector': [
    rule('list watch delete', 'core', 'pods'),
    rule(read, 'core', 'nodes'),
    rule('patch', 'core', 'pods/status'),
  ],
  'replicaset-controller': [
    rule(`${read} update`, 'apps extensions', 'replicasets'),
    rule('update', 'apps extensions', 'replicasets/status'),
    rule('update', 'apps extensions', 'replicasets/finalizers'),
    podWrites,
    events,
  ],
  'replication-controller': [
    rule(`${read} update`, 'core', 'replicationcontrollers'),
    rule('update', 'core', 'replicationcontrollers/status'),
    rule('update', 'core', 'replicationcontrollers/finalizers'),
    podWrites,
    events,
  ],
  'statefulset-controller': [
    rule('list watch', 'core', 'pods'),
    rule(read, 'apps', 'statefulsets'),
    rule('update', 'apps', 'statefulsets/status'),
    rule('update', 'apps', 'statefulsets/finalizers'),
    rule('get create delete update patch', 'core', 'pods'),
    revisions,
    rule(`${read} create`, 'core', 'persistentvolumeclaims'),
    rule('update delete', 'core', 'persistentvolumeclaims'),
    rule('update', 'core', 'pods/finalizers'),
    events,
  ],
  'ttl-after-finished-controller': [rule(`${read} delete`, 'batch', 'jobs'), events],
};

const services: Readonly<Record<string, Rules>> = {
  'endpoint-controller': [
    rule(read, 'core', 'services pods'),
    rule(`${read} create update delete`, 'core', 'endpoints'),
    rule('create', 'core', 'endpoints/restricted'),
    events,
  ],
  'endpointslice-controller': [
    rule(read, 'core', 'services pods nodes'),
    rule('update', 'core', 'services/finalizers'),
    rule(`${read} create update delete`, 'discovery.k8s.io', 'endpointslices'),
    events,
  ],
  'endpointslicemirroring-controller': [
    rule(read, 'core', 'services endpoints'),
    rule('update', 'core', 'services/finalizers'),
    rule('update', 'core', 'endpoints/finalizers'),
    rule(`${read} create update delete`, 'discovery.k8s.io', 'endpointslices'),
    events,
  ],
  'route-controller': [
    rule('list watch', 'core', 'nodes'),
    rule('patch', 'core', 'nodes/status'),
    events,
  ],
  'service-controller': [
    rule(read, 'core', 'services'),
    rule('patch update', 'core', 'services/status'),
    rule('list watch', 'core', 'nodes'),
    events,
  ],
  'service-cidrs-controller': [
    rule(readUpdate, 'networking.k8s.io', 'servicecidrs'),
    rule('patch update', 'networking.k8s.io', 'servicecidrs/finalizers'),
    rule('patch update', 'networking.k8s.io', 'servicecidrs/status'),
    rule(read, 'networking.k8s.io', 'ipaddresses'),
    events,
  ],
};

const volumes: Readonly<Record<string, Rules>> = {
  'attachdetach-controller': [
    rule('list watch', 'core', 'persistentvolumes persistentvolumeclaims'),
    rule(read, 'core', 'nodes'),
    rule('patch update', 'core', 'nodes/status'),
    rule('list watch', 'core', 'pods'),
    events,
    rule(`${read} create delete`, 'storage.k8s.io', 'volumeattachments'),
    rule(read, 'storage.k8s.io', 'csidrivers'),
    rule(read, 'storage.k8s.io', 'csinodes'),
  ],
  'ephemeral-volume-controller': [
    rule(read, 'core', 'pods'),
    rule('update', 'core', 'pods/finalizers'),
    rule(`${read} create`, 'core', 'persistentvolumeclaims'),
    events,
  ],
  'expand-controller': [
    rule(readUpdate, 'core', 'persistentvolumes'),
    rule('patch update', 'core', 'persistentvolumeclaims/status'),
    rule(read, 'core', 'persistentvolumeclaims'),
    events,
  ],
  'persistent-volume-binder': [
    rule(`${read} create delete update`, 'core', 'persistentvolumes'),
    rule('update', 'core', 'persistentvolumes/status'),
    rule(`${read} update`, 'core', 'persistentvolumeclaims'),
    rule('update', 'core', 'persistentvolumeclaims/status'),
    rule(`${read} create delete`, 'core', 'pods'),
    rule(read, 'storage.k8s.io', 'storageclasses'),
    rule('list watch', 'core', 'nodes'),
    events,
    rule('watch', 'core', 'events'),
  ],
  'pv-protection-controller': [rule(`${read} update`, 'core', 'persistentvolumes'), events],
  'pvc-protection-controller': [
    rule(`${read} update`, 'core', 'persistentvolumeclaims'),
    rule('update', 'core', 'persistentvolumeclaims/status'),
    rule(read, 'core', 'pods'),
    events,
  ],
  'selinux-warning-controller': [
    events,
    rule(read, 'core', 'persistentvolumes'),
    rule(read, 'core', 'persistentvolumeclaims'),
    rule(read, 'core', 'pods'),
    rule(read, 'storage.k8s.io', 'csidrivers'),
  ],
  'volumeattributesclass-protection-controller': [
    rule(read, 'core', 'persistentvolumeclaims'),
    rule(read, 'core', 'persistentvolumes'),
    rule(`${read} update`, 'storage.k8s.io', 'volumeattributesclasses'),
    events,
  ],
};

const cluster: Readonly<Record<string, Rules>> = {
  'clusterrole-aggregation-controller': [
    rule(`escalate ${readUpdate}`, 'rbac.authorization.k8s.io', 'clusterroles'),
  ],
  'generic-garbage-collector': [rule(`${readUpdate} delete`, '*', '*'), events],
  'legacy-service-account-token-cleaner': [
    rule('get', 'core', 'configmaps', 'kube-apiserver-legacy-service-account-token-tracking'),
    rule('delete patch', 'core', 'secrets'),
  ],
  'namespace-controller': [
    rule(`${read} delete`, 'core', 'namespaces'),
    rule('update', 'core', 'namespaces/finalize namespaces/status'),
    rule(`${read} delete deletecollection`, '*', '*'),
  ],
  'node-controller': [
    rule(`${readUpdate} delete`, 'core', 'nodes'),
    rule('patch update', 'core', 'nodes/status'),
    rule('patch update', 'core', 'pods/status'),
    rule(`${read} delete`, 'core', 'pods'),
    events,
  ],
  'resourcequota-controller': [
    rule('list watch', '*', '*'),
    rule('update', 'core', 'resourcequotas/status'),
    events,
  ],
  'root-ca-cert-publisher': [rule('create update', 'core', 'configmaps'), events],
  'service-account-controller': [rule('create', 'core', 'serviceaccounts'), events],
  'ttl-controller': [rule('list patch update watch', 'core', 'nodes'), events],
  'validatingadmissionpolicy-status-controller': [
    rule(read, 'admissionregistration.k8s.io', 'validatingadmissionpolicies'),
    rule('get patch update', 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'),
    events,
  ],
};

const resources = (enabled: (gate: string) => boolean): Readonly<Record<string, Rules>> => ({
  'resource-claim-controller': [
    rule(read, 'core', 'pods'),
    rule('update', 'core', 'pods/finalizers'),
    rule(`${read} create delete`, 'resource.k8s.io', 'resourceclaims'),
    rule('patch update', 'resource.k8s.io', 'resourceclaims resourceclaims/status'),
    rule('patch update', 'core', 'pods/status'),
    events,
    ...(enabled('DRAResourceClaimGranularStatusAuthorization')
      ? [rule('patch update', 'resource.k8s.io', 'resourceclaims/binding')]
      : []),
  ],
  ...(enabled('DRADeviceTaints') && {
    'device-taint-eviction-controller': [
      rule(`${read} delete`, 'core', 'pods'),
      rule('patch update', 'core', 'pods/status'),
      rule(read, 'resource.k8s.io', 'resourceclaims'),
      rule(read, 'resource.k8s.io', 'resourceslices'),
      rule(read, 'resource.k8s.io', 'deviceclasses'),
      events,
      ...(enabled('DRADeviceTaintRules')
        ? [
            rule('patch update', 'resource.k8s.io', 'devicetaintrules/status'),
            rule(read, 'resource.k8s.io', 'devicetaintrules'),
          ]
        : []),
    ],
  }),
});

const signers =
  'kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving kubernetes.io/legacy-unknown';

const certificates = (enabled: (gate: string) => boolean): Readonly<Record<string, Rules>> => ({
  'certificate-controller': [
    rule(`${read} delete`, 'certificates.k8s.io', 'certificatesigningrequests'),
    rule(
      'update',
      'certificates.k8s.io',
      'certificatesigningrequests/approval certificatesigningrequests/status',
    ),
    rule(
      'approve',
      'certificates.k8s.io',
      'signers',
      'kubernetes.io/kube-apiserver-client-kubelet',
    ),
    rule('sign', 'certificates.k8s.io', 'signers', signers),
    rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    events,
  ],
  ...(enabled('ClusterTrustBundle') && {
    'kube-apiserver-serving-clustertrustbundle-publisher': [
      rule('attest', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-serving'),
      rule('create delete list update watch', 'certificates.k8s.io', 'clustertrustbundles'),
      events,
    ],
  }),
});
