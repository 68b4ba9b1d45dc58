import type { ByteConnection } from '@coxswain/base';
import { resetStatus, SpdySession, type SpdyStream } from '@coxswain/base/spdy';
import { headerCompression, WebSocketRefused } from '@coxswain/base/wire';
import {
  callSpdy,
  portForwardProtocol,
  spdyConnection,
  streamHeaders,
  tunnelOf,
  tunnelPrefix,
} from '@coxswain/api/streaming';
import type { Session } from '../session/session.ts';
import { connectWebSocket, spdyPlace, type StreamTarget } from './connect.ts';

/** A connection to a pod's ports: SPDY within a websocket, or bare where the server has none. */
export async function openForward(session: Session, target: StreamTarget): Promise<SpdySession> {
  try {
    const connection = await open(session, target);
    return new SpdySession(connection, { role: 'client', compression: headerCompression() });
  } catch (cause) {
    throw new Error(`error upgrading connection: ${(cause as Error).message}`, { cause });
  }
}

async function open(session: Session, target: StreamTarget): Promise<ByteConnection> {
  try {
    const protocol = `${tunnelPrefix}${portForwardProtocol}`;
    return tunnelOf(await connectWebSocket(session, target, [protocol]));
  } catch (error) {
    if (!(error instanceof WebSocketRefused)) throw error;
  }
  const { location, wire } = await spdyPlace(session, target);
  const answer = await callSpdy(wire, location, [portForwardProtocol], session.signal);
  return (await spdyConnection(answer)).connection;
}

/** One connection to be carried: which port of the pod, and a number that no other of the session has. */
export interface Forwarded {
  readonly local: number;
  readonly remote: number;
  readonly requestId: number;
}

/** Carries a connection to a pod's port until one side ends it. Throws what the pod's side says went wrong. */
export async function carry(
  spdy: SpdySession,
  near: ByteConnection,
  { local, remote, requestId }: Forwarded,
): Promise<void> {
  const headers = {
    [streamHeaders.port]: String(remote),
    [streamHeaders.requestId]: String(requestId),
  };
  try {
    const error = await spdy.open({ ...headers, [streamHeaders.type]: 'error' });
    await error.end();
    const told = textOf(error);
    const data = await spdy.open({ ...headers, [streamHeaders.type]: 'data' });
    const sent = send(near, data);
    // Whatever ends it: the pod has said all, or there is nobody to say it to.
    await Promise.race([receive(data, near), sent.failed]);
    data.reset(resetStatus.cancel);
    const text = await told;
    if (text) {
      // What nobody takes any longer would stand in the way of other connections; kubectl gives the session up as well.
      spdy.destroy();
      throw new Error(`an error occurred forwarding ${local} -> ${remote}: ${text}`);
    }
  } finally {
    near.end();
  }
}

function send(near: ByteConnection, data: SpdyStream): { readonly failed: Promise<void> } {
  const failed = Promise.withResolvers<void>();
  const copy = async (): Promise<void> => {
    for await (const chunk of near.input) await data.write(chunk);
    await data.end();
  };
  copy().catch(() => failed.resolve());
  return { failed: failed.promise };
}

async function receive(data: SpdyStream, near: ByteConnection): Promise<void> {
  try {
    for await (const chunk of data.input) await near.write(chunk);
  } catch {
    // Nobody here reads any further.
  }
}

async function textOf(stream: SpdyStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream.input) text += decoder.decode(chunk, { stream: true });
  return text;
}
