import type {
  ContainerImage,
  Node,
  NodeAddress,
  NodeCondition,
  NodeStatus,
} from '@coxswain/api/types/core-v1';
import type { RuntimeImage } from '../runtime.ts';
import { nodeAllocatable, nodeCapacity } from './resources.ts';
import type { NodeSettings } from './settings.ts';

const imagesMax = 50;
const namesOfImageMax = 5;

/** The node as it registers itself, its status included. */
export function newNode(settings: NodeSettings, status: NodeStatus): Node {
  const { nodeName, podCidr, taints } = settings;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName,
      labels: nodeLabels(settings),
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: {
      ...(podCidr && { podCIDR: podCidr, podCIDRs: [podCidr] }),
      ...(taints.length > 0 && { taints }),
    },
    status,
  };
}

/** What every node says of itself, then what this one is told to. */
export const nodeLabels = ({
  nodeName,
  machine,
  labels,
}: NodeSettings): Record<string, string> => ({
  'beta.kubernetes.io/arch': machine.architecture,
  'beta.kubernetes.io/os': 'linux',
  'kubernetes.io/arch': machine.architecture,
  'kubernetes.io/hostname': nodeName,
  'kubernetes.io/os': 'linux',
  ...labels,
});

/** Everything a node reports. `runtimeVersion` is `containerd://1.7.2`. */
export function nodeStatus(
  settings: NodeSettings,
  runtimeVersion: string,
  images: readonly RuntimeImage[],
  conditions: readonly NodeCondition[],
): NodeStatus {
  const { machine, kubeletVersion, kubeletPort } = settings;
  return {
    capacity: nodeCapacity(settings),
    allocatable: nodeAllocatable(settings),
    conditions,
    addresses: addresses(settings),
    daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    nodeInfo: {
      machineID: machine.machineId,
      systemUUID: machine.systemUuid,
      bootID: machine.bootId,
      kernelVersion: machine.kernelVersion,
      osImage: machine.osImage,
      containerRuntimeVersion: runtimeVersion,
      kubeletVersion,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: machine.architecture,
    },
    images: listedImages(images),
  };
}

const addresses = ({ nodeIps, nodeName }: NodeSettings): readonly NodeAddress[] => [
  ...nodeIps.map((address) => ({ type: 'InternalIP', address })),
  { type: 'Hostname', address: nodeName },
];

/** The images that a node tells of: the largest. */
export const listedImages = (images: readonly RuntimeImage[]): readonly ContainerImage[] =>
  images
    .filter(({ repoTags, repoDigests }) => repoTags.length + repoDigests.length > 0)
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, imagesMax)
    .map(({ repoTags, repoDigests, sizeBytes }) => ({
      names: [...repoDigests, ...repoTags].slice(0, namesOfImageMax),
      sizeBytes,
    }));
