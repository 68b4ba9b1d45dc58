import type { Node, NodeCondition, ResourceList, Taint } from '@coxswain/api/types/core-v1';
import { type Clock, uuid } from '@coxswain/base';
import { nodeConditions } from '../node/conditions.ts';
import { newNode, nodeStatus } from '../node/status.ts';
import { healthOf } from './node-faults.ts';

/** Marks a Node that a fleet runs the kubelet of. */
export const simulatedLabel = 'coxswain.dev/simulated';
/** KWOK's mark of the same: its users' Nodes are run too. */
const kwokAnnotation = 'kwok.x-k8s.io/node';

/** A Node that shall be simulated; amounts as Kubernetes writes them. */
export interface SimulatedNodeWanted {
  readonly name: string;
  readonly kubeletVersion: string;
  /** What nothing is said of is as `capacityDefault`. */
  readonly capacity?: ResourceList | undefined;
  /** Kept from pods: taken off the capacity. */
  readonly reserved?: ResourceList | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly Taint[] | undefined;
  readonly architecture?: string | undefined;
  readonly nodeIp?: string | undefined;
  readonly kubeletPort?: number | undefined;
  /** Nothing is said of how it does: someone else tells that. */
  readonly isUntold?: boolean | undefined;
}

export const capacityDefault: ResourceList = {
  cpu: '32',
  'ephemeral-storage': '1Ti',
  memory: '256Gi',
  pods: '110',
};

export const isSimulated = ({ metadata: { labels, annotations } }: Node): boolean =>
  labels?.[simulatedLabel] !== undefined || annotations?.[kwokAnnotation] !== undefined;

/** The version of the simulated runtime, as Nodes name it. */
export const runtimeVersion = 'simulated://1.0.0';

/** Conditions of a node on which all is well. */
export function wellConditions(
  before: readonly NodeCondition[],
  nowMs: number,
): readonly NodeCondition[] {
  const { runtime, pressure } = healthOf({ metadata: { name: '' } });
  return nodeConditions(runtime, pressure, before, nowMs);
}

/** The Node as its kubelet registers it: Ready, marked for a fleet. Creating it in the API is all that starting one takes. */
export function simulatedNode(
  wanted: SimulatedNodeWanted,
  { clock, random }: { readonly clock: Pick<Clock, 'now'>; readonly random: () => number },
): Node {
  const { name, kubeletVersion, architecture = 'amd64', nodeIp, kubeletPort = 10_250 } = wanted;
  const settings = {
    nodeName: name,
    nodeIps: nodeIp === undefined ? [] : [nodeIp],
    machine: {
      ...{ architecture, cpus: 0, memoryBytes: 0, storageBytes: 0 },
      ...{ machineId: uuid(random).replaceAll('-', ''), systemUuid: uuid(random) },
      ...{ bootId: uuid(random), kernelVersion: 'simulated', osImage: 'Coxswain simulated node' },
    },
    ...{ kubeletVersion, kubeletPort, podsMax: 0 },
    labels: { ...wanted.labels, [simulatedLabel]: 'true' },
    taints: wanted.taints ?? [],
    extended: { ...capacityDefault, ...wanted.capacity },
    reserved: wanted.reserved,
  };
  const conditions = wanted.isUntold ? [] : wellConditions([], clock.now());
  const status = nodeStatus(settings, runtimeVersion, [], conditions);
  const node = newNode(settings, status);
  const annotations = { ...node.metadata.annotations, ...wanted.annotations };
  return { ...node, metadata: { ...node.metadata, annotations } };
}
