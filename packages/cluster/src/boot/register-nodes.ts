import { ApiError, Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import { type ClusterContext, nodeNames } from './cluster-context.ts';

/** A kubelet may not give itself a role, so the cluster does. No taint: the only node runs everything. */
const controlPlaneLabels = {
  'node-role.kubernetes.io/control-plane': '',
  'node.kubernetes.io/exclude-from-external-load-balancers': '',
};

/**
 * Makes the Node objects ahead of their kubelets, so that each has its pod range by the time its runtime
 * runs. Those of an earlier start stay as they are.
 */
export async function registerNodes({ loopback, settings, signal }: ClusterContext): Promise<void> {
  const nodes = nodeNames(settings).map((name, at): Node => ({
    metadata: { name, labels: at === 0 ? controlPlaneLabels : {} },
    spec: {},
  }));
  await Promise.all(
    nodes.map((node) =>
      loopback.create(Nodes, node, { signal }).catch((error: unknown) => {
        if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
      }),
    ),
  );
}
