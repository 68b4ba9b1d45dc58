import { createReasons, runUnits } from '@coxswain/control';
import type { Client } from '@coxswain/client';
import { Nodes } from '@coxswain/api';
import { type Fleet, isSimulated, startFleet } from '@coxswain/kubelet/fleet';
import { type ClusterContext, clusterDomain } from '../boot/cluster-context.ts';
import * as identities from '../boot/identities.ts';
import { kubeletNotes } from '../boot/kubelet-notes.ts';
import { dnsAddress } from '../boot/service-range.ts';
import { kubernetesVersion } from '../version.ts';
import { KubeletFront } from './kubelet-front.ts';
import { nodeGroupController } from './node-group-controller.ts';
import { Definitions, isEstablished } from './node-group.ts';
import type { Stage } from './stages/stage.ts';
import { runStages } from './stages/stage-runner.ts';

/** Opens the socket of all simulated kubelets and starts what runs simulated Nodes and keeps NodeGroups; gives the socket's port. */
export async function runFleet(
  context: ClusterContext,
  stages: readonly Stage[] = [],
): Promise<number> {
  const { world, informers, clientAs, serverSettings, signal, keep, pki } = context;
  let fleet: Fleet | undefined;
  const clientOf = (nodeName: string): Client => clientAs(identities.node(nodeName), 'kubelet');
  const byAddress = new Map<string, string>();
  const seen = informers.of(Nodes).subscribe((changes) => {
    for (const { now, before } of changes)
      for (const { address } of (now ?? before)?.status?.addresses ?? [])
        if (now && isSimulated(now)) byAddress.set(address, now.metadata.name);
        else if (byAddress.get(address) === before?.metadata.name) byAddress.delete(address);
  });
  const nodeAt = (address: string) => fleet?.node(byAddress.get(address) ?? '');
  const front = await KubeletFront.open({ world, ca: pki.ca, clientOf, nodeAt, signal });
  const { port: kubeletPort } = front;
  const isStaged = (kind: Stage['kind']): boolean => stages.some((stage) => stage.kind === kind);
  const others = { nodes: isStaged('Node'), pods: isStaged('Pod') };
  const shared = { world, informers, clientOf, signal };
  keep('simulated nodes', async () => {
    await using running = startFleet({
      ...{ ...shared, kubeletPort, clusterDomain },
      ...{ kubeletVersion: kubernetesVersion, others },
      note: kubeletNotes(context.reasons, world),
      clusterDns: dnsAddress(serverSettings.serviceRange),
    });
    fleet = running;
    await running.done;
  });
  if (stages.length > 0)
    keep('stages', () => runStages({ ...shared, kubeletPort, version: kubernetesVersion, stages }));
  keep('kubelets of simulated nodes', async () => {
    await ended(signal);
    seen[Symbol.dispose]();
    await front[Symbol.asyncDispose]();
  });
  keep('node groups', async () => {
    const established = Promise.withResolvers<void>();
    using _definitions = informers.of(Definitions).subscribe((changes) => {
      if (changes.some(({ now }) => now && isEstablished(now))) established.resolve();
    });
    await Promise.race([established.promise, ended(signal)]);
    if (signal.aborted) return;
    const controller = nodeGroupController({
      ...{ kubeletVersion: kubernetesVersion, kubeletPort, isUntold: others.nodes },
    });
    const own = (name: string): Client => clientAs(identities.loopback, name);
    const units = { world, informers, reasons: createReasons(), clientOf: own };
    await runUnits([controller], units, signal);
  });
  return kubeletPort;
}

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
