import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { type Server, type Step, Unreachable } from './wire.ts';

/** What `node:tls` wants to know of `server`. */
export const tlsOptions = (server: Server): ConnectionOptions => ({
  ...(server.ca && { ca: server.ca }),
  ...(server.certificate && { cert: server.certificate }),
  ...(server.key && { key: server.key }),
  ...(server.serverName && { servername: server.serverName }),
  ...(server.insecure && { rejectUnauthorized: false }),
  minVersion: 'TLSv1.2',
});

/** A connection with the handshake done. `alpnProtocol` says what the server speaks. */
export async function dial(
  server: Server,
  signal: AbortSignal,
  {
    protocols = ['h2', 'http/1.1'],
    onStep,
  }: { protocols?: string[]; onStep?: ((step: Step) => void) | undefined } = {},
): Promise<TLSSocket> {
  const { resolve, reject, promise } = Promise.withResolvers<TLSSocket>();
  const { hostname, port } = new URL(server.url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const tunnel = await server.via?.(host, Number(port || 443), signal).catch((error: unknown) => {
    throw new Unreachable(server.url, error);
  });
  const options: ConnectionOptions = {
    ...(tunnel && { socket: tunnel }),
    host,
    port: Number(port || 443),
    ALPNProtocols: protocols,
    ...(/[a-z]/i.test(host) && !host.includes(':') && { servername: host }),
    ...tlsOptions(server),
  };
  let socket: TLSSocket;
  try {
    socket = connect(options);
  } catch (error) {
    throw new Unreachable(server.url, error); // certificates that cannot be read
  }
  if (onStep) {
    socket.once('lookup', (_, address) => onStep({ name: 'lookup', host, address }));
    socket.once('connect', () => onStep({ name: 'connect', address: placeOf(socket) }));
  }
  const stop = (): void => {
    socket.destroy();
    reject(signal.reason);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const failed = (error: Error): void => reject(new Unreachable(server.url, error));
  socket.once('error', failed);
  socket.once('secureConnect', () => {
    signal.removeEventListener('abort', stop);
    socket.off('error', failed);
    onStep?.({ name: 'secure' });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    resolve(socket);
  });
  return promise;
}

const placeOf = ({ remoteAddress = '', remotePort }: TLSSocket): string =>
  `${remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
