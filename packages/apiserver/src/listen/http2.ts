import type { TLSSocket } from 'node:tls';
import { systemClock } from '@coxswain/base';
import type { ApiServer } from '../server.ts';
import { answer } from './answer.ts';
import { Connection } from './http2/connection.ts';
import type { Exchange } from './http2/exchange.ts';
import { stallMs } from './pack.ts';
import { clientHasLeft, type Peer, peerOf } from './request.ts';

/**
 * Who writes and watches on one connection hears of the change before the answer: a client that looks into its cache right
 * after a write finds it there.
 */
const aheadMs = 1;

/** Serves the requests of one connection. */
export function serveHttp2(socket: TLSSocket, server: ApiServer): Connection {
  const { clock, network = clock } = server.engine.world;
  const log = server.engine.world.log.named('listen');
  const peer = peerOf(socket);
  const streams: Streams = { open: 0 };
  return new Connection(socket, {
    clock: network,
    stallMs,
    onExchange(exchange) {
      serve(server, exchange, peer, streams).catch((error: unknown) => {
        log.error('an answer could not be written', error);
        exchange.destroy();
      });
    },
    onFault: (error) => log.error('a connection failed', error),
  });
}

/** Answers of a connection that go on: its watches, mostly. */
interface Streams {
  open: number;
}

async function serve(
  server: ApiServer,
  exchange: Exchange,
  peer: Peer,
  streams: Streams,
): Promise<void> {
  const { head, body } = exchange;
  if (head.headers['expect'] === '100-continue') exchange.respond(100);
  const gone = new AbortController();
  exchange.onGone = () => gone.abort(clientHasLeft);
  const reply = await answer(server, { ...head, peer, signal: gone.signal, body });
  if (streams.open > 0 && head.method !== 'GET') await systemClock.sleep(aheadMs);
  if (exchange.isDone) return;
  if ('as' in reply) {
    exchange.respond(400);
    exchange.end([Buffer.from('Upgrade request required\n')]);
    return;
  }
  const { warnings } = reply;
  const warning = warnings.length > 0 ? { warning: warnings.join(', ') } : {};
  exchange.respond(reply.code, reply.headers, warning, dateOf(server));
  if (reply.code === 304 || head.method === 'HEAD') exchange.end();
  else if (Array.isArray(reply.body)) {
    // Whoever is sent the whole answer has left nothing behind that should end.
    exchange.onGone = undefined;
    exchange.end(reply.body as readonly Uint8Array[]);
  } else
    try {
      streams.open++;
      for await (const pieces of reply.body as AsyncIterable<readonly Uint8Array[]>) {
        exchange.write(pieces);
        await exchange.drained();
        if (exchange.isDone) return;
      }
      exchange.end();
    } catch {
      // What was begun cannot be finished: the client must not take it for whole.
      exchange.destroy();
    } finally {
      streams.open--;
    }
}

let date: { readonly second: number; readonly headers: { readonly date: string } } | undefined;

/** The header `date`, made once a second. */
function dateOf({ engine }: ApiServer): { readonly date: string } {
  const second = Math.floor(engine.world.clock.now() / 1000);
  if (date?.second !== second)
    date = { second, headers: { date: new Date(second * 1000).toUTCString() } };
  return date.headers;
}
