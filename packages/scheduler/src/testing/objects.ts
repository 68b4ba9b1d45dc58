import type {
  Container,
  Node,
  NodeSpec,
  Pod,
  PodSpec,
  PodStatus,
} from '@coxswain/api/types/core-v1';
import { nothingAround, type Scene, type Surroundings } from '../framework/plugin.ts';
import { NodeInfo } from '../nodes/node-info.ts';
import { countImage } from '../nodes/cluster-nodes.ts';
import { groupsOf } from '../nodes/pod-groups.ts';

/** A node with 4 CPUs, 8 GiB and room for 110 pods, unless told otherwise. */
export function node(
  name: string,
  {
    labels,
    allocatable,
    ...spec
  }: NodeSpec & {
    readonly labels?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
  } = {},
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable } },
  };
}

/** A container that requests what is given. */
export const container = (
  requests: Readonly<Record<string, string>> = {},
  more: Partial<Container> = {},
): Container => ({ name: 'c', image: 'i', ...more, resources: { requests } });

/** A pod with one container that requests nothing, unless told otherwise. */
export const pod = (name: string, spec: Partial<PodSpec> = {}, status?: PodStatus): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: `uid-${name}` },
  spec: { containers: [container()], ...spec },
  ...(status && { status }),
});

export const asking = (name: string, requests: Record<string, string>): Pod =>
  pod(name, { containers: [container(requests)] });

/** A pod that wants these ports of its host: `8080`, `8080/UDP`, `1.2.3.4:8080`. */
export const withPorts = (name: string, ...ports: readonly string[]): Pod =>
  pod(name, {
    containers: [
      {
        ...container(),
        ports: ports.map((text) => {
          const [, hostIP, port, protocol] = /^(?:([\d.]+):)?(\d+)(?:\/(\w+))?$/.exec(text)!;
          return {
            containerPort: 80,
            hostPort: Number(port),
            ...(hostIP && { hostIP }),
            ...(protocol && { protocol }),
          };
        }),
      },
    ],
  });

/** A node as the scheduler sees it, with pods on it. */
export function infoOf(of: Node, ...pods: readonly Pod[]): NodeInfo {
  const info = new NodeInfo(of);
  for (const one of pods) info.addPod(one);
  return info;
}

/** A cluster of these nodes, with nothing else around. */
export const sceneOf = (...infos: readonly NodeInfo[]): Scene => sceneWith(nothingAround, ...infos);

export const sceneWith = (around: Surroundings, ...infos: readonly NodeInfo[]): Scene => ({
  nodes: new Map(infos.map((info) => [info.name, info])),
  around,
  imageOn: (image) => countImage(infos, image),
  groups: () => groupsOf(infos),
});
