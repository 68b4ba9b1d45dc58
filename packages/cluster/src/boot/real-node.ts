import type { Server } from 'node:net';
import { join } from 'node:path';
import { CriRuntime, runKubelet } from '@coxswain/kubelet';
import { runCni, runProxy, runRoutes } from '@coxswain/network';
import { ensureHelloImage, ensureOwnImages } from '../images/store.ts';
import { nodeAddress } from '../nodes/addresses.ts';
import { nodeCgroup, setUpCgroup } from '../nodes/cgroups.ts';
import {
  containerdEnded,
  type ContainerdPlace,
  containerdSocket,
  ensureContainerd,
} from '../nodes/containerd.ts';
import { linkNames } from '../nodes/links.ts';
import { listenInside } from '../nodes/listen-inside.ts';
import { containerdPlace } from '../nodes/tear-down.ts';
import { isRunning, type ProcessId } from '../system/process.ts';
import { kubernetesVersion } from '../version.ts';
import { type ClusterContext, clusterDomain, nodeNames } from './cluster-context.ts';
import * as identities from './identities.ts';
import { kubeletServer } from './kubelet-server.ts';
import { runInNetns } from './run-in-node.ts';
import { kubeletNotes } from './kubelet-notes.ts';
import { dnsAddress } from './service-range.ts';

/** Folder that remembers which images were imported into a containerd. */
const marksOf = (place: ContainerdPlace): string => join(place.root, '..', 'images');

/** The running container runtime of node `number`. It needs the node's links, but not the API server. */
export async function ensureRuntime(
  { paths, plan }: Pick<ClusterContext, 'paths' | 'plan'>,
  number: number,
): Promise<ProcessId> {
  const place = containerdPlace(paths, plan, number);
  const [process] = await Promise.all([
    ensureContainerd(place),
    setUpCgroup(nodeCgroup(paths.id, number)),
  ]);
  await ensureOwnImages(containerdSocket(place), marksOf(place));
  return process;
}

/** Starts node `number` on its container runtime: kubelet, service proxy, pod network. */
export async function startRealNode(
  context: ClusterContext,
  number: number,
  process: ProcessId,
): Promise<void> {
  const { paths, plan, settings, world, signal, keep } = context;
  const nodeName = nodeNames(settings)[number - 1]!;
  const place = containerdPlace(paths, plan, number);
  const cgroupRoot = nodeCgroup(paths.id, number);
  const netns = linkNames(paths.id).netns(number);
  const nodeIp = nodeAddress(plan, number);
  const socket = containerdSocket(place);
  const [handle, runtime] = await Promise.all([
    listenInside(netns, nodeIp, kubeletPort).then((open) => closedAtEnd(open, signal)),
    CriRuntime.connect(world, socket, signal),
  ]);
  startNetwork(context, nodeName, number, place);
  keep(`containerd of ${nodeName}`, () => superviseContainerd(context, place, process));
  const server = kubeletServer({
    ...{ world, nodeName, listen: { handle } },
    serving: context.pki.nodes[nodeName]!.serving,
    clientAuthority: context.pki.ca.certificate,
    folders: { pods: paths.data, images: place.root },
  });
  keep(`kubelet of ${nodeName}`, async () => {
    const client = context.clientAs(identities.node(nodeName), 'kubelet');
    const kubelet = await runKubelet({
      ...{ world, client, runtime, nodeName, cgroupRoot, signal, clusterDomain },
      nodeIp,
      kubeletPort,
      kubeletVersion: kubernetesVersion,
      rootDir: join(paths.data, 'nodes', String(number), 'kubelet'),
      podLogsDir: join(paths.data, 'nodes', String(number), 'logs'),
      clusterDns: dnsAddress(context.serverSettings.serviceRange),
      duties: [server],
      note: kubeletNotes(context.reasons, world),
    });
    await kubelet.done;
  });
  keep(`tour image of ${nodeName}`, () => importHello(context, socket, marksOf(place)));
}

const kubeletPort = 10_250;

/** Also a socket that nobody came to serve on: left open, it would keep this process alive. */
function closedAtEnd(open: Server, signal: AbortSignal): Server {
  if (signal.aborted) open.close();
  else signal.addEventListener('abort', () => open.close(), { once: true });
  return open;
}

function startNetwork(
  { world, paths, plan, informers, signal, keep }: ClusterContext,
  nodeName: string,
  number: number,
  place: ContainerdPlace,
): void {
  const runInNode = runInNetns(linkNames(paths.id).netns(number));
  const shared = { world, informers, nodeName, runInNode, signal };
  keep(`proxy of ${nodeName}`, () => runProxy({ ...shared, podRange: plan.pods }));
  keep(`routes of ${nodeName}`, () => runRoutes(shared));
  keep(`pod network of ${nodeName}`, () =>
    runCni({
      ...{ world, informers, nodeName, signal },
      configDir: place.cniConfig,
      stateDir: join(place.state, 'cni'),
    }),
  );
}

/** Between two looks at a containerd whose connection has closed. */
const endedMs = 100;

/** A containerd that dies is started again; it finds its containers, and the kubelet finds it. */
async function superviseContainerd(
  { world, signal }: ClusterContext,
  place: ContainerdPlace,
  first: ProcessId,
): Promise<void> {
  let running = first;
  while (!signal.aborted) {
    // It also closes connections that say nothing for long: then it still runs, and another is opened.
    await containerdEnded(place, signal);
    // Its connections close a moment before it is gone.
    await world.clock.sleep(endedMs, signal).catch(() => {});
    if (signal.aborted || (await isRunning(running))) continue;
    world.log.warn('containerd ended; starting it again', { node: place.node });
    running = await ensureContainerd(place);
  }
}

/** Once the node is up: nobody waits for it. */
async function importHello(
  { signal }: ClusterContext,
  socket: string,
  marks: string,
): Promise<void> {
  await ensureHelloImage(socket, marks);
  if (!signal.aborted)
    await new Promise((end) => signal.addEventListener('abort', end, { once: true }));
}
