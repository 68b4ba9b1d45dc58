import { Pods } from '@coxswain/api';
import type { World } from '@coxswain/base';
import { type Informers, keyOf } from '@coxswain/client';
import type { RunInNode } from '../run-in-node.ts';
import { serviceView } from '../services.ts';
import { turns } from '../turns.ts';
import { passBridgedPackets } from './bridged-packets.ts';
import { type Forwarded, nothingForwarded } from './conntrack.ts';
import { ForwardingNode, proxyTable } from './forwarding-node.ts';
import { hostPortsOf } from './host-ports.ts';
import { servicePorts } from './service-ports.ts';

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

/** Forwards packets for Services and host ports on one node until `signal` aborts; the table is then removed. */
export async function runProxy(options: ProxyOptions): Promise<void> {
  const { informers, nodeName, signal, world, runInNode, podRange } = options;
  const view = serviceView(informers);
  const pods = informers.of(Pods, { fields: `spec.nodeName=${nodeName}` });
  await Promise.all([
    view.whenSynced(signal),
    pods.whenSynced(signal),
    passBridgedPackets(runInNode, world.log),
  ]);

  /** What an owner, `service/` or `pod/` and its key, forwards now. */
  const forwardedBy = (owner: string): Forwarded => {
    const key = owner.slice(owner.indexOf('/') + 1);
    if (owner.startsWith('pod/')) {
      const [namespace, name] = key.split('/');
      const pod = pods.get(name!, namespace);
      return pod ? { services: [], hostPorts: hostPortsOf(pod) } : nothingForwarded;
    }
    const service = view.service(key);
    const services = service ? servicePorts(service, view.slices(key), nodeName) : [];
    return { services, hostPorts: [] };
  };

  const node = new ForwardingNode(runInNode, podRange);
  const changed = new Set<string>();
  let isReady = false;
  const sync = turns('forwarding rules', world, signal, async () => {
    const next = new Map([...changed].map((owner) => [owner, forwardedBy(owner)]));
    changed.clear();
    await node.forward(next);
    if (!isReady) options.onReady?.();
    isReady = true;
  });
  using _services = view.subscribe((keys) => {
    for (const key of keys) changed.add(`service/${key}`);
    sync.request();
  });
  using _pods = pods.subscribe((changes) => {
    for (const { now, before } of changes)
      if ([now, before].some((pod) => pod && hostPortsOf(pod).length > 0))
        changed.add(`pod/${keyOf((now ?? before)!)}`);
    if (changed.size > 0) sync.request();
  });
  sync.request();
  await sync.done;
  await runInNode('nft', ['delete', 'table', 'ip', proxyTable]).catch((error: unknown) => {
    world.log.error('forwarding rules not removed', error);
  });
}
