import type { ByteConnection } from '@coxswain/base';
import { resetStatus, SpdySession, type SpdyStream } from '@coxswain/base/spdy';
import {
  commandProtocols,
  streamHeaders,
  type StreamOptions,
  type StreamWire,
} from '@coxswain/api/streaming';
import type { CommandClient } from './command-client.ts';
import { Sizes } from './sizes.ts';

/** Upstream's wait for the client to open its streams. */
const openMs = 30_000;
const { v3, v4 } = commandProtocols;

type StreamName = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize';

/** A client that speaks SPDY, once it has opened the streams of its session. Rejects when it does not in time. */
export async function spdyClient(
  connection: ByteConnection,
  protocol: string,
  options: StreamOptions,
  wire: StreamWire,
): Promise<CommandClient> {
  const awaited = new Set<string>(expected(protocol, options));
  const streams = new Map<string, SpdyStream>();
  const complete = Promise.withResolvers<void>();
  const session = new SpdySession(connection, {
    role: 'server',
    compression: wire.headerCompression(),
    onStream(stream) {
      const type = stream.headers[streamHeaders.type] ?? '';
      if (!awaited.delete(type)) throw new Error(`unexpected stream type: ${JSON.stringify(type)}`);
      streams.set(type, stream);
      if (awaited.size === 0) complete.resolve();
    },
  });
  const late = new Error('timed out waiting for client to create streams');
  using _timer = wire.clock.after(openMs, () => complete.reject(late));
  void session.closed.then(() => complete.reject(new Error('the client has gone')));
  try {
    await complete.promise;
  } catch (error) {
    session.destroy();
    throw error;
  }
  return clientOf(session, (name) => streams.get(name), protocol === v4);
}

function expected(protocol: string, options: StreamOptions): readonly StreamName[] {
  const names: StreamName[] = ['error'];
  if (options.stdin) names.push('stdin');
  if (options.stdout) names.push('stdout');
  if (options.stderr) names.push('stderr');
  if (options.tty && (protocol === v4 || protocol === v3)) names.push('resize');
  return names;
}

function clientOf(
  session: SpdySession,
  stream: (name: StreamName) => SpdyStream | undefined,
  isStatus: boolean,
): CommandClient {
  const gone = new AbortController();
  void session.closed.then(() => gone.abort(new Error('the client has gone')));
  const resizes = new Sizes();
  void readSizes(stream('resize'), resizes);
  return {
    io: {
      stdin: stream('stdin')?.input ?? noInput(),
      stdout: (chunk) => stream('stdout')?.write(chunk) ?? Promise.resolve(),
      stderr: (chunk) => stream('stderr')?.write(chunk) ?? Promise.resolve(),
      resizes,
      signal: gone.signal,
    },
    async finish(status, text) {
      stream('stdin')?.reset(resetStatus.cancel);
      stream('resize')?.reset(resetStatus.cancel);
      await stream('error')!.write(new TextEncoder().encode(isStatus ? status : text));
      await stream('stdout')?.end();
      await stream('stderr')?.end();
      await stream('error')!.end();
    },
    gone: session.closed,
    destroy: () => session.destroy(),
  };
}

async function readSizes(stream: SpdyStream | undefined, sizes: Sizes): Promise<void> {
  if (stream) for await (const chunk of stream.input) sizes.push(chunk);
  sizes.end();
}

async function* noInput(): AsyncGenerator<Uint8Array, void> {}
