import type { Unit } from '@coxswain/control';
import { deploymentController } from './deployment/deployment.ts';
import { endpointsController } from './endpoints/endpoints.ts';
import { endpointSliceController } from './endpointslice/endpointslice.ts';
import { garbageCollector } from './garbage-collector/garbage-collector.ts';
import { jobController } from './job/job.ts';
import { kubernetesServiceKeeper } from './kubernetes-service/kubernetes-service.ts';
import { namespaceController } from './namespace/namespace.ts';
import { nodeIpamController } from './node-ipam/node-ipam.ts';
import { podGarbageCollector } from './pod-gc/pod-gc.ts';
import { replicaSetController } from './replicaset/replicaset.ts';
import { rootCaPublisher } from './root-ca/root-ca.ts';
import { serviceAccountController } from './serviceaccount/serviceaccount.ts';
import { taintEvictionController } from './taint-eviction/taint-eviction.ts';
import { ttlAfterFinishedController } from './ttl-after-finished/ttl-after-finished.ts';

/** What the list of controllers depends on. */
export interface ControllerSettings {
  readonly clusterCidr: string;
  readonly rootCa?: string | undefined;
  readonly apiServer?: { readonly serviceIp: string; readonly address: string; readonly port: number } | undefined;
}

/** Every controller of the cluster. */
export function controllers(settings: ControllerSettings): readonly Unit[] {
  return [
    namespaceController,
    serviceAccountController,
    ...(settings.rootCa ? [rootCaPublisher(settings.rootCa)] : []),
    ...(settings.apiServer ? [kubernetesServiceKeeper(settings.apiServer)] : []),
    nodeIpamController({ clusterCidr: settings.clusterCidr }),
    replicaSetController,
    deploymentController,
    jobController,
    endpointsController,
    endpointSliceController,
    taintEvictionController,
    garbageCollector,
    podGarbageCollector(),
    ttlAfterFinishedController,
  ];
}
