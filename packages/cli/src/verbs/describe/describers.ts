import { certificateSigningRequest } from './certificate-signing-request.ts';
import { configMap, secret, serviceAccount } from './configuration.ts';
import type { Describer } from './describer.ts';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import {
  limitRange,
  namespace,
  podDisruptionBudget,
  priorityClass,
  resourceQuota,
} from './limits.ts';
import { networkPolicy } from './network-policy.ts';
import {
  endpoints,
  endpointSlice,
  ingress,
  ingressClass,
  ipAddress,
  service,
  serviceCidr,
} from './network.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { rbac } from './rbac.ts';
import {
  csiNode,
  persistentVolume,
  persistentVolumeClaim,
  storageClass,
  volumeAttributesClass,
} from './storage.ts';
import {
  cronJob,
  daemonSet,
  deployment,
  job,
  replicaSet,
  replicationController,
  statefulSet,
} from './workloads.ts';

/** Every kind that is described by more than its fields. */
const describers: readonly Describer[] = [
  ...[pod, replicationController, replicaSet, deployment, daemonSet, statefulSet, job, cronJob],
  ...[secret, configMap, serviceAccount, node, namespace, limitRange, resourceQuota],
  ...[service, endpoints, endpointSlice, ingress, ingressClass, serviceCidr, ipAddress],
  ...[persistentVolume, persistentVolumeClaim, storageClass, volumeAttributesClass, csiNode],
  ...[networkPolicy, podDisruptionBudget, priorityClass, horizontalPodAutoscaler],
  ...[certificateSigningRequest, ...rbac],
];

/** The describer of a kind; undefined for kinds of which nothing is known. */
export const describerOf = (of: {
  readonly group: string;
  readonly kind: string;
}): Describer | undefined =>
  describers.find(({ resource: { group, kind } }) => group === of.group && kind === of.kind);
