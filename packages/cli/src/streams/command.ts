import { type MessageConnection, messagePair } from '@coxswain/base';
import { WebSocketRefused } from '@coxswain/base/wire';
import {
  callSpdy,
  channels,
  closeChannel,
  commandProtocols,
  decodeMessage,
  decodeOutcome,
  sendOn,
  spdyCommandProtocols,
  spdyConnection,
  type TerminalSize,
  translateCommand,
} from '@coxswain/api/streaming';
import { Exit } from '../command/failure.ts';
import type { Session } from '../session/session.ts';
import { connectWebSocket, spdyPlace, type StreamTarget } from './connect.ts';

/** The near ends of a command's streams; one that is missing is not asked for. */
export interface CommandStreams {
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly stdout?: (chunk: Uint8Array) => Promise<void>;
  readonly stderr?: (chunk: Uint8Array) => Promise<void>;
  /** The terminal's size, each time that it changes: there is one only with a TTY. */
  readonly sizes?: AsyncIterable<TerminalSize>;
}

/**
 * Runs exec or attach to its end, over a websocket of v5, or over SPDY where the server has none.
 * Throws Exit with the remote exit code when that is not 0.
 */
export async function runCommand(
  session: Session,
  target: StreamTarget,
  streams: CommandStreams,
): Promise<void> {
  const messages = await open(session, target, streams);
  const over = new AbortController();
  try {
    void copyIn(messages, streams, over.signal);
    await copyOut(messages, streams);
  } finally {
    over.abort();
    messages.destroy();
  }
}

async function open(
  session: Session,
  target: StreamTarget,
  streams: CommandStreams,
): Promise<MessageConnection> {
  try {
    return await connectWebSocket(session, target, [commandProtocols.v5]);
  } catch (error) {
    if (!(error instanceof WebSocketRefused)) throw error;
    return overSpdy(session, target, streams);
  }
}

/** SPDY, told to us in the messages of v5 by the translator that servers use too. */
async function overSpdy(
  session: Session,
  target: StreamTarget,
  streams: CommandStreams,
): Promise<MessageConnection> {
  const { location, wire } = await spdyPlace(session, target);
  const answer = await callSpdy(wire, location, spdyCommandProtocols, session.signal);
  if (!answer.upgraded) await spdyConnection(answer); // throws what the server says instead
  const [near, far] = messagePair();
  const options = {
    stdin: streams.stdin !== undefined,
    stdout: streams.stdout !== undefined,
    stderr: streams.stderr !== undefined,
    tty: streams.sizes !== undefined,
  };
  const dialled = { ...wire, dial: () => Promise.resolve(answer) };
  translateCommand(far, location, options, dialled, session.signal).catch(() => far.destroy());
  return near;
}

async function copyIn(
  messages: MessageConnection,
  { stdin, sizes }: CommandStreams,
  over: AbortSignal,
): Promise<void> {
  const input = async (): Promise<void> => {
    if (!stdin) return;
    for await (const chunk of stdin) {
      if (over.aborted) return;
      await sendOn(messages, 'v5', channels.stdin, chunk);
    }
    await messages.send(Uint8Array.of(closeChannel, channels.stdin));
  };
  const resizes = async (): Promise<void> => {
    for await (const size of sizes ?? []) {
      if (over.aborted) return;
      const text = new TextEncoder().encode(`${JSON.stringify(size)}\n`);
      await sendOn(messages, 'v5', channels.resize, text);
    }
  };
  // A command that has ended or gone no longer listens; how it ended is told by the other direction.
  await Promise.allSettled([input(), resizes()]);
}

async function copyOut(messages: MessageConnection, streams: CommandStreams): Promise<void> {
  const decoder = new TextDecoder();
  let told = '';
  for await (const message of messages.input) {
    const said = decodeMessage(message, 'v5');
    if (!said || 'closes' in said) continue;
    if (said.channel === channels.stdout) await streams.stdout?.(said.data);
    else if (said.channel === channels.stderr) await streams.stderr?.(said.data);
    else if (said.channel === channels.error) told += decoder.decode(said.data, { stream: true });
  }
  if (told === '')
    throw new Error(
      'error reading from error stream: next reader: websocket: close 1006 (abnormal closure): unexpected EOF',
    );
  const outcome = decodeOutcome(told, true);
  if (outcome.ended === 'error') throw new Error((outcome.error.cause as Error).message);
  if (outcome.code !== 0)
    throw new Exit(outcome.code, `command terminated with exit code ${outcome.code}`);
}
