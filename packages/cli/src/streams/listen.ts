import { createServer, isIPv4, isIPv6, type Server, type Socket } from 'node:net';
import { connectionOf } from '@coxswain/base/wire';
import type { ByteConnection } from '@coxswain/base';

/** An address to listen at; one that comes of `localhost` may be missing where another of them is not. */
interface ListenAddress {
  readonly address: string;
  readonly isOneOfSeveral: boolean;
}

/** What `--address` means, in order. Throws for what is no address. */
export function listenAddresses(given: readonly string[]): readonly ListenAddress[] {
  if (given.length === 0) throw new Error('you must specify at least 1 address');
  const found = new Map<string, ListenAddress>();
  for (const each of given) {
    if (each !== 'localhost' && !isIPv4(each) && !isIPv6(each))
      throw new Error(`${each} is not a valid IP`);
    const isOneOfSeveral = each === 'localhost';
    for (const address of isOneOfSeveral ? ['127.0.0.1', '::1'] : [each])
      if (!isOneOfSeveral || !found.has(address)) found.set(address, { address, isOneOfSeveral });
  }
  return [...found.values()].toSorted((a, b) => (a.address < b.address ? -1 : 1));
}

/** An address with its port as Go joins them. */
export const hostAndPort = (address: string, port: number): string =>
  `${isIPv6(address) ? `[${address}]` : address}:${port}`;

const wordsOf: Readonly<Record<string, string>> = {
  EADDRINUSE: 'bind: address already in use',
  EACCES: 'bind: permission denied',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
};

/** A failure to listen, in Go's words. */
export const listenFailure = (network: string, place: string, error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return `listen ${network} ${place}: ${wordsOf[code] ?? message}`;
};

/** A place where connections are taken. */
export interface Listener extends Disposable {
  readonly port: number;
}

export function listenAt(
  address: string,
  port: number,
  accept: (connection: ByteConnection) => void,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    accept(connectionOf(socket, new Uint8Array(0)));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve({
        port: (server.address() as { port: number }).port,
        [Symbol.dispose]() {
          server.close();
          for (const socket of sockets) socket.destroy();
        },
      });
    });
  });
}
