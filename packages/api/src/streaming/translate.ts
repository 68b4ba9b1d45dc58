import type { MessageConnection } from '@coxswain/base';
import { SpdySession, type SpdyStream } from '@coxswain/base/spdy';
import { ApiError, internalError } from '../status/index.ts';
import { decodeMessage, sendOn } from './channel-codec.ts';
import {
  channels,
  commandProtocols,
  spdyCommandProtocols,
  streamHeaders,
  type StreamOptions,
} from './names.ts';
import { decodeOutcome, encodeOutcome, type Outcome } from './outcome.ts';
import { callSpdy, spdyConnection, type StreamLocation } from './spdy-call.ts';
import type { StreamWire } from './wire.ts';

/** Upstream's period of pings towards the kubelet, so that nothing in between takes a quiet session for a dead one; ours towards the client. */
const pingMs = 5_000;
/** Longest Status that is read from an error stream. */
const outcomeBytesMax = 1024 * 1024;
/** Go's SPDY spreads frames over so many queues, of 50 each; a ping goes to the next one in turn, behind what is in it. */
const queues = 5;
/** Frames of input between two looks at whether they are taken; half of what may be on the way, far less than a queue. */
const inputFrames = 12;
const inputBytesMax = 64 * 1024;
const nothing = new Uint8Array(0);

interface RemoteStreams {
  readonly error: SpdyStream;
  readonly stdin: SpdyStream | undefined;
  readonly stdout: SpdyStream | undefined;
  readonly stderr: SpdyStream | undefined;
  readonly resize: SpdyStream | undefined;
}

/**
 * Serves exec or attach to a websocket client of v5 from a streaming server that speaks SPDY. How it ended, and every
 * error, goes to the client on its error channel.
 */
export async function translateCommand(
  messages: MessageConnection,
  location: StreamLocation,
  options: StreamOptions,
  wire: StreamWire,
  signal: AbortSignal,
): Promise<void> {
  // An empty message tells the client that the connection stands.
  await sendOn(messages, 'v5', quietChannel(options), nothing);
  const outcome = await runRemote(messages, location, options, wire, signal).catch(
    (error: unknown): Outcome => ({
      ended: 'error',
      error: error instanceof ApiError ? error : internalError(error),
    }),
  );
  const why =
    outcome.ended === 'exit' ? `command terminated with exit code ${outcome.code}` : undefined;
  const status = new TextEncoder().encode(encodeOutcome(outcome, why));
  await sendOn(messages, 'v5', channels.error, status);
  messages.end();
}

const quietChannel = ({ stdout, stderr }: StreamOptions): number =>
  channels[stdout ? 'stdout' : stderr ? 'stderr' : 'error'];

async function runRemote(
  messages: MessageConnection,
  location: StreamLocation,
  options: StreamOptions,
  wire: StreamWire,
  signal: AbortSignal,
): Promise<Outcome> {
  const answer = await callSpdy(wire, location, spdyCommandProtocols, signal);
  const { connection, protocol } = await spdyConnection(answer);
  const session = new SpdySession(connection, {
    role: 'client',
    compression: wire.headerCompression(),
  });
  const done = new AbortController();
  const quiet = new AbortController();
  void keepSpeaking(wire, quiet.signal, () => session.ping());
  try {
    const streams = await openStreams(session, options, protocol);
    // When the client has left, so must the command's streams.
    const left = (): void => {
      if (!done.signal.aborted) session.destroy();
    };
    void takeInput(messages, streams, pacer(session), done.signal).finally(left);
    // A client that is gone while its input waits is noticed by this alone.
    void keepSpeaking(wire, done.signal, () =>
      sendOn(messages, 'v5', quietChannel(options), nothing),
    ).finally(left);
    const [text] = await Promise.all([
      // A server that has told the end may close at once: nothing must reach it then, or what it sent is lost.
      textOf(streams.error).finally(() => quiet.abort()),
      copyOut(streams.stdout, messages, channels.stdout),
      copyOut(streams.stderr, messages, channels.stderr),
    ]);
    if (text === '' && session.isClosed && protocol === commandProtocols.v4)
      throw new Error('error reading from error stream: connection closed');
    return decodeOutcome(text, protocol === commandProtocols.v4);
  } finally {
    done.abort();
    quiet.abort();
    // A goodbye would wait behind input that nobody takes any longer.
    session.destroy();
  }
}

async function openStreams(
  session: SpdySession,
  options: StreamOptions,
  protocol: string,
): Promise<RemoteStreams> {
  const open = (type: string, isWanted: boolean): Promise<SpdyStream> | undefined =>
    isWanted ? session.open({ [streamHeaders.type]: type }) : undefined;
  const resizes = protocol === commandProtocols.v4 || protocol === commandProtocols.v3;
  // One after another, in upstream's order.
  const error = await open('error', true)!;
  const stdin = await open('stdin', options.stdin);
  const stdout = await open('stdout', options.stdout);
  const stderr = await open('stderr', options.stderr && !options.tty);
  const resize = await open('resize', options.tty && resizes);
  return { error, stdin, stdout, stderr, resize };
}

/** Resolves when the client has left. What comes after the end falls, so that the client's own goodbye is read. */
async function takeInput(
  messages: MessageConnection,
  streams: RemoteStreams,
  pace: () => Promise<void>,
  done: AbortSignal,
): Promise<void> {
  const isDone = new Promise<void>((resolve) =>
    done.addEventListener('abort', () => resolve(), { once: true }),
  );
  const targets: readonly (SpdyStream | undefined)[] = [
    ...[streams.stdin, undefined, undefined],
    ...[undefined, streams.resize],
  ];
  for await (const message of messages.input) {
    const said = decodeMessage(message, 'v5');
    if (!said) continue;
    const target = targets['closes' in said ? said.closes : said.channel];
    // A stream that the command no longer reads is no reason to end the session.
    const taken = 'closes' in said ? target?.end() : target && write(target, said.data, pace);
    await Promise.race([taken?.catch(() => undefined), isDone]);
  }
}

async function write(
  target: SpdyStream,
  data: Uint8Array,
  pace: () => Promise<void>,
): Promise<void> {
  for (let at = 0; at < data.length; at += inputBytesMax) {
    await target.write(data.subarray(at, at + inputBytesMax));
    await pace();
  }
}

/**
 * Waits, every so many frames, until the server has handled those before. One without windows would else leave in its
 * connection what a command does not read, and closing over that lets the command's last output fall, and how it ended.
 */
function pacer(session: SpdySession): () => Promise<void> {
  let frames = 0;
  let handled: Promise<unknown> = Promise.resolve();
  return async () => {
    if (++frames < inputFrames) return;
    frames = 0;
    const before = handled;
    handled = Promise.all(Array.from({ length: queues }, () => session.ping()));
    handled.catch(() => {}); // then writing fails as well
    await before;
  };
}

async function copyOut(
  stream: SpdyStream | undefined,
  messages: MessageConnection,
  channel: number,
): Promise<void> {
  if (!stream) return;
  for await (const chunk of stream.input) await sendOn(messages, 'v5', channel, chunk);
}

async function textOf(stream: SpdyStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream.input) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > outcomeBytesMax) break;
  }
  return text;
}

/** Speaks every so often, until it cannot or need not any longer. */
async function keepSpeaking(
  { clock }: StreamWire,
  signal: AbortSignal,
  speak: () => unknown,
): Promise<void> {
  try {
    for (;;) {
      await clock.sleep(pingMs, signal);
      await speak();
    }
  } catch {
    // The other side has left, or the session is over.
  }
}
