import { createServer as createHttp1, type Server as Http1Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTls, type Server as TlsServer, type TLSSocket } from 'node:tls';
import type { ApiServer } from '../server.ts';
import { serveHttp1 } from './http1.ts';
import type { Connection } from './http2/connection.ts';
import { serveHttp2 } from './http2.ts';
import { type ListenKeys, namedContexts, tlsOptions } from './tls.ts';

export interface ListenOptions extends ListenKeys {
  /** Addresses and ports; port 0 takes any free one, and the first address's on the others. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
}

export interface Listener extends AsyncDisposable {
  readonly addresses: readonly AddressInfo[];
  /** Serves with another certificate from now on; open connections keep theirs. */
  renew(keys: ListenKeys): void;
}

/** How long requests in flight may take to end when the listener closes. */
const drainMs = 5_000;
/** Most bytes of a request's head, long selectors included, as in Go. */
const headBytesMax = 2 ** 20;
/** How long an HTTP/1.1 connection stays open between requests. */
const keepAliveMs = 180_000;

/** Serves `server` over TLS: HTTP/2 and HTTP/1.1 on each address, client certificates welcome. */
export async function listen(server: ApiServer, options: ListenOptions): Promise<Listener> {
  const http1 = createHttp1({ keepAliveTimeout: keepAliveMs, maxHeaderSize: headBytesMax });
  const stopping = new AbortController();
  serveHttp1(http1, server, stopping.signal);
  const connections = new Set<Connection>();
  const servers: TlsServer[] = [];
  let contextOf = namedContexts(options);
  try {
    for (const { host, port } of options.addresses) {
      const tls = createTls({
        ...tlsOptions(options),
        SNICallback: (name, done) => done(null, contextOf(name)),
      });
      tls.on('secureConnection', (socket) => handOver(socket, http1, server, connections));
      servers.push(await listening(tls, host, port || portOf(servers[0])));
    }
  } catch (error) {
    for (const each of servers) each.close(); // one that stayed open would keep the process alive
    throw error;
  }
  return {
    addresses: servers.map((each) => each.address() as AddressInfo),
    renew(next) {
      contextOf = namedContexts(next);
      for (const each of servers) each.setSecureContext(tlsOptions(next));
    },
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error('the server stops'));
      await close(server, servers, http1, connections);
    },
  };
}

const listening = (tls: TlsServer, host: string, port: number): Promise<TlsServer> =>
  new Promise((resolve, reject) => {
    tls.once('error', reject);
    tls.listen({ host, port }, () => resolve(tls));
  });

const portOf = (tls: TlsServer | undefined): number =>
  (tls?.address() as AddressInfo | undefined)?.port ?? 0;

function handOver(
  socket: TLSSocket,
  http1: Http1Server,
  server: ApiServer,
  connections: Set<Connection>,
): void {
  socket.setNoDelay(true);
  // A peer that goes away in the middle of a write is no event of ours.
  socket.on('error', () => socket.destroy());
  if (socket.alpnProtocol !== 'h2') return void http1.emit('connection', socket);
  const connection = serveHttp2(socket, server);
  connections.add(connection);
  socket.on('close', () => connections.delete(connection));
}

/** No new connections; watches end, requests in flight finish, and what is left after that is cut. */
async function close(
  server: ApiServer,
  servers: readonly TlsServer[],
  http1: Http1Server,
  connections: ReadonlySet<Connection>,
): Promise<void> {
  const closed = servers.map((each) => new Promise<void>((resolve) => each.close(() => resolve())));
  server.engine.cache.endWatches();
  for (const connection of connections) connection.close();
  http1.closeIdleConnections();
  const { clock, network = clock } = server.engine.world;
  const late = network.after(drainMs, () => cut(http1, connections));
  await Promise.all(closed);
  late[Symbol.dispose]();
}

function cut(http1: Http1Server, connections: ReadonlySet<Connection>): void {
  for (const connection of connections) connection.destroy();
  http1.closeAllConnections();
}
