import { Nodes, Pods } from '@coxswain/api';
import type { World } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import { simulatedNode } from '@coxswain/kubelet/fleet';
import { kubernetesVersion } from '../version.ts';
import type { NodesWanted, NodeWanted } from './options.ts';

/** The mark of the node that would be the control plane's, as `cox up` sets it. */
const firstLabels = { 'node-role.kubernetes.io/control-plane': '' };

/** Makes Nodes, each from its number, name or description; those without a name are `node-1`, `node-2` ... */
export async function addNodes(
  wanted: NodesWanted,
  already: number,
  { client, world, signal }: { client: Client; world: World; signal: AbortSignal },
): Promise<readonly string[]> {
  const each = typeof wanted === 'number' ? Array.from({ length: wanted }, () => ({})) : wanted;
  const nodes = each.map((one: NodeWanted | string, at) => {
    const described = typeof one === 'string' ? { name: one } : one;
    const number = already + at + 1;
    const name = `node-${number}`;
    const labels = { ...(number === 1 && firstLabels), ...described.labels };
    const made = { name, ...described, labels, kubeletVersion: kubernetesVersion };
    return simulatedNode({ nodeIp: `172.31.${number >> 8}.${number & 255}`, ...made }, world);
  });
  await Promise.all(nodes.map((node) => client.create(Nodes, node, { signal })));
  return nodes.map(({ metadata }) => metadata.name);
}

const faultAnnotation = 'simulated.coxswain.dev/fault';

/** Asks for a fault by the annotation that simulated nodes heed, or takes it back. */
export async function setFault(
  client: Client,
  kind: 'Node' | 'Pod',
  name: string,
  fault: string | undefined,
  at: { readonly namespace: string; readonly signal: AbortSignal },
): Promise<void> {
  const patch = { metadata: { annotations: { [faultAnnotation]: fault ?? null } } };
  if (kind === 'Node') await client.patch(Nodes, name, 'merge', patch, { signal: at.signal });
  else await client.patch(Pods, name, 'merge', patch, at);
}
