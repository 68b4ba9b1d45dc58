import type { Unit } from '@coxswain/control';
import { certificateSigner } from './certificates/certificates.ts';
import { certificateCleaner } from './certificates/cleaner.ts';
import type { RequestAuthority } from './certificates/signers.ts';
import { clusterRoleAggregation } from './clusterrole-aggregation/clusterrole-aggregation.ts';
import { cronJobController } from './cronjob/cronjob.ts';
import { daemonSetController } from './daemonset/daemonset.ts';
import { deploymentController } from './deployment/deployment.ts';
import { deviceTaintEvictionController } from './device-taint-eviction/device-taint-eviction.ts';
import { disruptionController } from './disruption/disruption.ts';
import { endpointSliceMirroringController } from './endpoint-slice-mirroring/endpoint-slice-mirroring.ts';
import { endpointsController } from './endpoints/endpoints.ts';
import { endpointSliceController } from './endpointslice/endpointslice.ts';
import { ephemeralVolumeController } from './ephemeral-volume/ephemeral-volume.ts';
import { garbageCollector } from './garbage-collector/garbage-collector.ts';
import { jobController } from './job/job.ts';
import {
  kubernetesServiceKeeper,
  type KubernetesServiceOptions,
} from './kubernetes-service/kubernetes-service.ts';
import { namespaceController } from './namespace/namespace.ts';
import { nodeIpamController, type NodeRanges } from './node-ipam/node-ipam.ts';
import { nodeLifecycleController } from './node-lifecycle/node-lifecycle.ts';
import { nodeEvictionController } from './node-lifecycle/zones.ts';
import { claimBinder } from './persistent-volume-binder/claims.ts';
import { volumeBinder } from './persistent-volume-binder/volumes.ts';
import { podGarbageCollector } from './pod-gc/pod-gc.ts';
import { replicaSetController } from './replicaset/replicaset.ts';
import { replicationController } from './replicationcontroller/replicationcontroller.ts';
import { resourceClaimConsumers } from './resource-claim/consumers.ts';
import { resourceClaimController } from './resource-claim/resource-claim.ts';
import { resourceQuotaController } from './resource-quota/resource-quota.ts';
import { rootCaPublisher } from './root-ca/root-ca.ts';
import {
  leakedAddressRepair,
  serviceAddressRepair,
  serviceCIDRController,
} from './service-cidr/index.ts';
import { serviceAccountController } from './serviceaccount/serviceaccount.ts';
import {
  serviceAccountTokenController,
  type SignAccountToken,
} from './service-account-token/service-account-token.ts';
import { statefulSetController } from './statefulset/statefulset.ts';
import { taintEvictionController } from './taint-eviction/taint-eviction.ts';
import { ttlController } from './ttl/ttl.ts';
import { legacyTokenCleaner } from './legacy-token-cleaner/legacy-token-cleaner.ts';
import { ttlAfterFinishedController } from './ttl-after-finished/ttl-after-finished.ts';
import {
  attributesClassProtectionController,
  claimProtectionController,
  volumeProtectionController,
} from './volume-protection/volume-protection.ts';

export type { RequestAuthority } from './certificates/signers.ts';
export type { KubernetesServiceOptions } from './kubernetes-service/kubernetes-service.ts';

/** What the controllers must know of the cluster they work for. What is absent is left out. */
export interface ControllersOptions {
  readonly rootCa?: string | undefined; // PEM, published to every namespace
  /** Pod addresses, split into a range for each node; or the range that a Node's is taken from. */
  readonly clusterCidr?: NodeRanges['clusterCidr'] | undefined;
  readonly nodeMaskBits?: number | undefined;
  readonly kubernetesService?: KubernetesServiceOptions | undefined;
  readonly authority?: RequestAuthority | undefined; // signs certificate requests
  readonly signAccountToken?: SignAccountToken | undefined; // fills the secrets of service accounts
  readonly terminatedPodsMax?: number | undefined;
}

/** What upstream's API server keeps in order by itself: its own Service, and the addresses of all. */
export const serverKeepers = (options: KubernetesServiceOptions): readonly Unit[] => [
  kubernetesServiceKeeper(options),
  serviceAddressRepair,
  leakedAddressRepair,
];

/** Every controller of the control plane, one unit each. */
export const controllers = (options: ControllersOptions): readonly Unit[] => [
  namespaceController,
  serviceAccountController,
  ...(options.signAccountToken
    ? [serviceAccountTokenController(options.signAccountToken, options.rootCa)]
    : []),
  ...(options.rootCa ? [rootCaPublisher(options.rootCa)] : []),
  ...(options.kubernetesService ? serverKeepers(options.kubernetesService) : []),
  serviceCIDRController,
  replicaSetController,
  replicationController,
  deploymentController,
  statefulSetController,
  daemonSetController,
  jobController,
  cronJobController,
  ttlAfterFinishedController,
  legacyTokenCleaner,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  nodeLifecycleController,
  nodeEvictionController,
  taintEvictionController,
  ...(options.clusterCidr
    ? [
        nodeIpamController({
          clusterCidr: options.clusterCidr,
          nodeMaskBits: options.nodeMaskBits ?? 24,
        }),
      ]
    : []),
  ...(options.authority ? [certificateSigner(options.authority)] : []),
  certificateCleaner,
  disruptionController,
  clusterRoleAggregation,
  resourceQuotaController,
  ttlController,
  ephemeralVolumeController,
  resourceClaimController,
  resourceClaimConsumers,
  deviceTaintEvictionController,
  claimBinder,
  volumeBinder,
  claimProtectionController,
  volumeProtectionController,
  attributesClassProtectionController,
  podGarbageCollector(options.terminatedPodsMax),
  garbageCollector,
];
