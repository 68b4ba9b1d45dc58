import { Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Informers } from '@coxswain/client';
import type { RunInNode } from '../run-in-node.ts';
import { serviceView } from '../services.ts';
import { turns } from '../turns.ts';
import { staleUdp } from './conntrack.ts';
import { difference } from './difference.ts';
import { frame, type HostPort, type Ruleset, rulesetOf } from './ruleset.ts';
import { type ServicePort, servicePorts } from './service-ports.ts';

export interface ProxyOptions {
  readonly world: World;
  readonly informers: Informers;
  readonly nodeName: string;
  readonly podRange: string; // of the whole cluster
  readonly runInNode: RunInNode;
  readonly signal: AbortSignal;
  /** Called once, when the rules for what was there at the start are in place. */
  readonly onReady?: () => void;
}

/** The one nftables table of a node's proxy. */
export const proxyTable = 'coxswain-proxy';

/** Forwards packets for Services and host ports on one node until `signal` aborts; the table is then removed. */
export async function runProxy(options: ProxyOptions): Promise<void> {
  const { informers, nodeName, signal, world, runInNode } = options;
  const view = serviceView(informers);
  const pods = informers.of(Pods, { fields: `spec.nodeName=${nodeName}` });
  await Promise.all([view.whenSynced(signal), pods.whenSynced(signal)]);
  const ports = new Map<string, readonly ServicePort[]>();
  const changed = new Set<string>();
  let loaded: Ruleset | undefined;
  let isReady = false;

  const sync = turns('forwarding rules', world, signal, async () => {
    const before = [...ports.values()].flat();
    for (const key of changed) {
      const service = view.service(key);
      if (service) ports.set(key, servicePorts(service, view.slices(key), nodeName));
      else ports.delete(key);
    }
    changed.clear();
    const now = [...ports.values()].flat();
    const next = rulesetOf(now, pods.all().flatMap(hostPortsOf), options.podRange);
    const commands = difference(proxyTable, loaded, next);
    if (loaded === undefined) await load(runInNode, frame(proxyTable) + commands);
    else if (commands !== '')
      await load(runInNode, commands).catch((error: unknown) => {
        loaded = undefined; // what is loaded is not known any more: the next turn starts afresh
        throw error;
      });
    loaded = next;
    for (const args of staleUdp(before, now))
      await runInNode('conntrack', args).catch(nothingToDelete);
    if (!isReady) options.onReady?.();
    isReady = true;
  });
  using _services = view.subscribe((keys) => {
    for (const key of keys) changed.add(key);
    sync.request();
  });
  using _pods = pods.subscribe((changes) => {
    const matters = changes.some(({ now, before }) => hasHostPorts(now) || hasHostPorts(before));
    if (matters) sync.request();
  });
  sync.request();
  await sync.done;
  await runInNode('nft', ['delete', 'table', 'ip', proxyTable]).catch((error: unknown) => {
    world.log.error('forwarding rules not removed', error);
  });
}

const load = async (runInNode: RunInNode, commands: string): Promise<void> => {
  await runInNode('nft', ['-f', '-'], commands);
};

/** conntrack ends with 1 when no flow matched. */
const nothingToDelete = (): string => '';

const hasHostPorts = (pod: Pod | undefined): boolean =>
  pod !== undefined && hostPortsOf(pod).length > 0;

/** Host ports of a pod with an address of its own; pods of the host network listen there themselves. */
function hostPortsOf(pod: Pod): HostPort[] {
  const { spec, status } = pod;
  const address = status?.podIP;
  const hasEnded = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (!address || spec.hostNetwork || hasEnded) return [];
  return [...(spec.initContainers ?? []), ...spec.containers].flatMap((container) =>
    (container.ports ?? [])
      .filter(({ hostPort }) => (hostPort ?? 0) > 0)
      .map((port) => ({
        hostAddress: port.hostIP ?? '',
        hostPort: port.hostPort!,
        protocol: (port.protocol ?? 'TCP').toLowerCase() as HostPort['protocol'],
        podAddress: address,
        podPort: port.containerPort,
      })),
  );
}
