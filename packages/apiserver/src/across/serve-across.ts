import {
  across,
  type AnswersAcross,
  ApiError,
  type CallAcross,
  type Caller,
  type CallsAcross,
  internalError,
  type ThreadPort,
} from '@coxswain/api';
import type { Next, RequestBody } from '../chain/station.ts';
import { requestOf } from '../direct/index.ts';
import { inPieces } from './in-pieces.ts';

/** Bytes that the other thread has not taken yet; watches wait while there are more. */
const untakenBytesMax = 32 * 2 ** 20;
/** Calls that are begun before the store and the other thread get their turn. */
const callsATurn = 32;
/** So many answers go at once, that the other thread begins while the rest of a turn is worked on. */
const answersAMessage = 32;

/**
 * The server's end of a line to components in another thread: the whole chain for each of their calls, and the stored bytes as the
 * answer, without managed fields. The answers of one turn go in few messages. Whoever holds the other end may call as anybody.
 */
export function serveAcross(respond: Next, port: ThreadPort): void {
  const callers: Caller[] = [];
  const running = new Map<number, AbortController>();
  const outbox = new Outbox(port);
  const answer = async (call: CallAcross, { signal }: AbortController): Promise<void> => {
    const [id] = call;
    const isUnread = call[7];
    try {
      const request = requestOf(...callOf(call, callers, signal));
      const response = await respond(request);
      if (response.as === 'upgrade')
        throw new ApiError(400, 'BadRequest', 'Upgrade request required');
      if (isUnread && response.as !== 'watch' && response.code < 400)
        return outbox.put(id, across.whole, response.code, []);
      const { code, body } = inPieces(request, response);
      if (Array.isArray(body)) return outbox.put(id, across.whole, code, body);
      if (response.as === 'object') {
        const batches = await Array.fromAsync(body as AsyncIterable<readonly Uint8Array[]>);
        return outbox.put(id, across.whole, code, batches.flat());
      }
      for await (const pieces of body as AsyncIterable<readonly Uint8Array[]>) {
        outbox.put(id, across.lines, code, pieces);
        await outbox.hasRoom();
      }
      outbox.put(id, across.end, code, []);
    } catch (error) {
      const known = error instanceof ApiError ? error : internalError(error);
      const text = JSON.stringify(known.toStatus());
      outbox.put(id, across.whole, known.code, [encoder.encode(text)]);
    }
  };
  let waiting: CallAcross[] = [];
  const begin = (): void => {
    for (const call of waiting.splice(0, callsATurn)) {
      const end = new AbortController();
      running.set(call[0], end);
      void answer(call, end).finally(() => running.delete(call[0]));
    }
    if (waiting.length > 0) setImmediate(begin);
  };
  port.on('message', (message: CallsAcross) => {
    if (!message.calls) return;
    callers.push(...message.callers);
    outbox.took(message.taken);
    const isBusy = waiting.length > 0;
    waiting.push(...message.calls);
    for (const id of message.left) running.get(id)?.abort(callerLeft);
    if (message.left.length > 0) waiting = waiting.filter(([id]) => !message.left.includes(id));
    if (!isBusy) begin();
  });
}

const encoder = new TextEncoder();
const callerLeft = new Error('the caller has left');

function callOf(
  [, caller, method, path, query = {}, text, patchType]: CallAcross,
  callers: readonly Caller[],
  signal: AbortSignal,
): Parameters<typeof requestOf> {
  const call = { method, path, query, patchType, signal, ...callers[caller]! };
  return [call, bodyOf(text, patchType), []];
}

function bodyOf(text: string | undefined, patchType: string | undefined): RequestBody {
  if (text === undefined) return { from: 'memory', object: undefined, patchType };
  let object: unknown;
  return {
    from: 'memory',
    text,
    patchType,
    get object() {
      return (object ??= JSON.parse(text));
    },
  };
}

/** Gathers the answers of one turn into few messages. */
class Outbox {
  readonly #port: ThreadPort;
  #heads: number[] = [];
  #pieces: Uint8Array[] = [];
  #length = 0;
  #isScheduled = false;
  #untaken = 0;
  #room: PromiseWithResolvers<void> | undefined;

  constructor(port: ThreadPort) {
    this.#port = port;
  }

  put(id: number, form: number, code: number, pieces: readonly Uint8Array[]): void {
    let length = 0;
    for (const piece of pieces) {
      this.#pieces.push(piece);
      length += piece.length;
    }
    this.#heads.push(id, form, code, length);
    this.#length += length;
    if (this.#heads.length >= answersAMessage * 4) return this.#send();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  took(bytes: number): void {
    this.#untaken -= bytes;
    if (this.#untaken > untakenBytesMax) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** Resolves once the other thread has taken most of what it was sent. */
  async hasRoom(): Promise<void> {
    if (this.#untaken <= untakenBytesMax) return;
    await (this.#room ??= Promise.withResolvers()).promise;
  }

  #send(): void {
    if (this.#heads.length === 0) return;
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    const message: AnswersAcross = { heads: this.#heads, bytes };
    this.#untaken += bytes.length;
    [this.#heads, this.#pieces, this.#length] = [[], [], 0];
    this.#port.postMessage(message, [bytes.buffer]);
  }
}
