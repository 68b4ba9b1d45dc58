import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { CriRuntime, runKubelet } from '@coxswain/kubelet';
import { runSimulatedKubelet } from '@coxswain/kubelet/simulated';
import { kubernetesVersion } from '../version.ts';
import { podRangeOf } from './pod-range.ts';
import { registerNode } from './register-nodes.ts';
import type { ComponentOptions, Remote } from './serve-component.ts';

/** A kubelet alone: over a container runtime's socket, or simulated without one. */
export async function runLoneKubelet(
  { world, client, informers }: Remote,
  options: ComponentOptions,
  signal: AbortSignal,
): Promise<void> {
  const nodeName = options.nodeName ?? hostname().toLowerCase();
  const shared = {
    ...{ world, client, nodeName, signal },
    nodeIp: options.nodeIp,
    clusterDns: options.clusterDns,
    clusterDomain: options.clusterDomain,
    kubeletVersion: kubernetesVersion,
  };
  if (options.runtimeEndpoint === undefined) {
    await registerNode(client, nodeName, {}, signal);
    const podCidr = options.podCidr ?? (await podRangeOf(informers, nodeName, signal));
    await runSimulatedKubelet({ ...shared, podCidr }).done;
    return;
  }
  const root = options.data ?? join(homedir(), '.coxswain', `kubelet-${nodeName}`);
  const socket = options.runtimeEndpoint.replace(/^unix:\/\//, '');
  const runtime = await CriRuntime.connect(world, socket, signal);
  const kubelet = await runKubelet({
    ...{ ...shared, runtime },
    rootDir: join(root, 'kubelet'),
    podLogsDir: join(root, 'logs'),
    cgroupRoot: options.cgroupRoot,
  });
  await kubelet.done;
}
