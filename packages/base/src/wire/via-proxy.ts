import { type ClientRequestArgs, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { inGo } from './go-errors.ts';

/** Opens a way for bytes to a place that is not reached directly. */
export type Via = (host: string, port: number, signal?: AbortSignal) => Promise<Duplex>;

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'socks5:': 1080,
  'socks5h:': 1080,
};

/** The way through a proxy: a tunnel of an HTTP proxy (`http:`, `https:`), or SOCKS version 5 (`socks5:`), names resolved there. */
export function viaProxy(proxy: URL): Via {
  const place = {
    host: proxy.hostname.replaceAll(/[[\]]/g, ''),
    port: Number(proxy.port) || defaultPorts[proxy.protocol]!,
  };
  const [name, password] = [proxy.username, proxy.password].map(decodeURIComponent);
  if (proxy.protocol.startsWith('socks5'))
    return (host, port, signal) => viaSocks(place, name!, password!, { host, port }, signal);
  return (host, port, signal) => {
    const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const { resolve, reject, promise } = Promise.withResolvers<Duplex>();
    const request = (proxy.protocol === 'https:' ? requestHttps : requestHttp)({
      ...{ ...place, method: 'CONNECT', path: target, agent: false, signal },
      headers: {
        host: target,
        ...(name && { 'proxy-authorization': `Basic ${btoa(`${name}:${password}`)}` }),
      },
    });
    request.on('connect', (answer, socket, head) => {
      if (answer.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        return resolve(socket);
      }
      socket.destroy();
      reject(new Error(answer.statusMessage || `unknown status code ${answer.statusCode}`));
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const { message } = inGo(error, place, place.host);
      reject(Object.assign(new Error(`proxyconnect tcp: ${message}`), { code: refused(error) }));
    });
    request.end();
    return promise;
  };
}

/** Who was refused is looked at by its code; all else is told as it is worded here. */
const refused = ({ code }: NodeJS.ErrnoException): string | undefined =>
  code === 'ECONNREFUSED' ? code : undefined;

interface Place {
  readonly host: string;
  readonly port: number;
}

const version = 5;
const replies = [
  ...['', 'general SOCKS server failure', 'connection not allowed by ruleset'],
  ...['network unreachable', 'host unreachable', 'connection refused', 'TTL expired'],
  ...['command not supported', 'address type not supported'],
];

/** RFC 1928, and 1929 where there is a name. */
async function viaSocks(
  proxy: Place,
  name: string,
  password: string,
  { host, port }: Place,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  const socket = connectTcp({ ...proxy, noDelay: true });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const stop = (): void => failed.reject(signal!.reason);
  const fail = (error: Error): void => failed.reject(error);
  const end = (): void => failed.reject(new Error('EOF'));
  signal?.addEventListener('abort', stop, { once: true });
  socket.on('error', fail).on('end', end);
  let got = Buffer.alloc(0);
  let wake = (): void => {};
  const take = (piece: Buffer): void => {
    got = Buffer.concat([got, piece]);
    wake();
  };
  socket.on('data', take);
  const read = async (count: number): Promise<Buffer> => {
    while (got.length < count)
      await Promise.race([new Promise<void>((resolve) => (wake = resolve)), failed.promise]);
    const bytes = got.subarray(0, count);
    got = got.subarray(count);
    return bytes;
  };
  const text = (value: string): readonly number[] => {
    const bytes = Buffer.from(value);
    return [bytes.length, ...bytes];
  };
  try {
    signal?.throwIfAborted();
    socket.write(Buffer.from(name ? [version, 2, 0, 2] : [version, 1, 0]));
    const method = (await read(2))[1]!;
    if (method === 0xff) throw new Error('no acceptable authentication methods');
    if (method === 2) {
      socket.write(Buffer.from([1, ...text(name), ...text(password)]));
      if ((await read(2))[1] !== 0) throw new Error('username/password authentication failed');
    }
    const address = isIP(host) === 4 ? [1, ...host.split('.').map(Number)] : [3, ...text(host)];
    socket.write(Buffer.from([version, 1, 0, ...address, port >> 8, port & 0xff]));
    const [, reply, , kind] = await read(4);
    if (reply !== 0) throw new Error(`unknown error ${replies[reply!] ?? `code: ${reply}`}`);
    await read((kind === 1 ? 4 : kind === 4 ? 16 : (await read(1))[0]!) + 2);
    socket.off('error', fail).off('end', end).off('data', take);
    if (got.length > 0) socket.unshift(got);
    // Whoever listens next starts the flow, as on a socket that is new.
    return Object.assign(socket, { readableFlowing: null }) as Socket;
  } catch (error) {
    socket.destroy();
    if (signal?.aborted) throw signal.reason;
    const { message } = inGo(error as NodeJS.ErrnoException, proxy, proxy.host);
    const way = `socks connect tcp ${proxy.host}:${proxy.port}->${host}:${port}`;
    throw Object.assign(new Error(`${way}: ${message}`, { cause: error }), {
      code: refused(error as NodeJS.ErrnoException),
    });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

type CreateConnection = NonNullable<ClientRequestArgs['createConnection']>;

/** What Node's HTTP takes to open connections `via` something else; `isTls` says whether the place itself speaks TLS. */
export const connectionVia =
  (via: Via, isTls: boolean): CreateConnection =>
  (options, done) => {
    const host = options.host!;
    via(host, Number(options.port)).then(
      (socket) => {
        const { path: _, ...tls } = options as ConnectionOptions;
        const named = tls.servername || isIP(host) ? {} : { servername: host };
        done(null, isTls ? connectTls({ ...tls, ...named, socket }) : socket);
      },
      (error: Error) => done(error, undefined as never),
    );
    return undefined;
  };
