/** Manifests of versions that are gone, as people still have them. */
const podTemplate = `
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}`;
const claim = `{kind: Deployment, name: web, apiVersion: extensions/v1beta1}`;

const named = (apiVersion: string, kind: string, rest: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web}\n${rest.replace(/^\n/, '')}`;

const webhooks = `
webhooks:
- name: check.example.com
  clientConfig: {service: {name: check, namespace: default}}
  rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  sideEffects: Unknown`;
const flowSchema = `
spec:
  priorityLevelConfiguration: {name: global-default}
  rules:
  - subjects: [{kind: Group, group: {name: 'system:authenticated'}}]
    nonResourceRules: [{verbs: [get], nonResourceURLs: [/healthz]}]`;
const level = (field: string, value: number): string =>
  `spec: {type: Limited, limited: {${field}: ${value}, limitResponse: {type: Reject}}}`;
const ingress = `
spec:
  backend: {serviceName: all, servicePort: http}
  rules:
  - host: example.com
    http: {paths: [{path: /, backend: {serviceName: web, servicePort: 80}}, {backend: {serviceName: web, servicePort: '81'}}]}`;
const hpa = `
spec:
  maxReplicas: 3
  scaleTargetRef: ${claim}
  metrics:`;
const roleRules = `rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]`;
const roleRef = `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}`;
const deviceClaim =
  '{controller: x, devices: {requests: [{name: gpu, deviceClassName: web, allocationMode: ExactCount, count: 2}]}}';
const request =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlITU1IUUNBUUF3RWpFUU1BNEdBMVVFQXd3SGMyOXRaVzl1WlRCWk1CTUdCeXFHU000OUFnRUdDQ3FHU000OQpBd0VIQTBJQUJFUitxSGIvMlFmS2xJZ0pETGZNYVVqTGdLVWZxa1hYdlVZb3UzRzZIQXovVnJTRWI5djBZOWVBCmhuVjRiTEVHVUgrVmFyRG1RaDh0UjNNZkJ4TEF5NkNnQURBS0JnZ3Foa2pPUFFRREFnTklBREJGQWlBSklLSmMKYnlzaHFzS3R2UzhIbUJIaDdTYnhlMFRJTkhxdS9rYS83UWN1ZWdJaEFQRGdkK2ZHaFA3OUZZUzN5ZXd3SnF1QQplTFcwby80QXFDSlBHYkFycFR1cAotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K';

/** All of them can be created once they are rewritten. */
export const manifests: readonly string[] = [
  ...['Deployment', 'DaemonSet'].map((kind) =>
    named(
      'extensions/v1beta1',
      kind,
      `spec:${podTemplate}\n  ${kind === 'Deployment' ? 'rollbackTo: {revision: 1}' : 'templateGeneration: 2'}`,
    ),
  ),
  named('extensions/v1beta1', 'ReplicaSet', `spec:${podTemplate}\nstatus: {replicas: 1}`),
  named('apps/v1beta1', 'Deployment', `spec:${podTemplate}`),
  named('apps/v1beta1', 'StatefulSet', `spec:\n  serviceName: web${podTemplate}`),
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind) =>
    named(
      'apps/v1beta2',
      kind,
      `spec:\n  selector: {matchLabels: {app: web}}${kind === 'StatefulSet' ? '\n  serviceName: web' : ''}${podTemplate}`,
    ),
  ),
  ...['apps/v1beta1', 'apps/v1beta2'].map((version) =>
    named(version, 'ControllerRevision', 'revision: 1\ndata: {}'),
  ),
  named(
    'extensions/v1beta1',
    'NetworkPolicy',
    'spec: {podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}',
  ),
  ...['batch/v2alpha1', 'batch/v1beta1'].map((version) =>
    named(
      version,
      'CronJob',
      `spec:\n  schedule: '* * * * *'\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}`,
    ),
  ),
  ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map((kind) =>
    named('admissionregistration.k8s.io/v1beta1', kind, webhooks),
  ),
  `apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: {name: boats.example.com}
spec:
  group: example.com
  version: v1
  names: {plural: boats, kind: Boat}
  subresources: {status: {}}
  additionalPrinterColumns: [{name: Oars, type: integer, JSONPath: .spec.oars}]
  validation:
    openAPIV3Schema: {properties: {spec: {properties: {oars: {type: integer}, any: {description: what you like}}}}}`,
  `apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: {name: ships.example.com}
spec:
  group: example.com
  scope: Cluster
  preserveUnknownFields: false
  versions: [{name: v1, served: true, storage: true}, {name: v2, served: true, storage: false}]
  names: {plural: ships, kind: Ship}
  conversion:
    strategy: Webhook
    webhookClientConfig: {service: {name: ships, namespace: default}}
  validation: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}`,
  named(
    'apiregistration.k8s.io/v1beta1',
    'APIService',
    'spec: {group: example.com, version: v1, groupPriorityMinimum: 1, versionPriority: 1, insecureSkipTLSVerify: true, service: {name: a, namespace: b}}',
  ).replace('name: web', 'name: v1.example.com'),
  named(
    'certificates.k8s.io/v1beta1',
    'CertificateSigningRequest',
    `spec: {request: ${request}, usages: [client auth]}`,
  ),
  named(
    'coordination.k8s.io/v1beta1',
    'Lease',
    'spec: {holderIdentity: a, leaseDurationSeconds: 5}',
  ),
  ...['extensions/v1beta1', 'networking.k8s.io/v1beta1'].map((version) =>
    named(version, 'Ingress', ingress),
  ),
  named(
    'networking.k8s.io/v1beta1',
    'IngressClass',
    'spec: {controller: example.com/a, parameters: {kind: A, name: a, apiGroup: example.com}}',
  ),
  ...['v1alpha1', 'v1beta1'].flatMap((version) => [
    ...['Role', 'ClusterRole'].map((kind) =>
      named(`rbac.authorization.k8s.io/${version}`, kind, roleRules),
    ),
    ...['RoleBinding', 'ClusterRoleBinding'].map((kind) =>
      named(
        `rbac.authorization.k8s.io/${version}`,
        kind,
        `${roleRef.replace('Role,', kind === 'RoleBinding' ? 'Role,' : 'ClusterRole,')}\nsubjects: [{kind: User, name: a, ${version === 'v1alpha1' ? 'apiVersion: rbac.authorization.k8s.io/v1alpha1' : 'apiGroup: rbac.authorization.k8s.io'}}]`,
      ),
    ),
  ]),
  ...['v1alpha1', 'v1beta1'].map((version) =>
    named(`scheduling.k8s.io/${version}`, 'PriorityClass', 'value: 1'),
  ),
  named('storage.k8s.io/v1beta1', 'CSIDriver', 'spec: {attachRequired: true}'),
  named('storage.k8s.io/v1beta1', 'CSINode', 'spec: {drivers: []}'),
  named('storage.k8s.io/v1beta1', 'StorageClass', 'provisioner: example.com/a'),
  ...['v1alpha1', 'v1beta1'].flatMap((version) => [
    named(
      `storage.k8s.io/${version}`,
      'VolumeAttachment',
      'spec: {attacher: a, nodeName: b, source: {persistentVolumeName: c}}',
    ),
    named(`storage.k8s.io/${version}`, 'CSIStorageCapacity', 'storageClassName: a'),
  ]),
  named(
    'storage.k8s.io/v1alpha1',
    'VolumeAttributesClass',
    'driverName: example.com\nparameters: {a: b}',
  ),
  named('node.k8s.io/v1alpha1', 'RuntimeClass', 'spec: {runtimeHandler: a}'),
  named('node.k8s.io/v1beta1', 'RuntimeClass', 'handler: a'),
  named(
    'autoscaling/v2beta1',
    'HorizontalPodAutoscaler',
    `${hpa}
  - {type: Resource, resource: {name: cpu, targetAverageUtilization: 50}}
  - {type: Resource, resource: {name: memory, targetAverageValue: 1Gi}}
  - {type: ContainerResource, containerResource: {name: cpu, container: web, targetAverageUtilization: 50}}
  - {type: Pods, pods: {metricName: hits, targetAverageValue: 5}}
  - {type: Object, object: {metricName: hits, targetValue: 5, target: {kind: Service, name: web, apiVersion: v1}}}
  - {type: External, external: {metricName: jobs, metricSelector: {matchLabels: {a: b}}, targetAverageValue: 3}}`,
  ),
  named(
    'autoscaling/v2beta2',
    'HorizontalPodAutoscaler',
    `${hpa} [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]`,
  ),
  named(
    'discovery.k8s.io/v1beta1',
    'EndpointSlice',
    `addressType: IP\nendpoints: [{addresses: [10.0.0.1], topology: {kubernetes.io/hostname: n1, topology.kubernetes.io/zone: a, disk: fast}}]\nports: []`,
  ),
  named(
    'events.k8s.io/v1beta1',
    'Event',
    `metadata: {name: web, namespace: default}\neventTime: '2026-01-01T00:00:00.000000Z'\nreportingController: example.com/a\nreportingInstance: a\naction: Go\nreason: Went\ntype: Normal\nregarding: {kind: Pod, name: web, namespace: default}`,
  ).replace('metadata: {name: web}\n', ''),
  named(
    'discovery.k8s.io/v1alpha1',
    'EndpointSlice',
    'addressType: IPv4\nendpoints: [{addresses: [10.0.0.1], topology: {topology.kubernetes.io/zone: a}}]\nports: []',
  ),
  named(
    'resource.k8s.io/v1alpha3',
    'DeviceClass',
    `spec: {selectors: [{cel: {expression: 'device.driver == "gpu.example.com"'}}], suitableNodes: {nodeSelectorTerms: []}}`,
  ),
  named('resource.k8s.io/v1alpha3', 'ResourceClaim', `spec: ${deviceClaim}`),
  named('resource.k8s.io/v1alpha3', 'ResourceClaimTemplate', `spec: {spec: ${deviceClaim}}`),
  named(
    'resource.k8s.io/v1alpha3',
    'ResourceSlice',
    'spec: {driver: gpu.example.com, nodeName: n1, pool: {name: a, generation: 1, resourceSliceCount: 1}, devices: [{name: a, basic: {attributes: {model: {string: x}}, capacity: {memory: 8Gi}}}]}',
  ),
  named('policy/v1beta1', 'PodDisruptionBudget', 'spec: {minAvailable: 1, selector: {}}'),
  ...['v1alpha1', 'v1beta1', 'v1beta2', 'v1beta3'].flatMap((version) => [
    named(`flowcontrol.apiserver.k8s.io/${version}`, 'FlowSchema', flowSchema),
    named(
      `flowcontrol.apiserver.k8s.io/${version}`,
      'PriorityLevelConfiguration',
      level(
        version === 'v1beta3' ? 'nominalConcurrencyShares' : 'assuredConcurrencyShares',
        version === 'v1beta3' ? 0 : 5,
      ),
    ),
  ]),
  ...['v1alpha1', 'v1beta1'].flatMap((version) => [
    named(
      `admissionregistration.k8s.io/${version}`,
      'ValidatingAdmissionPolicy',
      `spec:\n  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}\n  validations: [{expression: 'true'}]`,
    ),
    named(
      `admissionregistration.k8s.io/${version}`,
      'ValidatingAdmissionPolicyBinding',
      'spec: {policyName: web, validationActions: [Deny]}',
    ),
  ]),
  named('networking.k8s.io/v1alpha1', 'ServiceCIDR', 'spec: {cidrs: [10.96.0.0/28]}'),
  named(
    'networking.k8s.io/v1alpha1',
    'IPAddress',
    'spec: {parentRef: {resource: services, namespace: default, name: a}}',
  ).replace('name: web', 'name: 10.0.0.1'),
];
