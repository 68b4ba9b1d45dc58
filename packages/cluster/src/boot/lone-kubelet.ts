import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { issue, type KeyPair } from '@coxswain/apiserver/certificates';
import type { Clock } from '@coxswain/base';
import { createReasons } from '@coxswain/control';
import { CriRuntime, runKubelet } from '@coxswain/kubelet';
import { runSimulatedKubelet } from '@coxswain/kubelet/simulated';
import { Failure } from '../command/verb.ts';
import { kubernetesVersion } from '../version.ts';
import { kubeletNotes } from './kubelet-notes.ts';
import { kubeletServer } from './kubelet-server.ts';
import { podRangeOf } from './pod-range.ts';
import { readPem } from './read-pem.ts';
import { registerNode } from './register-nodes.ts';
import type { ComponentOptions, Remote } from './serve-component.ts';
import { whyOf } from './serve-why.ts';

/** A kubelet alone, with its server: over a container runtime's socket, or simulated without one. */
export async function runLoneKubelet(
  { world, client, informers, ca }: Remote,
  options: ComponentOptions,
  signal: AbortSignal,
): Promise<void> {
  const { nodeIp, runtimeEndpoint, clientCaFile } = options;
  const nodeName = options.nodeName ?? hostname().toLowerCase();
  const root = options.data ?? join(homedir(), '.coxswain', `kubelet-${nodeName}`);
  const clientAuthority =
    clientCaFile === undefined ? ca : await readPem('client-ca-file', clientCaFile);
  const handle = await opened(
    nodeIp,
    options.port ?? (runtimeEndpoint === undefined ? 0 : kubeletPort), // the simulated ones share addresses
  );
  const server = kubeletServer({
    ...{ world, nodeName, listen: { handle }, clientAuthority: clientAuthority ?? '' },
    serving: await servingPair(options, nodeName, world.clock),
    ...(runtimeEndpoint !== undefined && { folders: { pods: root, images: root } }),
  });
  const reasons = createReasons();
  await using _why = await whyOf(options, { world, client, ca }, { reasons });
  const shared = {
    note: kubeletNotes(reasons, world),
    ...{ world, client, nodeName, nodeIp, signal },
    kubeletPort: (handle.address() as AddressInfo).port,
    clusterDns: options.clusterDns,
    clusterDomain: options.clusterDomain,
    kubeletVersion: kubernetesVersion,
    duties: [server],
  };
  if (runtimeEndpoint === undefined) {
    await registerNode(client, nodeName, {}, signal);
    const podCidr = options.podCidr ?? (await podRangeOf(informers, nodeName, signal));
    await runSimulatedKubelet({ ...shared, podCidr }).done;
    return;
  }
  const socket = runtimeEndpoint.replace(/^unix:\/\//, '');
  const runtime = await CriRuntime.connect(world, socket, signal);
  const kubelet = await runKubelet({
    ...{ ...shared, runtime },
    rootDir: join(root, 'kubelet'),
    podLogsDir: join(root, 'logs'),
    cgroupRoot: options.cgroupRoot,
  });
  await kubelet.done;
}

const kubeletPort = 10_250;
/** As upstream, for a certificate that a kubelet makes for itself. */
const servingMs = 365 * 86_400_000;

/** The certificate of the flags, else one of its own making, as upstream's kubelet does. */
async function servingPair(
  { serving, nodeIp }: ComponentOptions,
  nodeName: string,
  clock: Clock,
): Promise<KeyPair> {
  if (serving)
    return {
      certificate: await readPem('tls-cert-file', serving.certificateFile),
      key: await readPem('tls-private-key-file', serving.keyFile),
    };
  return issue({
    ...{ commonName: nodeName, use: 'server', names: [nodeName, nodeIp] },
    notBeforeMs: clock.now(),
    notAfterMs: clock.now() + servingMs,
  });
}

async function opened(host: string, port: number): Promise<Server> {
  const server = createServer().listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Failure(`cannot listen on ${host}:${port}: ${(cause as Error).message}`, {
      cause,
      advice: 'choose another port for the kubelet: --port (0 takes any free one)',
    });
  }
  return server;
}
