import { request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { Agent as PlainAgent, type RequestOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import { getCACertificates } from 'node:tls';
import type { Carrier, HttpAnswer, OutgoingCall } from '../connection/index.ts';
import { connectionOf } from './duplex.ts';
import { inGo } from './go-errors.ts';
import { answerOf, send } from './http-call.ts';
import { connectionVia, type Via } from './via-proxy.ts';

/** Connections to one place that wait for the next call. */
const idleMax = 25;
/** How long an unused connection is kept. */
const idleMs = 90_000;

let machineRoots: readonly string[] | undefined;
/** Whom this machine believes, beside those that Node knows. */
const roots = (): readonly string[] =>
  (machineRoots ??= [...getCACertificates('default'), ...getCACertificates('system')]);

/** Carries calls to servers outside, over connections that are kept for the next call with the same trust; `via` has one for each. */
export function outgoing(via?: Via): Carrier {
  const kept = { keepAlive: true, maxFreeSockets: idleMax, timeout: idleMs };
  const agents = { https: new Agent(kept), http: new PlainAgent(kept) };
  const carry = async (call: OutgoingCall, isRetry = false): Promise<HttpAnswer> => {
    const reused = { yes: false };
    try {
      return await once(call, agents, reused, via);
    } catch (error) {
      // The other side may close a kept connection just when it is taken up again.
      const may = reused.yes && !isRetry && !call.signal.aborted && isRepeatable(call);
      if (may) return carry(call, true);
      throw error;
    }
  };
  return (call) => carry(call);
}

const isRepeatable = ({ body }: OutgoingCall): boolean =>
  body === undefined || body instanceof Uint8Array;

function once(
  call: OutgoingCall,
  agents: { readonly https: Agent; readonly http: PlainAgent },
  reused: { yes: boolean },
  via: Via | undefined,
): Promise<HttpAnswer> {
  call.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const { url, method, target, headers, trust, body } = call;
    const isHttps = url.protocol === 'https:';
    const place = call.connectTo ?? {
      host: url.hostname.replaceAll(/[[\]]/g, ''),
      port: Number(url.port) || (isHttps ? 443 : 80),
    };
    // An upgraded connection never comes back.
    const keeps = !headers.some(([name]) => name.toLowerCase() === 'upgrade');
    const options = { ...place, method, path: target, headers: headers.flat() };
    const opening = (agent: Agent | PlainAgent): RequestOptions =>
      via ? { createConnection: connectionVia(via, isHttps) } : { agent: keeps && agent };
    const request = isHttps
      ? requestHttps({
          ...options,
          ...opening(agents.https),
          ca: trust.ca === undefined ? [...roots()] : trust.ca,
          ...(trust.cert !== undefined && { cert: trust.cert }),
          ...(trust.key !== undefined && { key: trust.key }),
          ...(trust.serverName !== undefined && { servername: trust.serverName }),
          rejectUnauthorized: trust.insecure !== true,
        })
      : requestHttp({ ...options, ...opening(agents.http) });
    const stop = (): void => void request.destroy(call.signal.reason as Error);
    call.signal.addEventListener('abort', stop, { once: true });
    request.on('close', () => call.signal.removeEventListener('abort', stop));
    request.on('error', (error: NodeJS.ErrnoException) => {
      reused.yes = request.reusedSocket && error.code === 'ECONNRESET';
      reject(inGo(error, place, trust.serverName ?? url.hostname));
    });
    request.on('response', (message) => resolve(answerOf(message)));
    request.on('upgrade', (message, socket, head) =>
      resolve({ ...answerOf(message), upgraded: connectionOf(socket as Duplex, head) }),
    );
    if (body instanceof Uint8Array || body === undefined) request.end(body);
    else void send(request, body);
  });
}
