import { uuid, type World } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import type { Taint } from '@coxswain/api/types/core-v1';
import { type Kubelet, type KubeletParts, startKubelet } from '../kubelet.ts';
import type { NodeMachine } from '../node/settings.ts';
import { simulatedChecks, simulatedHost, simulatedReferences } from './simulated-host.ts';
import { SimulatedRuntime } from './simulated-runtime.ts';

export { exitCodeAnnotation, runsForAnnotation } from './behaviour.ts';
export { fieldText } from '../pods/field-ref.ts';
export { type Kubelet, type KubeletParts, startKubelet } from '../kubelet.ts';
export type { Program, ProgramStart, RunProgram } from './program.ts';
export type { SimulatedRun } from './simulated-exec.ts';
export { simulatedChecks, simulatedHost, simulatedReferences } from './simulated-host.ts';
export { SimulatedRuntime } from './simulated-runtime.ts';

/** A node that runs nothing. */
export interface SimulatedNode {
  readonly world: World;
  readonly client: Client;
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly podCidr: string;
  readonly kubeletVersion: string;
  readonly clusterDns?: string | undefined;
  readonly clusterDomain?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly Taint[] | undefined;
  readonly podsMax?: number | undefined;
  readonly kubeletPort?: number | undefined;
  readonly machine?: Partial<NodeMachine> | undefined;
  readonly duties?: KubeletParts['duties'];
  readonly note?: KubeletParts['note'];
  readonly signal: AbortSignal;
}

/** Starts the kubelet of a simulated node, on the world's clock alone; needs no machine, so it runs in a browser too. */
export function runSimulatedKubelet(node: SimulatedNode): Kubelet {
  const { world, signal, nodeName } = node;
  const machine: NodeMachine = {
    ...{ architecture: 'amd64', cpus: 8, memoryBytes: 32 * 2 ** 30, storageBytes: 100 * 2 ** 30 },
    ...{ machineId: uuid(world.random).replaceAll('-', ''), systemUuid: uuid(world.random) },
    ...{
      bootId: uuid(world.random),
      kernelVersion: 'simulated',
      osImage: 'Coxswain simulated node',
    },
    ...node.machine,
  };
  return startKubelet(
    {
      ...{ world, client: node.client, nodeName, nodeIps: [node.nodeIp], machine },
      kubeletVersion: node.kubeletVersion,
      labels: node.labels ?? {},
      taints: node.taints ?? [],
      podCidr: node.podCidr,
      podsMax: node.podsMax ?? 110,
      kubeletPort: node.kubeletPort ?? 10_250,
      runtime: new SimulatedRuntime(world, node.podCidr),
      ...{ host: simulatedHost, checks: simulatedChecks, references: simulatedReferences },
      clusterDns: node.clusterDns ? [node.clusterDns] : [],
      clusterDomain: node.clusterDomain ?? 'cluster.local',
      hasServiceLinks: false,
      duties: node.duties,
      note: node.note,
    },
    signal,
  );
}
