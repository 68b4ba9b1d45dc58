import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { SpdySession } from '@coxswain/base/spdy';
import { headerCompression, httpCall, messagesOf } from '@coxswain/base/wire';
import type { ByteConnection, MessageConnection } from '@coxswain/base';
import { type Stage, namespace } from './stage.ts';

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
export const bytes = (text: string): Uint8Array => Buffer.from(text);

export const podPath = (pod: string, rest: string): string =>
  `/api/v1/namespaces/${namespace}/pods/${pod}/${rest}`;

/** A websocket to the API server as the administrator; throws what it answered instead. */
export async function openWebSocket(
  stage: Pick<Stage, 'pki' | 'port'>,
  path: string,
  protocols: readonly string[],
): Promise<MessageConnection> {
  const { ca, admin } = stage.pki;
  const socket = new WebSocket(`wss://127.0.0.1:${stage.port}${path}`, [...protocols], {
    ...{ ca: ca.certificate, cert: admin.certificate, key: admin.key, perMessageDeflate: false },
  });
  const refused = once(socket, 'unexpected-response').then(async ([, answer]) => {
    let body = '';
    for await (const chunk of answer as IncomingMessage) body += String(chunk);
    throw new Error(`${(answer as IncomingMessage).statusCode}: ${body}`);
  });
  refused.catch(() => {});
  const messages = messagesOf(socket);
  await Promise.race([once(socket, 'open'), refused]);
  return { ...messages, protocol: socket.protocol };
}

/** A SPDY session with the API server as the administrator. */
export async function openSpdy(
  stage: Pick<Stage, 'pki' | 'port'>,
  path: string,
  protocols: readonly string[],
): Promise<{ session: SpdySession; protocol: string; connection: ByteConnection }> {
  const url = new URL(`https://127.0.0.1:${stage.port}`);
  const { ca, admin } = stage.pki;
  const answer = await httpCall(
    {
      ...{ method: 'POST', url, target: path, signal: new AbortController().signal },
      headers: [
        ['Host', url.host],
        ['Connection', 'Upgrade'],
        ['Upgrade', 'SPDY/3.1'],
        ...protocols.map((each) => ['X-Stream-Protocol-Version', each] as const),
      ],
    },
    { ca: ca.certificate, cert: admin.certificate, key: admin.key },
  );
  if (!answer.upgraded) {
    let body = '';
    for await (const chunk of answer.body) body += text(chunk);
    throw new Error(`${answer.status}: ${body}`);
  }
  const protocol = answer.headers.find(([name]) => /^x-stream-protocol/i.test(name))?.[1] ?? '';
  const session = new SpdySession(answer.upgraded, {
    role: 'client',
    compression: headerCompression(),
  });
  return { session, protocol, connection: answer.upgraded };
}

/** A websocket of the tunnelling protocol, whose name is none for `ws`: its messages' bytes as one connection. */
export async function openTunnel(
  stage: Pick<Stage, 'pki' | 'port'>,
  path: string,
): Promise<ByteConnection> {
  const protocol = 'SPDY/3.1+portforward.k8s.io';
  const url = new URL(`https://127.0.0.1:${stage.port}`);
  const { ca, admin } = stage.pki;
  const answer = await httpCall(
    {
      ...{ method: 'GET', url, target: path, signal: new AbortController().signal },
      headers: [
        ['Host', url.host],
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13'],
        ['Sec-WebSocket-Key', Buffer.alloc(16, 1).toString('base64')],
        ['Sec-WebSocket-Protocol', protocol],
      ],
    },
    { ca: ca.certificate, cert: admin.certificate, key: admin.key },
  );
  const said = answer.headers.find(([name]) => /^sec-websocket-protocol$/i.test(name))?.[1];
  if (!answer.upgraded || said !== protocol) throw new Error(`${answer.status}: ${said}`);
  const { head, input, write, end, destroy } = answer.upgraded;
  return {
    head: new Uint8Array(0),
    input: unframed(head, input),
    write: (bytes) => write(framed(bytes)),
    ...{ end, destroy },
  };
}

/** A binary message with a mask of zeroes. */
function framed(bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(14);
  head.writeUInt16BE(0x82ff, 0);
  head.writeBigUInt64BE(BigInt(bytes.length), 2);
  return Buffer.concat([head, bytes]);
}

async function* unframed(
  head: Uint8Array,
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let held = Buffer.from(head);
  for await (const chunk of input) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 2) {
      const short = held[1]!;
      const start = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (held.length < start) break;
      const length =
        short < 126
          ? short
          : short === 126
            ? held.readUInt16BE(2)
            : Number(held.readBigUInt64BE(2));
      if (held.length < start + length) break;
      if (held[0] === 0x88) return;
      yield held.subarray(start, start + length);
      held = held.subarray(start + length);
    }
  }
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** A plain request to the API server as the administrator. */
export async function ask(
  stage: Pick<Stage, 'pki' | 'port'>,
  method: string,
  target: string,
  more: {
    readonly headers?: readonly (readonly [string, string])[];
    readonly body?: AsyncIterable<Uint8Array>;
  } = {},
): Promise<Answered> {
  const url = new URL(`https://127.0.0.1:${stage.port}`);
  const { ca, admin } = stage.pki;
  const { signal } = new AbortController();
  const headers = [['Host', url.host] as const, ...(more.headers ?? [])];
  const answer = await httpCall(
    { method, url, target, headers, body: more.body, signal },
    { ca: ca.certificate, cert: admin.certificate, key: admin.key },
  );
  let body = '';
  for await (const chunk of answer.body) body += text(chunk);
  const gathered: Record<string, string | readonly string[]> = {};
  for (const [name, value] of answer.headers) {
    const key = name.toLowerCase();
    gathered[key] = key in gathered ? [gathered[key]!, value].flat() : value;
  }
  return { status: answer.status, headers: gathered, body };
}
