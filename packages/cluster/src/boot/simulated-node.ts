import { directClient } from '@coxswain/client/direct';
import { runSimulatedKubelet } from '@coxswain/kubelet/simulated';
import { coxswainVersion, kubernetesVersion } from '../version.ts';
import { type ClusterContext, nodeNames } from './cluster-context.ts';
import * as identities from './identities.ts';
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
  keep(`kubelet of ${nodeName}`, async () => {
    const kubelet = runSimulatedKubelet({
      ...{ world, client, nodeName, podCidr, signal },
      nodeIp: '127.0.0.1',
      kubeletVersion: kubernetesVersion,
    });
    await kubelet.done;
  });
}
