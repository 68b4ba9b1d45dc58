import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { issue, type KeyPair } from '@coxswain/apiserver/certificates';
import { systemClock, type World } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import type { FleetNode } from '@coxswain/kubelet/fleet';
import {
  delegatedAuthentication,
  delegatedAuthorization,
  type KubeletServer,
  openKubeletServer,
  streamWire,
} from '@coxswain/kubelet/server';

const dayMs = 24 * 60 * 60 * 1000;
/** Kubelets whose servers are kept open; the one longest unused makes room. */
const serversMax = 64;

export interface FrontParts {
  readonly world: World;
  /** Signs the kubelets' certificates, and vouches for their callers. */
  readonly ca: KeyPair;
  readonly clientOf: (nodeName: string) => Client;
  /** The node at that address. */
  readonly nodeAt: (address: string) => FleetNode | undefined;
  readonly signal: AbortSignal;
}

/**
 * Serves every kubelet of a fleet by one socket: a connection is for the node whose loopback address it was made to. A node's
 * server, with a certificate of its own, is opened by its first caller.
 */
export class KubeletFront implements AsyncDisposable {
  readonly #parts: FrontParts;
  readonly #socket: Server;
  readonly #servers = new Map<string, Promise<KubeletServer>>();

  private constructor(parts: FrontParts, socket: Server) {
    this.#parts = parts;
    this.#socket = socket;
    socket.on('connection', (connection) => void this.#accept(connection));
  }

  static async open(parts: FrontParts, port = 0): Promise<KubeletFront> {
    // All of 127.0.0.0/8 is this machine's, but only one address can be listened on, or all.
    const socket = createServer().listen(port, '0.0.0.0');
    await once(socket, 'listening');
    return new KubeletFront(parts, socket);
  }

  get port(): number {
    return (this.#socket.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    for (const server of this.#servers.values()) await (await server)[Symbol.asyncDispose]();
  }

  async #accept(connection: Socket): Promise<void> {
    const address = connection.localAddress ?? '';
    const node = address.startsWith('127.') ? this.#parts.nodeAt(address) : undefined;
    if (!node || node.health.isCut) return void connection.destroy();
    try {
      (await this.#serverOf(node, address)).accept(connection);
    } catch (error) {
      this.#parts.world.log.error('kubelet not served', error, { node: node.name });
      connection.destroy();
    }
  }

  #serverOf(node: FleetNode, address: string): Promise<KubeletServer> {
    const found = this.#servers.get(node.uid);
    this.#servers.delete(node.uid);
    const server = found ?? this.#open(node, address);
    this.#servers.set(node.uid, server);
    const [oldest] = this.#servers;
    if (this.#servers.size > serversMax && oldest) {
      this.#servers.delete(oldest[0]);
      void oldest[1].then((old) => old[Symbol.asyncDispose]());
    }
    return server;
  }

  #open(node: FleetNode, address: string): Promise<KubeletServer> {
    const { world, ca, clientOf, signal } = this.#parts;
    const client = clientOf(node.name);
    const nowMs = systemClock.now(); // its callers check by the machine's
    const pair = issue(
      {
        ...{ commonName: `system:node:${node.name}`, organizations: ['system:nodes'] },
        ...{ use: 'server', names: [node.name, address] },
        ...{ notBeforeMs: nowMs - dayMs, notAfterMs: nowMs + 365 * dayMs },
      },
      ca,
    );
    return openKubeletServer({
      listen: undefined,
      tls: { ...pair, clientAuthorities: ca.certificate },
      authenticate: delegatedAuthentication(client, world),
      authorize: delegatedAuthorization(client, node.name, world),
      node: node.served(streamWire(world.clock)),
      signal,
    });
  }
}
