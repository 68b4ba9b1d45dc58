import type { FieldSpec, FieldSpecs, NameReference } from './field-specs.ts';

/** `path`, or `path` with kinds, a group and a version before it. */
const at = (path: string, kind = '', group = '', version = '', create = false): FieldSpec => ({
  ...{ path, kind, group, version, create },
});
const made = (path: string, kind = '', group = '', version = ''): FieldSpec =>
  at(path, kind, group, version, true);

const rbac = 'rbac.authorization.k8s.io';
const admission = 'admissionregistration.k8s.io';

const template = 'spec/template/spec';
const cronTemplate = 'spec/jobTemplate/spec/template/spec';

const templateMetadata = (field: string, group: string): readonly FieldSpec[] => [
  made(`spec/template/metadata/${field}`, 'ReplicationController', '', 'v1'),
  ...['Deployment', 'ReplicaSet', 'DaemonSet'].map((kind) =>
    made(`spec/template/metadata/${field}`, kind),
  ),
  made(`spec/template/metadata/${field}`, 'StatefulSet', group),
  made(`spec/template/metadata/${field}`, 'Job', 'batch'),
  made(`spec/jobTemplate/metadata/${field}`, 'CronJob', 'batch'),
  made(`spec/jobTemplate/spec/template/metadata/${field}`, 'CronJob', 'batch'),
];

const metadataLabels: readonly FieldSpec[] = [
  made('metadata/labels'),
  ...templateMetadata('labels', 'apps'),
  made('spec/volumeClaimTemplates[]/metadata/labels', 'StatefulSet', 'apps'),
];

const podSelectors = ['podAffinity', 'podAntiAffinity'].flatMap((kind) => [
  `affinity/${kind}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels`,
  `affinity/${kind}/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels`,
]);

const commonLabels: readonly FieldSpec[] = [
  made('spec/selector', 'Service', '', 'v1'),
  made('spec/selector', 'ReplicationController', '', 'v1'),
  ...['Deployment', 'ReplicaSet', 'DaemonSet'].map((kind) =>
    made('spec/selector/matchLabels', kind),
  ),
  made('spec/selector/matchLabels', 'StatefulSet', 'apps'),
  ...['Deployment', 'StatefulSet'].flatMap((kind) =>
    [...podSelectors, 'topologySpreadConstraints/labelSelector/matchLabels'].map((path) =>
      at(`${template}/${path}`, kind, 'apps'),
    ),
  ),
  at('spec/selector/matchLabels', 'Job', 'batch'),
  at('spec/jobTemplate/spec/selector/matchLabels', 'CronJob', 'batch'),
  at('spec/selector/matchLabels', 'PodDisruptionBudget', 'policy'),
  ...['spec', 'spec/ingress/from', 'spec/egress/to'].map((path) =>
    at(`${path}/podSelector/matchLabels`, 'NetworkPolicy', 'networking.k8s.io'),
  ),
  ...metadataLabels,
];

/** Kinds with a pod's spec in them, and where it is. */
const podSpecs: readonly (readonly [kind: string, path: string])[] = [
  ['Pod', 'spec'],
  ['PodTemplate', 'template/spec'],
  ...['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job'].map(
    (kind): [string, string] => [kind, template],
  ),
  ['CronJob', cronTemplate],
];

/** Where pods name a ConfigMap or a Secret. */
const inPods = (
  volume: string,
  source: string,
  keyRef: string,
  ref: string,
  more: readonly string[] = [],
): readonly FieldSpec[] =>
  podSpecs.flatMap(([kind, path]) =>
    [
      `volumes/${volume}`,
      ...['containers', 'initContainers'].flatMap((list) => [
        `${list}/env/valueFrom/${keyRef}/name`,
        `${list}/envFrom/${ref}/name`,
      ]),
      `volumes/projected/sources/${source}/name`,
      ...more,
    ].map((field) => at(`${path}/${field}`, kind, '', kind === 'Pod' ? 'v1' : '')),
  );

/** Where owners of pods, ReplicationControllers among them, name something. */
const inOwners = (field: string): readonly FieldSpec[] => [
  at(`spec/${field}`, 'Pod'),
  ...['StatefulSet', 'Deployment', 'ReplicationController', 'Job', 'DaemonSet'].map((kind) =>
    at(`${template}/${field}`, kind),
  ),
  at(`${cronTemplate}/${field}`, 'CronJob'),
];

const inRoles = ['Role', 'ClusterRole'].map((kind) => at('rules/resourceNames', kind));
const annotation = (name: string): FieldSpec => at(`metadata/annotations/${name}`, 'Ingress');

const names = (
  kind: string,
  fieldSpecs: readonly FieldSpec[],
  group = '',
  version = '',
): NameReference => ({
  ...{ kind, group, version, fieldSpecs },
});

const nameReference: readonly NameReference[] = [
  ...['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) =>
    names(kind, [at('spec/scaleTargetRef/name', 'HorizontalPodAutoscaler')]),
  ),
  names(
    'ConfigMap',
    [
      ...inPods('configMap/name', 'configMap', 'configMapKeyRef', 'configMapRef'),
      at('spec/configSource/configMap', 'Node'),
      ...inRoles,
      annotation('nginx.ingress.kubernetes.io\\/fastcgi-params-configmap'),
    ],
    '',
    'v1',
  ),
  names(
    'Secret',
    [
      ...inPods('secret/secretName', 'secret', 'secretKeyRef', 'secretRef', [
        'imagePullSecrets/name',
      ]),
      at('spec/tls/secretName', 'Ingress'),
      annotation('ingress.kubernetes.io\\/auth-secret'),
      annotation('nginx.ingress.kubernetes.io\\/auth-secret'),
      annotation('nginx.ingress.kubernetes.io\\/auth-tls-secret'),
      at('imagePullSecrets/name', 'ServiceAccount'),
      ...['secretName', 'adminSecretName', 'userSecretName', 'secretRef'].map((field) =>
        at(`parameters/${field}`, 'StorageClass'),
      ),
      ...inRoles,
      at(
        `${template}/containers/env/valueFrom/secretKeyRef/name`,
        'Service',
        'serving.knative.dev',
        'v1',
      ),
      at('spec/azureFile/secretName', 'PersistentVolume'),
    ],
    '',
    'v1',
  ),
  names(
    'Service',
    [
      at('spec/serviceName', 'StatefulSet', 'apps'),
      ...[
        ...['spec/rules/http/paths/backend/serviceName', 'spec/backend/serviceName'],
        ...['spec/rules/http/paths/backend/service/name', 'spec/defaultBackend/service/name'],
      ].map((path) => at(path, 'Ingress')),
      at('spec/service/name', 'APIService', 'apiregistration.k8s.io'),
      at('webhooks/clientConfig/service', 'ValidatingWebhookConfiguration', admission),
      at('webhooks/clientConfig/service', 'MutatingWebhookConfiguration', admission),
    ],
    '',
    'v1',
  ),
  names('Role', [at('roleRef/name', 'RoleBinding', rbac)], rbac),
  names(
    'ClusterRole',
    ['RoleBinding', 'ClusterRoleBinding'].map((kind) => at('roleRef/name', kind, rbac)),
    rbac,
  ),
  names(
    'ServiceAccount',
    [
      at('subjects', 'RoleBinding', rbac),
      at('subjects', 'ClusterRoleBinding', rbac),
      ...inOwners('serviceAccountName'),
    ],
    '',
    'v1',
  ),
  names('PersistentVolumeClaim', inOwners('volumes/persistentVolumeClaim/claimName'), '', 'v1'),
  names(
    'PersistentVolume',
    [at('spec/volumeName', 'PersistentVolumeClaim'), at('rules/resourceNames', 'ClusterRole')],
    '',
    'v1',
  ),
  names(
    'StorageClass',
    [
      at('spec/storageClassName', 'PersistentVolume'),
      at('spec/storageClassName', 'PersistentVolumeClaim'),
      at('spec/volumeClaimTemplates/spec/storageClassName', 'StatefulSet'),
    ],
    'storage.k8s.io',
    'v1',
  ),
  names('PriorityClass', inOwners('priorityClassName'), 'scheduling.k8s.io', 'v1'),
  names('IngressClass', [at('spec/ingressClassName', 'Ingress')], 'networking.k8s.io/v1', 'v1'),
  names(
    'ValidatingAdmissionPolicy',
    [at('spec/policyName', 'ValidatingAdmissionPolicyBinding', admission)],
    admission,
  ),
];

const containerVars = ['containers', 'initContainers'].flatMap((list) =>
  ['args', 'command', 'env/value', 'volumeMounts/mountPath'].map((field) => `${list}/${field}`),
);

const varReference: readonly FieldSpec[] = [
  ...podSpecs
    .filter(([kind]) => kind !== 'PodTemplate')
    .flatMap(([kind, path]) =>
      [
        ...containerVars.map((field) => `${path}/${field}`),
        kind === 'CronJob'
          ? 'spec/jobTemplate/spec/template/volumes/nfs/server'
          : kind === 'StatefulSet'
            ? 'spec/volumeClaimTemplates/spec/nfs/server'
            : `${path}/volumes/nfs/server`,
      ].map((each) => at(each, kind)),
    ),
  at('spec/template/metadata/annotations', 'Deployment'),
  ...['spec/rules/host', 'spec/tls/hosts', 'spec/tls/secretName'].map((path) =>
    at(path, 'Ingress'),
  ),
  ...['spec/ports/port', 'spec/ports/targetPort'].map((path) => at(path, 'Service')),
  at('spec/nfs/server', 'PersistentVolume'),
  at('metadata/labels'),
  at('metadata/annotations'),
];

/** Where kustomize looks unless a kustomization says more. */
export const defaultFieldSpecs: FieldSpecs = {
  namePrefix: [at('metadata/name')],
  nameSuffix: [at('metadata/name')],
  namespace: [
    made('metadata/name', 'Namespace'),
    made('spec/service/namespace', 'APIService', 'apiregistration.k8s.io'),
    at(
      'spec/conversion/webhook/clientConfig/service/namespace',
      'CustomResourceDefinition',
      'apiextensions.k8s.io',
    ),
  ],
  commonLabels,
  labels: [],
  templateLabels: metadataLabels,
  commonAnnotations: [made('metadata/annotations'), ...templateMetadata('annotations', '')],
  nameReference,
  varReference,
  images: ['spec', template].flatMap((path) =>
    ['containers[]/image', 'initContainers[]/image', 'volumes[]/image/reference'].map((field) =>
      made(`${path}/${field}`),
    ),
  ),
  replicas: ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) =>
    made('spec/replicas', kind),
  ),
};
