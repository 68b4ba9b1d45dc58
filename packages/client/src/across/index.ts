import {
  across,
  type AnswersAcross,
  type CallAcross,
  type Caller,
  type ThreadPort,
  type WatchEvent,
} from '@coxswain/api';
import type { Client } from '../client.ts';
import { answerIn, errorOf } from '../http/answer.ts';
import { clientOver, type Request } from '../verbs/index.ts';
import { Alike } from './alike.ts';
import { Arrivals } from './arrivals.ts';

/** What waits for an answer. */
interface Pending {
  readonly signal: AbortSignal;
  readonly answered: (code: number, text: string) => void;
  readonly failed: (error: Error) => void;
  /** Lines of a watch; without text, its end. */
  readonly lines?: (text: string | undefined) => void;
}

const decoder = new TextDecoder();
/** So many calls go at once, that the server begins while the rest of a turn is worked on. */
const callsAMessage = 32;

/**
 * The callers' end of a line to a server in another thread. What is asked within one turn goes in few messages. Objects cross as JSON:
 * what a call answers is its caller's own, and the objects of a watch share what is alike. The other end is `serveAcross` of the server.
 */
export class LineToServer {
  readonly #port: ThreadPort;
  readonly #pending = new Map<number, Pending>();
  /** What is under way for each signal: components have few, which all their calls share. */
  readonly #bySignal = new WeakMap<AbortSignal, Set<number>>();
  #callersCount = 0;
  #next = 0;
  #callers: Caller[] = [];
  #calls: CallAcross[] = [];
  #left: number[] = [];
  #taken = 0;
  #isScheduled = false;

  constructor(port: ThreadPort) {
    this.#port = port;
    port.on('message', (message: AnswersAcross) => {
      if (message.heads) this.#receive(message);
    });
  }

  client(caller: Caller): Client {
    const number = this.#callersCount++;
    this.#callers.push(caller);
    return clientOver({
      call: (request) => this.#call(number, request),
      watch: (request) => this.#watch(number, request),
    });
  }

  #call(caller: number, request: Request): Promise<unknown> {
    request.signal.throwIfAborted();
    return new Promise((resolve, failed) => {
      const answered = (code: number, text: string): void => {
        if (code >= 400) failed(errorOf(request, { status: code }, text));
        else resolve(request.isUnread ? undefined : answerIn(text));
      };
      this.#ask(caller, request, { signal: request.signal, answered, failed });
    });
  }

  async *#watch(caller: number, request: Request): AsyncGenerator<readonly WatchEvent[], void> {
    const { signal } = request;
    signal.throwIfAborted();
    const arrivals = new Arrivals<WatchEvent>();
    const alike = new Alike();
    const id = this.#ask(caller, request, {
      signal,
      answered: (code, text) => arrivals.end(errorOf(request, { status: code }, text)),
      failed: (error) => arrivals.end(error),
      lines(text) {
        if (text === undefined) return arrivals.end();
        const lines = text.split('\n').filter((line) => line !== '');
        arrivals.add(lines.map((line) => eventIn(line, alike)));
      },
    });
    try {
      yield* arrivals;
    } finally {
      this.#leave(id);
    }
  }

  #ask(caller: number, request: Request, pending: Pending): number {
    const { method, path, query, body, patchType, isUnread, signal } = request;
    const id = this.#next++;
    this.#pending.set(id, pending);
    this.#running(signal).add(id);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const asked = Object.keys(query).length > 0 ? query : undefined;
    this.#calls.push([id, caller, method, path, asked, text, patchType, isUnread]);
    if (this.#calls.length >= callsAMessage) this.#send();
    else this.#schedule();
    return id;
  }

  /** What runs under `signal`, and ends with it. */
  #running(signal: AbortSignal): Set<number> {
    const known = this.#bySignal.get(signal);
    if (known) return known;
    const running = new Set<number>();
    this.#bySignal.set(signal, running);
    const end = (): void => {
      for (const id of [...running]) {
        const pending = this.#pending.get(id);
        this.#leave(id);
        pending?.failed(signal.reason as Error);
      }
    };
    signal.addEventListener('abort', end, { once: true });
    return running;
  }

  /** Nobody waits for that answer any more. */
  #leave(id: number): void {
    if (!this.#forget(id)) return;
    this.#left.push(id);
    this.#schedule();
  }

  #forget(id: number): boolean {
    const pending = this.#pending.get(id);
    if (!pending) return false;
    this.#pending.delete(id);
    this.#bySignal.get(pending.signal)?.delete(id);
    return true;
  }

  #receive({ heads, bytes }: AnswersAcross): void {
    let from = 0;
    for (let at = 0; at < heads.length; at += 4) {
      const [id, form, code, length] = heads.slice(at, at + 4) as [number, number, number, number];
      const pending = this.#pending.get(id);
      const to = from + length;
      if (form !== across.lines) this.#forget(id);
      // Those who have left meanwhile are told nothing, and nothing is decoded for them.
      if (pending && form === across.end) pending.lines?.(undefined);
      else if (pending) {
        const text = decoder.decode(bytes.subarray(from, to));
        if (form === across.lines) pending.lines?.(text);
        else pending.answered(code, text);
      }
      from = to;
    }
    this.#taken += bytes.length;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#calls.length + this.#left.length + this.#taken === 0) return;
    const [callers, calls, left, taken] = [this.#callers, this.#calls, this.#left, this.#taken];
    [this.#callers, this.#calls, this.#left, this.#taken] = [[], [], [], 0];
    this.#port.postMessage({ callers, calls, left, taken }, []);
  }
}

function eventIn(line: string, alike: Alike): WatchEvent {
  const { type, object } = JSON.parse(line) as WatchEvent;
  return type === 'ERROR' ? { type, object } : { type, object: alike.shared(object) };
}
