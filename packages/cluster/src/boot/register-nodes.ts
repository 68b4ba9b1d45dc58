import { ApiError, Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { Client } from '@coxswain/client';
import { simulatedNode } from '@coxswain/kubelet/fleet';
import { kubernetesVersion } from '../version.ts';
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
export async function registerNodes(
  { loopback, settings, world, signal }: ClusterContext,
  kubeletPort: number,
): Promise<void> {
  const isReal = settings.runtime === 'containerd';
  await Promise.all(
    nodeNames(settings).map((name, at) => {
      const labels = at === 0 ? controlPlaneLabels : {};
      if (isReal) return registerNode(loopback, name, labels, signal);
      const nodeIp = `127.63.${at >>> 8}.${(at & 255) + 1}`;
      const wanted = { name, labels, nodeIp, kubeletPort, kubeletVersion: kubernetesVersion };
      return made(loopback, simulatedNode({ ...wanted, capacity }, world), signal);
    }),
  );
}

/** Of the nodes that stand in for real ones. */
const capacity = { cpu: '8', memory: '32Gi', 'ephemeral-storage': '100Gi' };

/** Makes one Node object, unless it is there. */
export async function registerNode(
  client: Client,
  name: string,
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  await made(client, { metadata: { name, labels }, spec: {} }, signal);
}

async function made(client: Client, node: Node, signal: AbortSignal): Promise<void> {
  await client.create(Nodes, node, { signal }).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
  });
}
