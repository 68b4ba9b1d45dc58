import type { Node } from '@coxswain/api/types/core-v1';
import { Nodes } from '@coxswain/api';
import type { ConnectWire } from '@coxswain/apiserver/connect';
import type { HttpAnswer, HttpCall, World } from '@coxswain/base';
import { acceptWebSocket, headerCompression } from '@coxswain/base/wire';
import type { Informers } from '@coxswain/client';
import type { Fleet } from '@coxswain/kubelet/fleet';
import { answerInProcess, streamWire } from '@coxswain/kubelet/server';
import { carryIn } from './fetch-call.ts';
import type { VirtualNetwork } from './virtual-network.ts';

const internalAddress = ({ status }: Node): readonly string[] =>
  (status?.addresses ?? []).flatMap(({ type, address }) =>
    type === 'InternalIP' ? [address] : [],
  );

/** The nodes of the cluster by their addresses. */
export interface NodesAt {
  readonly fleet: Fleet;
  readonly informers: Informers;
}

/** The API server's ways to kubelets and pods: none of them leaves this process. `nodes` are there once the server is. */
export function wireTo(world: World, nodes: () => NodesAt, network: VirtualNetwork): ConnectWire {
  const dialKubelet = async (call: HttpCall): Promise<HttpAnswer> => {
    const { fleet, informers } = nodes();
    const host = call.url.hostname;
    const cache = informers.of(Nodes);
    cache.addIndex('internal-address', internalAddress);
    const [found] = cache.by('internal-address', host);
    const node = fleet.node(found?.metadata.name ?? '');
    if (!node || node.health.isCut)
      throw new Error(`dial tcp ${call.url.host}: connect: no route to host`);
    return answerInProcess(call, node.served(streamWire(world.clock)));
  };
  return {
    ...{ clock: world.clock, headerCompression, acceptWebSocket },
    ...{ dialKubelet, dialKubeletUnchecked: dialKubelet },
    dial: (call) => carryIn(network, call),
  };
}
