import type { PolicyRule } from '@coxswain/api/types/rbac-v1';
import { nodeRules } from './node-rules.ts';
import { events, paths, read, readUpdate, readWrite, rule } from './rule.ts';

type Rules = readonly PolicyRule[];

const healthPaths = '/healthz /livez /readyz /version /version/';
const approver = (signer: string): Rules => [
  rule('approve', 'certificates.k8s.io', 'signers', `kubernetes.io/${signer}`),
];
const delegation: Rules = [
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
];

/** The roles `cluster-admin` and `system:*` that are not for controllers, by name. */
export function systemRoles(enabled: (gate: string) => boolean): Readonly<Record<string, Rules>> {
  return {
    'cluster-admin': [rule('*', '*', '*'), paths('*', '*')],
    'system:discovery': [paths(`${healthPaths} /openapi /openapi/* /api /api/* /apis /apis/*`)],
    'system:monitoring': monitoring(enabled),
    'system:basic-user': [
      rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
      rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
    ],
    'system:public-info-viewer': [paths(healthPaths)],
    'system:heapster': [
      rule(read, 'core', 'events pods nodes namespaces'),
      rule(read, 'extensions', 'deployments'),
    ],
    'system:node': nodeRules(enabled),
    'system:node-problem-detector': [
      rule('get', 'core', 'nodes'),
      rule('patch', 'core', 'nodes/status'),
      events,
    ],
    'system:node-bootstrapper': [
      rule(`create ${read}`, 'certificates.k8s.io', 'certificatesigningrequests'),
    ],
    'system:auth-delegator': delegation,
    'system:kube-aggregator': [rule(read, 'core', 'services endpoints')],
    'system:kube-controller-manager': controllerManager,
    'system:kube-dns': [rule('list watch', 'core', 'endpoints services')],
    'system:persistent-volume-provisioner': provisioner,
    'system:certificates.k8s.io:certificatesigningrequests:nodeclient': [
      rule('create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient'),
    ],
    'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': [
      rule('create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient'),
    ],
    'system:volume-scheduler': [
      rule(readUpdate, 'core', 'persistentvolumes'),
      rule(read, 'storage.k8s.io', 'storageclasses'),
      rule(readUpdate, 'core', 'persistentvolumeclaims'),
    ],
    'system:certificates.k8s.io:legacy-unknown-approver': approver('legacy-unknown'),
    'system:certificates.k8s.io:kubelet-serving-approver': approver('kubelet-serving'),
    'system:certificates.k8s.io:kube-apiserver-client-approver': approver('kube-apiserver-client'),
    'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': approver(
      'kube-apiserver-client-kubelet',
    ),
    'system:service-account-issuer-discovery': [
      paths(
        '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
      ),
    ],
    'system:kubelet-api-admin': kubeletApiAdmin,
    'system:node-proxier': nodeProxier,
    'system:kube-scheduler': scheduler(enabled),
    ...(enabled('ClusterTrustBundle') && {
      'system:cluster-trust-bundle-discovery': [
        rule(read, 'certificates.k8s.io', 'clustertrustbundles'),
      ],
    }),
  };
}

const monitoring = (enabled: (gate: string) => boolean): Rules => [
  paths(
    [
      '/metrics /metrics/slis /livez /readyz /healthz /livez/* /readyz/* /healthz/*',
      ...(enabled('ComponentFlagz') ? ['/flagz'] : []),
      ...(enabled('ComponentStatusz') ? ['/statusz'] : []),
    ].join(' '),
  ),
  rule('get', 'core', 'nodes/metrics'),
];

const controllerManager: Rules = [
  events,
  rule('create', 'coordination.k8s.io', 'leases'),
  rule('get update', 'coordination.k8s.io', 'leases', 'kube-controller-manager'),
  rule('create', 'core', 'secrets serviceaccounts'),
  rule('delete', 'core', 'secrets'),
  rule('get', 'core', 'namespaces secrets serviceaccounts configmaps'),
  rule('update', 'core', 'secrets serviceaccounts'),
  ...delegation,
  rule('list watch', '*', '*'),
  rule('create', 'core', 'serviceaccounts/token'),
];

const provisioner: Rules = [
  rule(`${read} create delete`, 'core', 'persistentvolumes'),
  rule(`${read} update`, 'core', 'persistentvolumeclaims'),
  rule(read, 'storage.k8s.io', 'storageclasses'),
  rule('watch', 'core', 'events'),
  events,
];

const kubeletApiAdmin: Rules = [
  rule(read, 'core', 'nodes'),
  rule('proxy', 'core', 'nodes'),
  rule('*', 'core', 'nodes/proxy nodes/metrics nodes/stats nodes/log'),
  rule('*', 'core', 'nodes/pods nodes/healthz nodes/configz'),
];

const nodeProxier: Rules = [
  rule('list watch', 'core', 'services endpoints'),
  rule(read, 'core', 'nodes'),
  events,
  rule('list watch', 'networking.k8s.io', 'servicecidrs'),
  rule('list watch', 'discovery.k8s.io', 'endpointslices'),
];

const scheduler = (enabled: (gate: string) => boolean): Rules => [
  events,
  rule('create', 'coordination.k8s.io', 'leases'),
  rule(`${read} update`, 'coordination.k8s.io', 'leases', 'kube-scheduler'),
  rule(readWrite, 'coordination.k8s.io', 'leasecandidates'),
  rule(read, 'core', 'nodes'),
  rule(`${read} delete`, 'core', 'pods'),
  rule('create', 'core', 'pods/binding bindings'),
  rule('patch update', 'core', 'pods/status'),
  rule(read, 'core', 'services replicationcontrollers'),
  rule(read, 'apps extensions', 'replicasets'),
  rule(read, 'apps', 'statefulsets'),
  rule(read, 'policy', 'poddisruptionbudgets'),
  rule(read, 'core', 'persistentvolumeclaims persistentvolumes'),
  ...delegation,
  rule(read, 'storage.k8s.io', 'csinodes'),
  rule(read, 'storage.k8s.io', 'volumeattachments'),
  rule(read, 'core', 'namespaces'),
  rule(read, 'storage.k8s.io', 'csidrivers'),
  rule(read, 'storage.k8s.io', 'csistoragecapacities'),
  rule(read, 'resource.k8s.io', 'deviceclasses'),
  rule(readUpdate, 'resource.k8s.io', 'resourceclaims'),
  rule(readUpdate, 'resource.k8s.io', 'resourceclaims/status'),
  rule('update', 'core', 'pods/finalizers'),
  rule(read, 'resource.k8s.io', 'resourceslices'),
  ...(enabled('DRAExtendedResource')
    ? [rule('create delete', 'resource.k8s.io', 'resourceclaims')]
    : []),
  ...(enabled('DRAResourceClaimGranularStatusAuthorization')
    ? [rule('update patch', 'resource.k8s.io', 'resourceclaims/binding')]
    : []),
  ...(enabled('DRADeviceTaintRules') ? [rule(read, 'resource.k8s.io', 'devicetaintrules')] : []),
];
