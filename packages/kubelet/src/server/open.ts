import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { connectionOf, room } from '@coxswain/base/wire';
import type { Authenticate, Credentials } from './auth/authenticate.ts';
import { attributesOf } from './auth/attributes.ts';
import type { Authorize } from './auth/authorize.ts';
import { errorText, type KubeletAnswer, type KubeletRequest, textAnswer } from './request.ts';
import { routeOf } from './routes.ts';
import type { ServedNode } from './served-node.ts';

/** PEM of the serving certificate, its key, and the authorities whose client certificates are believed. */
export interface KubeletTls {
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthorities: string;
}

export interface KubeletServerOptions {
  /** An address to listen on, or a handle that listens already, perhaps in another network namespace; undefined: `accept` is given connections. */
  readonly listen:
    | { readonly host: string; readonly port: number }
    | { readonly handle: object }
    | undefined;
  readonly tls: KubeletTls;
  readonly node: ServedNode;
  readonly authenticate: Authenticate;
  readonly authorize: Authorize;
  /** Closes the server. */
  readonly signal: AbortSignal;
}

export interface KubeletServer extends AsyncDisposable {
  readonly address: AddressInfo;
  /** Serves a connection that another listener has taken. */
  accept(socket: Duplex): void;
  /** Serves with another certificate from now on; open connections keep theirs. */
  renew(tls: KubeletTls): void;
}

/** As upstream: how long a connection stays open between requests. */
const keepAliveMs = 90_000;

/** Serves a node's kubelet over TLS: logs, sessions in containers, figures. Every request is authenticated and authorised. */
export async function openKubeletServer(options: KubeletServerOptions): Promise<KubeletServer> {
  const server = createServer({
    ...tlsOptions(options.tls),
    keepAliveTimeout: keepAliveMs,
    requestTimeout: 0,
  });
  const stopping = new AbortController();
  const sockets = new Set<Duplex>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.on('request', (message, response) => void serve(options, message, response));
  server.on('upgrade', (message, socket, head) => void upgrade(options, message, socket, head));
  server.on('clientError', (_, socket) => socket.destroy());
  await listening(server, options.listen);
  const close = async (): Promise<void> => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  options.signal.addEventListener('abort', () => void close(), { once: true });
  return {
    address: server.address() as AddressInfo,
    accept: (socket) => void server.emit('connection', socket),
    renew: (tls) => server.setSecureContext(tlsOptions(tls)),
    [Symbol.asyncDispose]: close,
  };
}

const tlsOptions = ({
  certificate,
  key,
  clientAuthorities,
}: KubeletTls): Readonly<Record<string, unknown>> => ({
  cert: certificate,
  key,
  ca: clientAuthorities || [], // without any, Node would believe the public ones
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: 'TLSv1.2',
});

async function listening(server: Server, on: KubeletServerOptions['listen']): Promise<void> {
  if (!on) return;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if ('handle' in on) server.listen(on.handle, resolve);
    else server.listen(on, resolve);
  });
}

/** The answer to a request, whatever goes wrong on the way. */
async function answer(
  { node, authenticate, authorize }: KubeletServerOptions,
  message: IncomingMessage,
  signal: AbortSignal,
): Promise<KubeletAnswer> {
  const method = message.method ?? 'GET';
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  const headers = message.headers as Record<string, string>;
  try {
    const path = decodeURIComponent(mark < 0 ? target : target.slice(0, mark));
    const user = await authenticate(credentialsOf(message), signal).catch((error: unknown) => {
      node.world.log.named('kubelet').warn('authentication failed', { error: errorText(error) });
    });
    if (!user) return textAnswer(401, 'Unauthorized');
    const attributes = attributesOf(method, path);
    const { verb, subresources } = attributes;
    const who = `user=${user.name}, verb=${verb}, resource=nodes`;
    try {
      if (!(await authorize(user, attributes, signal)))
        return textAnswer(403, `Forbidden (${who}, subresource(s)=[${subresources.join(' ')}])\n`);
    } catch {
      return textAnswer(500, `Authorization error (${who}, subresource=${subresources[0]})`);
    }
    const request: KubeletRequest = {
      ...{ method, path, headers, signal },
      query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
      remoteAddress: message.socket.remoteAddress ?? '',
    };
    const { handle, parts } = routeOf(method, path);
    if (parts.length > 1) await node.attend?.(parts[0]!, parts[1]!);
    return await handle(request, parts, node);
  } catch (error) {
    return textAnswer(error instanceof URIError ? 400 : 500, errorText(error));
  }
}

function credentialsOf(message: IncomingMessage): Credentials {
  const socket = message.socket as TLSSocket;
  const { authorization } = message.headers;
  if (!socket.authorized) return { certificate: undefined, authorization };
  const { subject } = socket.getPeerCertificate();
  const groups = [subject?.O ?? []].flat();
  const name = [subject?.CN ?? ''].flat()[0]!;
  return { certificate: name ? { name, groups } : undefined, authorization };
}

function leaving(socket: Duplex): AbortSignal {
  const gone = new AbortController();
  socket.on('close', () => gone.abort(new Error('the client has left')));
  return gone.signal;
}

async function serve(
  options: KubeletServerOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort(new Error('the client has left')));
  const reply = await answer(options, message, gone.signal);
  if (reply.as === 'upgrade') {
    response.writeHead(400, { 'content-type': 'text/plain' }).end('Upgrade request required\n');
    return;
  }
  response.writeHead(reply.status, reply.headers.flat());
  if (reply.as === 'answer') {
    response.end(reply.body);
    return;
  }
  // A log that is followed has nothing to say yet, but it is there.
  response.flushHeaders();
  try {
    for await (const piece of reply.body) {
      if (response.destroyed) break;
      if (!response.write(piece)) await room(response);
    }
    response.end();
  } catch (error) {
    options.node.world.log.named('kubelet').warn('answer cut off', { error: errorText(error) });
    response.destroy();
  }
}

async function upgrade(
  options: KubeletServerOptions,
  message: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
): Promise<void> {
  const connection = connectionOf(socket, head);
  try {
    const reply = await answer(options, message, leaving(socket));
    if (reply.as === 'upgrade') {
      await reply.accept(connection);
      return;
    }
    const lines = reply.headers
      .filter(([name]) => !/^(connection|content-length|transfer-encoding)$/i.test(name))
      .map(([name, value]) => `${name}: ${value}\r\n`);
    const status = `HTTP/1.1 ${reply.status} \r\n${lines.join('')}Connection: close\r\n\r\n`;
    await connection.write(Buffer.from(status));
    if (reply.as === 'answer') await connection.write(reply.body);
    else for await (const piece of reply.body) await connection.write(piece);
    connection.end();
  } catch (error) {
    options.node.world.log.named('kubelet').debug('session broke off', { error: errorText(error) });
    connection.destroy();
  }
}
