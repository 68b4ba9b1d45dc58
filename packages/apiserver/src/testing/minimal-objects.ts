type Fields = Readonly<Record<string, unknown>>;

const labels = { app: 'web' };
const selector = { matchLabels: labels };
const podSpec = { containers: [{ name: 'web', image: 'web:1' }] };
const template = { metadata: { labels }, spec: podSpec };
const once = { ...template, spec: { ...podSpec, restartPolicy: 'Never' } };
const webhook = {
  name: 'check.example.com',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { url: 'https://example.com/check' },
};
const policyRules = {
  resourceRules: [
    { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
  ],
};
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const subjects = [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'devs' }];
const volume = {
  capacity: { storage: '1Gi' },
  accessModes: ['ReadWriteOnce'],
  hostPath: { path: '/data' },
};
const schema = { type: 'object', properties: { spec: { type: 'object' } } };

/** A request for a certificate, made once by openssl for /O=dev/CN=bob. */
export const certificateRequest =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIVk1INENBUUF3SERFTU1Bb0dBMVVFQ2d3RFpHVjJNUXd3Q2dZRFZRUUREQU5pYjJJd1dUQVRCZ2NxaGtqTwpQUUlCQmdncWhrak9QUU1CQndOQ0FBUzNmSnArcHg4MU5rOHpTV1IvWWRZUkY0R1NZb3U1ZWpyRTRuSGg0akdxCkpXMjY5SEJseFBvbTlaQWJpU0dGTmtXZXlRZW5XVXN5NmhtenFIeFEwdDVXb0FBd0NnWUlLb1pJemowRUF3SUQKUndBd1JBSWdBWUt6QUxDQmd2d2tLeUlTWkRjRVkyblZLSmJhZzRzYWh2Ulk4aDBBQWlvQ0lHbG5yMFdoZU9wSQpwZGZYZVhqNko2cVByd0RSWjhDRi9TbkNteFdXdGQ1RAotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K';

/** The fields beside metadata of the smallest object that each stored kind takes, by `resource.group`. */
export const minimalObjects: Readonly<Record<string, Fields>> = {
  configmaps: {},
  endpoints: {},
  events: { involvedObject: { kind: 'Pod', name: 'web', namespace: 'shop' }, reason: 'Tried' },
  limitranges: { spec: { limits: [{ type: 'Pod' }] } },
  namespaces: {},
  nodes: {},
  persistentvolumeclaims: {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  persistentvolumes: { spec: volume },
  pods: { spec: podSpec },
  podtemplates: { template },
  replicationcontrollers: { spec: { selector: labels, template } },
  resourcequotas: { spec: { hard: { pods: '1' } } },
  secrets: {},
  serviceaccounts: {},
  services: { spec: { ports: [{ port: 80 }] } },
  'apiservices.apiregistration.k8s.io': {
    spec: {
      ...{ group: 'example.com', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 },
      insecureSkipTLSVerify: true,
      service: { namespace: 'shop', name: 'api' },
    },
  },
  'controllerrevisions.apps': { revision: 1, data: {} },
  'daemonsets.apps': { spec: { selector, template } },
  'deployments.apps': { spec: { selector, template } },
  'replicasets.apps': { spec: { selector, template } },
  'statefulsets.apps': { spec: { selector, template, serviceName: 'web' } },
  'events.events.k8s.io': {
    ...{ eventTime: '2026-11-21T12:00:00.000000Z', action: 'Try', reason: 'Tried' },
    ...{ type: 'Normal', reportingController: 'example.com/test', reportingInstance: 'one' },
    regarding: { kind: 'Pod', name: 'web', namespace: 'shop' },
  },
  'horizontalpodautoscalers.autoscaling': {
    spec: {
      maxReplicas: 2,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    },
  },
  'cronjobs.batch': { spec: { schedule: '@daily', jobTemplate: { spec: { template: once } } } },
  'jobs.batch': { spec: { template: once } },
  'certificatesigningrequests.certificates.k8s.io': {
    spec: {
      request: certificateRequest,
      ...{ signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
    },
  },
  'ingressclasses.networking.k8s.io': { spec: { controller: 'example.com/ingress' } },
  'ingresses.networking.k8s.io': {
    spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
  },
  'ipaddresses.networking.k8s.io': {
    spec: { parentRef: { resource: 'services', namespace: 'shop', name: 'web' } },
  },
  'networkpolicies.networking.k8s.io': { spec: { podSelector: {} } },
  'servicecidrs.networking.k8s.io': { spec: { cidrs: ['10.97.0.0/16'] } },
  'poddisruptionbudgets.policy': { spec: { minAvailable: 1, selector } },
  'clusterrolebindings.rbac.authorization.k8s.io': {
    subjects,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
  },
  'clusterroles.rbac.authorization.k8s.io': { rules },
  'rolebindings.rbac.authorization.k8s.io': {
    subjects,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
  },
  'roles.rbac.authorization.k8s.io': { rules },
  'csidrivers.storage.k8s.io': { spec: {} },
  'csinodes.storage.k8s.io': { spec: { drivers: [] } },
  'csistoragecapacities.storage.k8s.io': { storageClassName: 'fast' },
  'storageclasses.storage.k8s.io': { provisioner: 'example.com/disk' },
  'volumeattachments.storage.k8s.io': {
    spec: { attacher: 'example.com', nodeName: 'n1', source: { persistentVolumeName: 'disk' } },
  },
  'volumeattributesclasses.storage.k8s.io': {
    driverName: 'example.com',
    parameters: { speed: 'high' },
  },
  'mutatingadmissionpolicies.admissionregistration.k8s.io': {
    spec: {
      matchConstraints: policyRules,
      reinvocationPolicy: 'Never',
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: { expression: 'Object{}' },
        },
      ],
    },
  },
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': { spec: { policyName: 'web' } },
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': { webhooks: [webhook] },
  'validatingadmissionpolicies.admissionregistration.k8s.io': {
    spec: { matchConstraints: policyRules, validations: [{ expression: 'true' }] },
  },
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': {
    spec: { policyName: 'web', validationActions: ['Deny'] },
  },
  'validatingwebhookconfigurations.admissionregistration.k8s.io': { webhooks: [webhook] },
  'customresourcedefinitions.apiextensions.k8s.io': {
    spec: {
      ...{ group: 'example.com', scope: 'Namespaced' },
      names: { plural: 'boats', singular: 'boat', kind: 'Boat', listKind: 'BoatList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  },
  'priorityclasses.scheduling.k8s.io': { value: 5 },
  'leases.coordination.k8s.io': { spec: {} },
  'runtimeclasses.node.k8s.io': { handler: 'web' },
  'endpointslices.discovery.k8s.io': { addressType: 'IPv4', endpoints: [] },
  'deviceclasses.resource.k8s.io': { spec: {} },
  'resourceclaims.resource.k8s.io': {
    spec: { devices: { requests: [{ name: 'one', exactly: { deviceClassName: 'gpu' } }] } },
  },
  'resourceclaimtemplates.resource.k8s.io': { spec: { spec: {} } },
  'resourceslices.resource.k8s.io': {
    spec: {
      ...{ driver: 'example.com', nodeName: 'n1' },
      pool: { name: 'n1', generation: 1, resourceSliceCount: 1 },
    },
  },
  'flowschemas.flowcontrol.apiserver.k8s.io': {
    spec: { priorityLevelConfiguration: { name: 'workload-low' }, matchingPrecedence: 500 },
  },
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': {
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
  },
};

/** Names that rules of their kinds ask for; all others are `web`. */
export const minimalNames: Readonly<Record<string, string>> = {
  'apiservices.apiregistration.k8s.io': 'v1.example.com',
  'customresourcedefinitions.apiextensions.k8s.io': 'boats.example.com',
  'ipaddresses.networking.k8s.io': '10.96.0.77',
};
