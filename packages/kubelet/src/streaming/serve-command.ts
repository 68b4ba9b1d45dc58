import { ApiError, internalError } from '@coxswain/api';
import {
  commandProtocols,
  encodeOutcome,
  encodeOutcomeText,
  isWebSocket,
  type Outcome,
  type Relayed,
  spdyCommandProtocols,
  type StreamOptions,
  type StreamRequest,
  type StreamWire,
} from '@coxswain/api/streaming';
import type { StreamIo } from '../runtime.ts';
import type { CommandClient } from './command-client.ts';
import { agreeOnSpdy, agreeOnWebSocket, type Refusal, spdyHead } from './handshake.ts';
import { spdyClient } from './spdy-client.ts';
import { webSocketClient } from './websocket-client.ts';

const webSocketCommandProtocols = [
  ...[commandProtocols.v5, commandProtocols.v4, 'v4.base64.channel.k8s.io'],
  ...[commandProtocols.v1, 'base64.channel.k8s.io'],
];
/** Upstream's wait for a client to take what was written and to close. */
const leaveMs = 15 * 60_000;

/** Serves exec or attach in this process, to clients of every protocol. `run` gives the exit code. */
export function serveCommand(
  request: Pick<StreamRequest, 'headers'>,
  options: StreamOptions,
  run: (io: StreamIo) => Promise<number>,
  wire: StreamWire,
): Relayed {
  const { headers } = request;
  if (isWebSocket(headers)) {
    const agreed = agreeOnWebSocket(headers, webSocketCommandProtocols);
    if (!('protocol' in agreed)) return refused(agreed);
    return {
      as: 'upgrade',
      async accept(connection) {
        const messages = await wire.acceptWebSocket(connection, headers, agreed.protocol);
        await serve(await webSocketClient(messages, options), run, wire);
      },
    };
  }
  const agreed = agreeOnSpdy(headers, spdyCommandProtocols);
  if (!('protocol' in agreed)) return refused(agreed);
  return {
    as: 'upgrade',
    async accept(connection) {
      await connection.write(spdyHead(agreed.protocol));
      await serve(await spdyClient(connection, agreed.protocol, options, wire), run, wire);
    },
  };
}

async function serve(
  client: CommandClient,
  run: (io: StreamIo) => Promise<number>,
  wire: StreamWire,
): Promise<void> {
  const outcome = await run(client.io).then(
    (code): Outcome => ({ ended: 'exit', code }),
    (error: unknown): Outcome => ({ ended: 'error', error: failure(error) }),
  );
  using _timer = wire.clock.after(leaveMs, () => client.destroy());
  try {
    await client.finish(encodeOutcome(outcome), encodeOutcomeText(outcome));
    // Closing first would let what is still on its way fall.
    await client.gone;
  } catch {
    // The client has gone before it could be told.
  } finally {
    client.destroy();
  }
}

function failure(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return internalError(new Error(`error executing command in container: ${why}`, { cause: error }));
}

/** A refusal as an answer of HTTP. */
export const refused = ({ status, text }: Refusal): Relayed => ({
  as: 'answer',
  status,
  headers: [['Content-Type', 'text/plain; charset=utf-8']],
  body: new TextEncoder().encode(`${text}\n`),
});
