export { type IsOff, runtimeConfig } from './runtime-config.ts';
import type { KubeObject } from '@coxswain/api';
import { mutatingAdmissionPolicyBindingKind } from './admissionregistration/mutating-admission-policy-binding.ts';
import { mutatingAdmissionPolicyKind } from './admissionregistration/mutating-admission-policy.ts';
import { mutatingWebhookConfigurationKind } from './admissionregistration/mutating-webhook-configuration.ts';
import { validatingAdmissionPolicyBindingKind } from './admissionregistration/validating-admission-policy-binding.ts';
import { validatingAdmissionPolicyKind } from './admissionregistration/validating-admission-policy.ts';
import { validatingWebhookConfigurationKind } from './admissionregistration/validating-webhook-configuration.ts';
import { customResourceDefinitionKind } from './apiextensions/custom-resource-definition.ts';
import { apiServiceKind } from './apiregistration/api-service.ts';
import { controllerRevisionKind } from './apps/controller-revision.ts';
import { daemonSetKind } from './apps/daemon-set.ts';
import { deploymentKind } from './apps/deployment.ts';
import { replicaSetKind } from './apps/replica-set.ts';
import { statefulSetKind } from './apps/stateful-set.ts';
import { selfSubjectReviewKind } from './authentication/self-subject-review.ts';
import { tokenReviewKind } from './authentication/token-review.ts';
import { localSubjectAccessReviewKind } from './authorization/local-subject-access-review.ts';
import { selfSubjectAccessReviewKind } from './authorization/self-subject-access-review.ts';
import { selfSubjectRulesReviewKind } from './authorization/self-subject-rules-review.ts';
import { subjectAccessReviewKind } from './authorization/subject-access-review.ts';
import { horizontalPodAutoscalerV1Kind } from './autoscaling/horizontal-pod-autoscaler-v1.ts';
import { horizontalPodAutoscalerKind } from './autoscaling/horizontal-pod-autoscaler.ts';
import { cronJobKind } from './batch/cron-job.ts';
import { jobKind } from './batch/job.ts';
import { certificateSigningRequestKind } from './certificates/certificate-signing-request.ts';
import { leaseKind } from './coordination/lease.ts';
import { bindingKind } from './core/binding.ts';
import { componentStatusKind } from './core/component-status.ts';
import { configMapKind } from './core/config-map.ts';
import { endpointsKind } from './core/endpoints.ts';
import { eventKind } from './core/event.ts';
import { limitRangeKind } from './core/limit-range.ts';
import { namespaceKind } from './core/namespace.ts';
import { nodeKind } from './core/node.ts';
import { persistentVolumeClaimKind } from './core/persistent-volume-claim.ts';
import { persistentVolumeKind } from './core/persistent-volume.ts';
import { podTemplateKind } from './core/pod-template.ts';
import { podKind } from './core/pod.ts';
import { replicationControllerKind } from './core/replication-controller.ts';
import { resourceQuotaKind } from './core/resource-quota.ts';
import { secretKind } from './core/secret.ts';
import { serviceAccountKind } from './core/service-account.ts';
import { serviceKind } from './core/service.ts';
import { coverageWarning } from './coverage.ts';
import { endpointSliceKind } from './discovery/endpoint-slice.ts';
import { eventV1Kind } from './events/event.ts';
import { flowSchemaKind } from './flowcontrol/flow-schema.ts';
import { priorityLevelConfigurationKind } from './flowcontrol/priority-level-configuration.ts';
import type { Kind } from './kind.ts';
import { ingressClassKind } from './networking/ingress-class.ts';
import { ingressKind } from './networking/ingress.ts';
import { ipAddressKind } from './networking/ip-address.ts';
import { networkPolicyKind } from './networking/network-policy.ts';
import { serviceCIDRKind } from './networking/service-cidr.ts';
import { runtimeClassKind } from './node/runtime-class.ts';
import { podDisruptionBudgetKind } from './policy/pod-disruption-budget.ts';
import { clusterRoleBindingKind } from './rbac/cluster-role-binding.ts';
import { clusterRoleKind } from './rbac/cluster-role.ts';
import { roleBindingKind } from './rbac/role-binding.ts';
import { roleKind } from './rbac/role.ts';
import { deviceClassKind } from './resource/device-class.ts';
import { resourceClaimTemplateKind } from './resource/resource-claim-template.ts';
import { resourceClaimKind } from './resource/resource-claim.ts';
import { resourceSliceKind } from './resource/resource-slice.ts';
import { priorityClassKind } from './scheduling/priority-class.ts';
import { droppingDisabled } from './rules/disabled-fields.ts';
import { metadataChecksOf } from './metadata-checks.ts';
import { csiDriverKind } from './storage/csi-driver.ts';
import { csiNodeKind } from './storage/csi-node.ts';
import { csiStorageCapacityKind } from './storage/csi-storage-capacity.ts';
import { storageClassKind } from './storage/storage-class.ts';
import { volumeAttachmentKind } from './storage/volume-attachment.ts';
import { volumeAttributesClassKind } from './storage/volume-attributes-class.ts';

/** A kind seen without its own type: each is only ever handed objects of its own resource. */
function kind<T extends KubeObject>(declared: Kind<T>): Kind {
  const given = droppingDisabled(declared);
  const { validate, validateUpdate } = given;
  const complete: Kind<T> = {
    ...given,
    metadataChecks: metadataChecksOf(given.resource),
    *warnings(object, before, context) {
      const missing = before ? undefined : coverageWarning(given.resource);
      if (missing) yield missing;
      if (given.warnings) yield* given.warnings(object, before, context);
    },
    *validateUpdate(next, before, context) {
      if (validateUpdate) yield* validateUpdate(next, before, context);
      else if (validate) yield* validate(next, context);
    },
  };
  return complete as unknown as Kind;
}

/** The kinds of Kubernetes v1.36, groups in the order of discovery. */
export const builtInKinds: readonly Kind[] = [
  ...[kind(bindingKind), kind(componentStatusKind), kind(configMapKind), kind(endpointsKind)],
  ...[kind(eventKind), kind(limitRangeKind), kind(namespaceKind), kind(nodeKind)],
  ...[kind(persistentVolumeClaimKind), kind(persistentVolumeKind), kind(podKind)],
  ...[kind(podTemplateKind), kind(replicationControllerKind), kind(resourceQuotaKind)],
  ...[kind(secretKind), kind(serviceAccountKind), kind(serviceKind)],
  kind(apiServiceKind),
  ...[kind(controllerRevisionKind), kind(daemonSetKind), kind(deploymentKind)],
  ...[kind(replicaSetKind), kind(statefulSetKind)],
  kind(eventV1Kind),
  ...[kind(selfSubjectReviewKind), kind(tokenReviewKind)],
  ...[kind(localSubjectAccessReviewKind), kind(selfSubjectAccessReviewKind)],
  ...[kind(selfSubjectRulesReviewKind), kind(subjectAccessReviewKind)],
  ...[kind(horizontalPodAutoscalerKind), kind(horizontalPodAutoscalerV1Kind)],
  ...[kind(cronJobKind), kind(jobKind)],
  kind(certificateSigningRequestKind),
  ...[kind(ingressClassKind), kind(ingressKind), kind(ipAddressKind)],
  ...[kind(networkPolicyKind), kind(serviceCIDRKind)],
  kind(podDisruptionBudgetKind),
  ...[kind(clusterRoleBindingKind), kind(clusterRoleKind), kind(roleBindingKind), kind(roleKind)],
  ...[kind(csiDriverKind), kind(csiNodeKind), kind(csiStorageCapacityKind)],
  ...[kind(storageClassKind), kind(volumeAttachmentKind), kind(volumeAttributesClassKind)],
  ...[kind(mutatingAdmissionPolicyKind), kind(mutatingAdmissionPolicyBindingKind)],
  ...[kind(mutatingWebhookConfigurationKind), kind(validatingAdmissionPolicyKind)],
  ...[kind(validatingAdmissionPolicyBindingKind), kind(validatingWebhookConfigurationKind)],
  kind(customResourceDefinitionKind),
  kind(priorityClassKind),
  kind(leaseKind),
  kind(runtimeClassKind),
  kind(endpointSliceKind),
  ...[kind(deviceClassKind), kind(resourceClaimKind)],
  ...[kind(resourceClaimTemplateKind), kind(resourceSliceKind)],
  ...[kind(flowSchemaKind), kind(priorityLevelConfigurationKind)],
];
