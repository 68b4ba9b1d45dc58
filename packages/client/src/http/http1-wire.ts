import { Agent as PlainAgent, type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { connectionVia } from '@coxswain/base/wire';
import { tlsOptions } from './dial.ts';
import { type Server, Unreachable, type Wire, type WireAnswer } from './wire.ts';

/** Connections kept for reuse. */
const idleSocketsMax = 25;

/** One connection per running request, kept alive between requests. */
export function http1Wire(server: Server): Wire {
  const secure = server.url.startsWith('https:');
  const keep = { keepAlive: true, maxFreeSockets: idleSocketsMax };
  const agent = secure
    ? new TlsAgent({ ...keep, ...tlsOptions(server), ALPNProtocols: ['http/1.1'] })
    : new PlainAgent(keep);
  if (server.via) Object.assign(agent, { createConnection: connectionVia(server.via, secure) });
  return {
    send({ method, target, headers, body, signal }) {
      const { resolve, reject, promise } = Promise.withResolvers<WireAnswer>();
      const send = secure ? tlsRequest : plainRequest;
      const request = send(`${server.url}${target}`, { method, headers, agent, signal });
      request.on('response', (response) => resolve(answerOf(response)));
      request.on('error', (error: NodeJS.ErrnoException) => {
        const isUnsent = error.syscall === 'connect' || error.syscall === 'getaddrinfo';
        const failure = isUnsent ? new Unreachable(server.url, error) : error;
        reject(signal.aborted ? signal.reason : failure);
      });
      request.end(body);
      return promise;
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

const answerOf = (response: IncomingMessage): WireAnswer => ({
  status: response.statusCode ?? 0,
  header: (name) => response.headers[name]?.toString(),
  headers: () =>
    Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const),
  body: response,
});
