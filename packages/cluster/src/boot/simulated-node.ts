import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { directClient } from '@coxswain/client/direct';
import { runSimulatedKubelet } from '@coxswain/kubelet/simulated';
import { coxswainVersion, kubernetesVersion } from '../version.ts';
import { type ClusterContext, nodeNames } from './cluster-context.ts';
import * as identities from './identities.ts';
import { kubeletServer } from './kubelet-server.ts';
import { podRangeOf } from './pod-range.ts';

/** Starts node `number` with simulated containers: no process, no network, but all that the API shows of both. */
export async function startSimulatedNode(context: ClusterContext, number: number): Promise<void> {
  const { settings, world, informers, signal, keep, server } = context;
  const nodeName = nodeNames(settings)[number - 1]!;
  const podCidr = await podRangeOf(informers, nodeName, signal);
  const client = directClient(server.handle, {
    user: identities.node(nodeName),
    agent: `coxswain/${coxswainVersion}/kubelet`,
  });
  // All simulated nodes have one address, so each kubelet takes a port of its own.
  const handle = createServer().listen(0, '127.0.0.1');
  await once(handle, 'listening');
  const { port } = handle.address() as AddressInfo;
  const serving = kubeletServer({
    ...{ world, nodeName, listen: { handle } },
    serving: context.pki.nodes[nodeName]!.serving,
    clientAuthority: context.pki.ca.certificate,
  });
  keep(`kubelet of ${nodeName}`, async () => {
    const kubelet = runSimulatedKubelet({
      ...{ world, client, nodeName, podCidr, signal },
      nodeIp: '127.0.0.1',
      kubeletPort: port,
      duties: [serving],
      kubeletVersion: kubernetesVersion,
    });
    await kubelet.done;
  });
}
