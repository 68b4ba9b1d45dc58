import type { NoteName } from '../../messages/en.ts';
import { metrics } from './changes/autoscaling.ts';
import { definition } from './changes/definitions.ts';
import { claim, claimTemplate, deviceClass, slice } from './changes/devices.ts';
import { ingress } from './changes/ingress.ts';
import * as other from './changes/others.ts';
import { workloadChanges } from './changes/workloads.ts';
import type { Change } from './draft.ts';

/** Where a removed version of a kind goes. */
export interface Conversion {
  readonly from: string;
  readonly kind: string;
  /** The release that serves it no more. */
  readonly removedIn: string;
  /** Today's version; without it `instead` says what there is in its place. */
  readonly to?: string;
  readonly instead?: NoteName;
  readonly changes: readonly Change[];
}

type Row = readonly [
  from: string,
  kinds: string,
  removedIn: string,
  to: string,
  ...changes: Change[],
];

const hooks = 'ValidatingWebhookConfiguration MutatingWebhookConfiguration';
const roles = 'Role RoleBinding ClusterRole ClusterRoleBinding';
const policies = 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding';
const accessReviews = 'SubjectAccessReview LocalSubjectAccessReview';
const claims = 'ResourceClass ResourceClaim ResourceClaimTemplate';
const flow = 'FlowSchema PriorityLevelConfiguration';

/** Every version that a release from 1.16 to 1.36 serves no more, and has a successor. */
const rows: readonly Row[] = [
  ['extensions/v1beta1', 'Deployment DaemonSet ReplicaSet', '1.16', 'apps/v1'],
  ['extensions/v1beta1', 'NetworkPolicy', '1.16', 'networking.k8s.io/v1'],
  ['apps/v1beta1', 'Deployment StatefulSet ControllerRevision', '1.16', 'apps/v1'],
  [
    ...([
      'apps/v1beta2',
      'Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision',
    ] as const),
    ...(['1.16', 'apps/v1'] as const),
  ],
  ['apps/v1beta1', 'Scale', '1.16', 'autoscaling/v1'],
  ['apps/v1beta2', 'Scale', '1.16', 'autoscaling/v1'],
  ['extensions/v1beta1', 'Scale', '1.16', 'autoscaling/v1'],
  ['batch/v2alpha1', 'CronJob', '1.21', 'batch/v1'],
  [
    'admissionregistration.k8s.io/v1beta1',
    hooks,
    '1.22',
    'admissionregistration.k8s.io/v1',
    other.webhooks,
  ],
  [
    'apiextensions.k8s.io/v1beta1',
    'CustomResourceDefinition',
    '1.22',
    'apiextensions.k8s.io/v1',
    definition,
  ],
  ['apiregistration.k8s.io/v1beta1', 'APIService', '1.22', 'apiregistration.k8s.io/v1'],
  ['authentication.k8s.io/v1beta1', 'TokenReview', '1.22', 'authentication.k8s.io/v1'],
  [
    'authorization.k8s.io/v1beta1',
    accessReviews,
    '1.22',
    'authorization.k8s.io/v1',
    other.reviewGroups,
  ],
  [
    'authorization.k8s.io/v1beta1',
    'SelfSubjectAccessReview SelfSubjectRulesReview',
    '1.22',
    'authorization.k8s.io/v1',
  ],
  [
    'certificates.k8s.io/v1beta1',
    'CertificateSigningRequest',
    '1.22',
    'certificates.k8s.io/v1',
    other.signingRequest,
  ],
  ['coordination.k8s.io/v1beta1', 'Lease', '1.22', 'coordination.k8s.io/v1'],
  ['extensions/v1beta1', 'Ingress', '1.22', 'networking.k8s.io/v1', ingress],
  ['networking.k8s.io/v1beta1', 'Ingress', '1.22', 'networking.k8s.io/v1', ingress],
  ['networking.k8s.io/v1beta1', 'IngressClass', '1.22', 'networking.k8s.io/v1'],
  [
    'rbac.authorization.k8s.io/v1alpha1',
    roles,
    '1.23',
    'rbac.authorization.k8s.io/v1',
    other.subjectsByGroup,
  ],
  ['rbac.authorization.k8s.io/v1beta1', roles, '1.22', 'rbac.authorization.k8s.io/v1'],
  ['scheduling.k8s.io/v1alpha1', 'PriorityClass', '1.23', 'scheduling.k8s.io/v1'],
  ['scheduling.k8s.io/v1beta1', 'PriorityClass', '1.22', 'scheduling.k8s.io/v1'],
  [
    'storage.k8s.io/v1beta1',
    'CSIDriver CSINode StorageClass VolumeAttachment',
    '1.22',
    'storage.k8s.io/v1',
  ],
  ['node.k8s.io/v1alpha1', 'RuntimeClass', '1.24', 'node.k8s.io/v1', other.runtimeClass],
  ['storage.k8s.io/v1alpha1', 'CSIStorageCapacity VolumeAttachment', '1.24', 'storage.k8s.io/v1'],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', '1.25', 'autoscaling/v2', metrics],
  ['batch/v1beta1', 'CronJob', '1.25', 'batch/v1'],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', '1.25', 'discovery.k8s.io/v1', other.endpointSlice],
  [
    'discovery.k8s.io/v1alpha1',
    'EndpointSlice',
    '1.21',
    'discovery.k8s.io/v1',
    other.endpointSlice,
  ],
  ['events.k8s.io/v1beta1', 'Event', '1.25', 'events.k8s.io/v1'],
  ['node.k8s.io/v1beta1', 'RuntimeClass', '1.25', 'node.k8s.io/v1'],
  ['policy/v1beta1', 'PodDisruptionBudget', '1.25', 'policy/v1', other.disruptionBudget],
  ['policy/v1beta1', 'Eviction', '1.25', 'policy/v1'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', '1.26', 'autoscaling/v2'],
  [
    'flowcontrol.apiserver.k8s.io/v1alpha1',
    flow,
    '1.26',
    'flowcontrol.apiserver.k8s.io/v1',
    other.priorityLevel,
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1beta1',
    flow,
    '1.26',
    'flowcontrol.apiserver.k8s.io/v1',
    other.priorityLevel,
  ],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', '1.27', 'storage.k8s.io/v1'],
  [
    'flowcontrol.apiserver.k8s.io/v1beta2',
    flow,
    '1.29',
    'flowcontrol.apiserver.k8s.io/v1',
    other.priorityLevel,
  ],
  ['admissionregistration.k8s.io/v1alpha1', policies, '1.32', 'admissionregistration.k8s.io/v1'],
  ['authentication.k8s.io/v1alpha1', 'SelfSubjectReview', '1.32', 'authentication.k8s.io/v1'],
  [
    'flowcontrol.apiserver.k8s.io/v1beta3',
    flow,
    '1.32',
    'flowcontrol.apiserver.k8s.io/v1',
    other.priorityLevel,
  ],
  ['authentication.k8s.io/v1beta1', 'SelfSubjectReview', '1.33', 'authentication.k8s.io/v1'],
  ['admissionregistration.k8s.io/v1beta1', policies, '1.34', 'admissionregistration.k8s.io/v1'],
  ['networking.k8s.io/v1alpha1', 'IPAddress ServiceCIDR', '1.31', 'networking.k8s.io/v1'],
  ['storage.k8s.io/v1alpha1', 'VolumeAttributesClass', '1.35', 'storage.k8s.io/v1'],
  [
    'coordination.k8s.io/v1alpha1',
    'LeaseCandidate',
    '1.32',
    'coordination.k8s.io/v1beta1',
    other.leaseCandidate,
  ],
  ['resource.k8s.io/v1alpha3', 'DeviceClass', '1.34', 'resource.k8s.io/v1', deviceClass],
  ['resource.k8s.io/v1alpha3', 'ResourceClaim', '1.34', 'resource.k8s.io/v1', claim],
  [
    'resource.k8s.io/v1alpha3',
    'ResourceClaimTemplate',
    '1.34',
    'resource.k8s.io/v1',
    claimTemplate,
  ],
  ['resource.k8s.io/v1alpha3', 'ResourceSlice', '1.34', 'resource.k8s.io/v1', slice],
  ['certificates.k8s.io/v1alpha1', 'PodCertificateRequest', '1.35', 'certificates.k8s.io/v1beta1'],
  [
    'storagemigration.k8s.io/v1alpha1',
    'StorageVersionMigration',
    '1.35',
    'storagemigration.k8s.io/v1beta1',
    other.storageMigration,
  ],
  ['scheduling.k8s.io/v1alpha1', 'Workload', '1.36', 'scheduling.k8s.io/v1alpha2', other.workload],
  [
    'autoscaling.k8s.io/v1beta2',
    'VerticalPodAutoscaler VerticalPodAutoscalerCheckpoint',
    '',
    'autoscaling.k8s.io/v1',
  ],
];

/** What is gone without a successor, and what to do instead. */
const ended: readonly (readonly [
  from: string,
  kinds: string,
  removedIn: string,
  instead: NoteName,
])[] = [
  ['extensions/v1beta1', 'PodSecurityPolicy', '1.16', 'instead-of-psp'],
  ['extensions/v1beta1', 'DeploymentRollback', '1.16', 'instead-of-rollback'],
  ['apps/v1beta1', 'DeploymentRollback', '1.16', 'instead-of-rollback'],
  ['auditregistration.k8s.io/v1alpha1', 'AuditSink', '1.19', 'instead-of-audit-sink'],
  ['settings.k8s.io/v1alpha1', 'PodPreset', '1.20', 'instead-of-preset'],
  ['policy/v1beta1', 'PodSecurityPolicy', '1.25', 'instead-of-psp'],
  ['resource.k8s.io/v1alpha1', claims, '1.27', 'instead-of-resource-class'],
  ['resource.k8s.io/v1alpha1', 'PodScheduling', '1.27', 'instead-of-pod-scheduling'],
  [
    'resource.k8s.io/v1alpha2',
    `${claims} ResourceClaimParameters ResourceClassParameters ResourceSlice`,
    '1.31',
    'instead-of-resource-class',
  ],
  ['resource.k8s.io/v1alpha2', 'PodSchedulingContext', '1.31', 'instead-of-pod-scheduling'],
  ['resource.k8s.io/v1alpha3', 'PodSchedulingContext', '1.32', 'instead-of-pod-scheduling'],
  ['networking.k8s.io/v1alpha1', 'ClusterCIDR', '1.29', 'instead-of-cluster-cidr'],
];

const keyOf = (apiVersion: string, kind: string): string => `${apiVersion} ${kind}`;

const table: ReadonlyMap<string, Conversion> = new Map([
  ...rows.flatMap(([from, kinds, removedIn, to, ...changes]) =>
    kinds.split(' ').map((kind): [string, Conversion] => {
      const key = keyOf(from, kind);
      return [
        key,
        { from, kind, removedIn, to, changes: [...changes, ...(workloadChanges[key] ?? [])] },
      ];
    }),
  ),
  ...ended.flatMap(([from, kinds, removedIn, instead]) =>
    kinds
      .split(' ')
      .map((kind): [string, Conversion] => [
        keyOf(from, kind),
        { from, kind, removedIn, instead, changes: [] },
      ]),
  ),
]);

/** All of them, for tests and for hints. */
export const conversions: readonly Conversion[] = [...table.values()];

/** What became of a version of a kind that is served no more; undefined where it is, or never was. */
export const conversionOf = (apiVersion: string, kind: string): Conversion | undefined =>
  table.get(keyOf(apiVersion, kind));
