import type { Carrier, HttpAnswer, HttpCall, OutgoingCall, Work } from '@coxswain/base';
import { outgoing } from '@coxswain/base/wire';
import { countedCarrier } from '../boot/counted-carrier.ts';
import type { FetchRequest } from './process.ts';
import type { VirtualNetwork } from './virtual-network.ts';

const portsOf: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Asks whoever answers in the virtual network, as `fetch` does. Certificates are nobody's concern there. */
export async function fetchIn(
  network: VirtualNetwork,
  url: string,
  namespace: string,
  request: FetchRequest = {},
): Promise<Response> {
  const { hostname, port, protocol } = new URL(url);
  const handler = network.find(hostname, Number(port) || portsOf[protocol]!, namespace);
  return handler(new Request(url, request));
}

/** A call to a pod or a node's port, as the API server makes it for `proxy`. */
export async function carryIn(network: VirtualNetwork, call: HttpCall): Promise<HttpAnswer> {
  const body = call.body && (await textOf(call.body));
  const host = call.url.hostname.replace(/^\[|\]$/g, '');
  const handler = network.find(host, Number(call.url.port) || portsOf[call.url.protocol]!, '');
  const headers = call.headers.filter(
    ([name]) => !/^(connection|host|transfer-encoding)$/i.test(name),
  );
  const wanted = { method: call.method, headers: headers.map(([name, value]) => [name, value]) };
  const answer = handler(
    new Request(new URL(call.target, call.url), {
      ...wanted,
      headers: wanted.headers as [string, string][],
      ...(body !== undefined && !/^(GET|HEAD)$/.test(call.method) && { body }),
    }),
  );
  const response = await unless(call.signal, answer);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return {
    ...{ status: response.status, statusText: response.statusText },
    headers: [...response.headers],
    body: one(bytes),
  };
}

/** The answer, unless the caller gives up before: a handler may take for ever. */
function unless<T>(signal: AbortSignal, answer: T | Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  Promise.resolve(answer).then(resolve, reject);
  return promise.finally(() => signal.removeEventListener('abort', stop));
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** Calls to servers outside the API server, webhooks above all: in the virtual network where it knows them, else over the machine's. */
export function outgoingIn(network: VirtualNetwork, work: Work): Carrier {
  let real: Carrier | undefined; // few clusters ever ask the machine's network
  return (call: OutgoingCall) => {
    const { hostname } = call.url;
    if (!network.knows(hostname, '')) return (real ??= countedCarrier(outgoing(), work))(call);
    const body = call.body instanceof Uint8Array ? one(call.body) : call.body;
    return carryIn(network, { ...call, body });
  };
}
