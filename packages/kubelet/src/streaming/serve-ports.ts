import type { ByteConnection, MessageConnection } from '@coxswain/base';
import { ByteQueue } from '@coxswain/base';
import { resetStatus, SpdySession, type SpdyStream } from '@coxswain/base/spdy';
import {
  decodeMessage,
  formOf,
  isWebSocket,
  portForwardProtocol,
  type Relayed,
  sendOn,
  streamHeaders,
  type StreamRequest,
  type StreamWire,
} from '@coxswain/api/streaming';
import type { ForwardIo } from '../runtime.ts';
import { agreeOnSpdy, agreeOnWebSocket, spdyHead } from './handshake.ts';
import { refused } from './serve-command.ts';

/** Carries one connection to a port of the pod; see `PortTarget`. */
export type Forward = (port: number, io: ForwardIo) => Promise<void>;

/** Which pod it is, for messages, and the ports that a websocket client named. */
export interface PortsOfPod {
  readonly pod: string;
  readonly uid: string;
  readonly ports: readonly number[];
}

const webSocketProtocols = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];
/** Upstream's wait for the second stream of a pair. */
const pairMs = 30_000;
/** How much of a connection is held unread. */
const unreadBytesMax = 1024 * 1024;

/** Serves port forwarding in this process, to clients of SPDY and of websockets with two channels for each port. */
export function servePorts(
  request: Pick<StreamRequest, 'headers'>,
  of: PortsOfPod,
  forward: Forward,
  wire: StreamWire,
): Relayed {
  const { headers } = request;
  if (isWebSocket(headers)) {
    const agreed = agreeOnWebSocket(headers, webSocketProtocols);
    if (!('protocol' in agreed)) return refused(agreed);
    return {
      as: 'upgrade',
      async accept(connection) {
        const messages = await wire.acceptWebSocket(connection, headers, agreed.protocol);
        await serveChannels(messages, of, forward);
      },
    };
  }
  const agreed = agreeOnSpdy(headers, [portForwardProtocol]);
  if (!('protocol' in agreed)) return refused(agreed);
  return {
    as: 'upgrade',
    async accept(connection) {
      await connection.write(spdyHead(agreed.protocol));
      await servePairs(connection, of, forward, wire);
    },
  };
}

interface Pair {
  readonly timer: Disposable;
  data?: SpdyStream;
  error?: SpdyStream;
}

/** Over SPDY each connection is a pair of streams that name one request. */
async function servePairs(
  connection: ByteConnection,
  of: PortsOfPod,
  forward: Forward,
  wire: StreamWire,
): Promise<void> {
  const pairs = new Map<string, Pair>();
  const gone = new AbortController();
  const session = new SpdySession(connection, {
    role: 'server',
    compression: wire.headerCompression(),
    onStream(stream) {
      const { port, type } = addressed(stream);
      const id = requestIdOf(stream, type);
      const pair = pairs.get(id) ?? { timer: wire.clock.after(pairMs, () => drop(id)) };
      pairs.set(id, pair);
      if (pair[type]) throw new Error(`${type} stream already assigned`);
      pair[type] = stream;
      if (!pair.data || !pair.error) return;
      pair.timer[Symbol.dispose]();
      pairs.delete(id);
      void carry(pair.data, pair.error, port, of, forward, gone.signal);
    },
  });
  const drop = (id: string): void => {
    const pair = pairs.get(id);
    pairs.delete(id);
    pair?.data?.reset(resetStatus.cancel);
    pair?.error?.reset(resetStatus.cancel);
  };
  await session.closed;
  for (const { timer } of pairs.values()) timer[Symbol.dispose]();
  gone.abort(new Error('the client has gone'));
}

/** Throws when the stream says of no port or no type that it is for. */
function addressed({ headers }: SpdyStream): { port: number; type: 'data' | 'error' } {
  const port = headers[streamHeaders.port] ?? '';
  const type = headers[streamHeaders.type] ?? '';
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw new Error(`unable to parse ${JSON.stringify(port)} as a port`);
  if (type !== 'data' && type !== 'error')
    throw new Error(`invalid stream type ${JSON.stringify(type)}`);
  return { port: Number(port), type };
}

/** Clients of old name no request: their data stream follows their error stream. */
const requestIdOf = ({ headers, id }: SpdyStream, type: 'data' | 'error'): string =>
  headers[streamHeaders.requestId] || String(type === 'error' ? id : id - 2);

async function carry(
  data: SpdyStream,
  error: SpdyStream,
  port: number,
  of: PortsOfPod,
  forward: Forward,
  signal: AbortSignal,
): Promise<void> {
  try {
    await forward(port, { input: data.input, output: (chunk) => data.write(chunk), signal });
    await data.end();
    await error.end();
  } catch (cause) {
    // A client that has gone hears nothing of it.
    await error.write(new TextEncoder().encode(why(port, of, cause))).catch(() => undefined);
    await error.end().catch(() => undefined);
    data.reset(resetStatus.cancel);
  }
}

const why = (port: number, { pod, uid }: PortsOfPod, cause: unknown): string =>
  `error forwarding port ${port} to pod ${pod}, uid ${uid}: ${cause instanceof Error ? cause.message : String(cause)}`;

/** Over a websocket every port has a channel for data and one for errors, which begin with the port's number. */
async function serveChannels(
  messages: MessageConnection,
  of: PortsOfPod,
  forward: Forward,
): Promise<void> {
  const form = formOf(messages.protocol);
  const gone = new AbortController();
  const inputs = of.ports.map(() => new ByteQueue(unreadBytesMax));
  const served = of.ports.map(async (port, at) => {
    const number = Uint8Array.from([port & 0xff, port >>> 8]);
    const output = (chunk: Uint8Array): Promise<void> => sendOn(messages, form, 2 * at, chunk);
    await output(number);
    await sendOn(messages, form, 2 * at + 1, number);
    try {
      await forward(port, { input: inputs[at]!, output, signal: gone.signal });
    } catch (cause) {
      const text = new TextEncoder().encode(why(port, of, cause));
      await sendOn(messages, form, 2 * at + 1, text);
    }
  });
  const read = async (): Promise<void> => {
    for await (const message of messages.input) {
      const said = decodeMessage(message, form);
      if (said && !('closes' in said) && said.channel % 2 === 0)
        await inputs[said.channel / 2]?.put(said.data);
    }
    for (const input of inputs) input.end();
    gone.abort(new Error('the client has gone'));
  };
  const reading = read();
  await Promise.allSettled(served);
  messages.end();
  await reading;
}
