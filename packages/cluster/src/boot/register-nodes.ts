import { ApiError, Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { Client } from '@coxswain/client';
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
  await Promise.all(
    nodeNames(settings).map((name, at) =>
      registerNode(loopback, name, at === 0 ? controlPlaneLabels : {}, signal),
    ),
  );
}

/** Makes one Node object, unless it is there. */
export async function registerNode(
  client: Client,
  name: string,
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const node: Node = { metadata: { name, labels }, spec: {} };
  await client.create(Nodes, node, { signal }).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
  });
}
