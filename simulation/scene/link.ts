import {
  ApiError,
  type ApiAnswer,
  type ApiCall,
  type ApiHandler,
  expired,
  type KubeObject,
} from '@coxswain/api';
import type { Clock } from '@coxswain/base';
import { isWatch, isWrite, partsOf, type Request, serving } from './requests.ts';
import { type Ether, WatchStream } from './watch-stream.ts';

/** The server was not reached: nothing was done. */
class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The connection ended before an answer came: nobody knows what was done. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** What a link needs of the cluster. */
export interface LinkParts {
  readonly clock: Clock;
  readonly random: () => number;
  /** The server, whatever is wrong with it; undefined while there is none. */
  readonly server: () => ApiHandler | undefined;
  readonly revision: () => number;
  /** Told of each answer that was heard. */
  readonly answered: (request: Request, answer: ApiAnswer) => void;
  /** Changes an object a little, so that who wants to update it as it was seen comes too late. */
  readonly touch: (path: string) => Promise<void>;
}

const refusal = [
  new ApiError(
    500,
    'InternalError',
    'an error on the server ("simulated") has prevented the request',
  ),
  new ApiError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request'),
  new ApiError(429, 'TooManyRequests', 'the server has received too many requests'),
];

/** Events are for people to read: nobody here does, and they would be a quarter of all writes. */
const isEvent = ({ call: { method }, parts }: Request): boolean =>
  parts.resource === 'events' && (method === 'POST' || method === 'PATCH');

function heard({ call: { body }, parts: { namespace, name = '' } }: Request): ApiAnswer {
  const metadata = { ...{ name, namespace }, ...(body as KubeObject).metadata };
  return { code: 201, object: { ...(body as KubeObject), metadata }, warnings: [] };
}

/** The way of one component to the API server, and all that can go wrong on it. */
export class Link {
  readonly name: string;
  /** Nothing passes. */
  isCut = false;
  /** Each way takes up to so long. */
  latencyMs = 0;
  /** How many of the next requests are refused, of the next writes are done without an answer, of the next updates come too late. */
  refusals = 0;
  lostAnswers = 0;
  conflicts = 0;
  /** How many of the next watches that would go on from somewhere are told that this is too long ago. */
  expiries = 0;
  readonly ether: Ether = { isFrozen: () => false, thaws: new Set() };
  readonly #parts: LinkParts;
  readonly #pending = new Set<() => void>();
  readonly #streams = new Set<WatchStream>();

  constructor(name: string, parts: LinkParts) {
    this.name = name;
    this.#parts = parts;
  }

  /** The server's handler as a process sees it that lives until `life` aborts. */
  handler(life: AbortSignal): ApiHandler {
    life.addEventListener('abort', () => this.breakConnections(), { once: true });
    return (call) => this.#carry(call, life);
  }

  /** All that is under way on it is lost. */
  breakConnections(): void {
    for (const lose of [...this.#pending]) lose();
    this.dropWatches();
  }

  dropWatches(): void {
    for (const stream of [...this.#streams]) stream.drop(new ConnectionLost('connection reset'));
  }

  /** Events of the watched resources that `isFrozen` names wait until `thaw`. */
  freeze(isFrozen: (resource: string) => boolean): void {
    this.ether.isFrozen = isFrozen;
  }

  thaw(): void {
    this.ether.isFrozen = () => false;
    const waiting = [...this.ether.thaws];
    this.ether.thaws.clear();
    for (const go of waiting) go();
  }

  /** Nothing is wrong any more. */
  heal(): void {
    this.isCut = false;
    this.latencyMs = 0;
    this.refusals = this.lostAnswers = this.conflicts = this.expiries = 0;
    this.thaw();
  }

  async #carry(call: ApiCall, life: AbortSignal): Promise<ApiAnswer> {
    const { revision } = this.#parts;
    const parts = partsOf(call.path);
    const request: Request = { from: this.name, call, parts, since: revision(), isLost: false };
    if (this.latencyMs === 0) return this.#send(request, life);
    await this.#orLost(request, this.#parts.clock.sleep(this.#delayMs(), call.signal));
    const answer = await this.#send(request, life);
    if (!answer.watch)
      await this.#orLost(request, this.#parts.clock.sleep(this.#delayMs(), call.signal));
    return answer;
  }

  #delayMs(): number {
    return Math.ceil(this.#parts.random() * this.latencyMs);
  }

  async #send(request: Request, life: AbortSignal): Promise<ApiAnswer> {
    const { call } = request;
    const server = this.#parts.server();
    if (this.isCut || life.aborted || !server) throw new Unreachable(`${this.name}: no route`);
    if (this.refusals > 0) {
      this.refusals--;
      throw refusal[Math.floor(this.#parts.random() * refusal.length)]!;
    }
    if (isWatch(call)) return this.#watch(request, server);
    if (isEvent(request)) return heard(request);
    if (this.conflicts > 0 && (call.method === 'PUT' || call.method === 'PATCH')) {
      this.conflicts--;
      await this.#orLost(request, this.#parts.touch(request.parts.object));
    }
    const answer = await this.#orLost(
      request,
      serving.run(request, () => server(call)),
    );
    if (this.lostAnswers > 0 && isWrite(call)) {
      this.lostAnswers--;
      request.isLost = true;
      throw new ConnectionLost(`${this.name}: no answer came`);
    }
    this.#parts.answered(request, answer);
    return answer;
  }

  /** What `job` comes to, unless the connection is lost before. */
  #orLost<T>(request: Request, job: Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const lose = (): void => {
      request.isLost = true;
      reject(new ConnectionLost(`${this.name}: connection reset`));
    };
    this.#pending.add(lose);
    const ended =
      <V>(tell: (value: V) => void) =>
      (value: V): void => {
        this.#pending.delete(lose);
        tell(value);
      };
    job.then(ended(resolve), ended(reject));
    return promise;
  }

  async #watch(request: Request, server: ApiHandler): Promise<ApiAnswer> {
    const { call } = request;
    if (this.expiries > 0 && call.query['resourceVersion'] !== undefined) {
      this.expiries--;
      throw expired('too old resource version');
    }
    const end = new AbortController();
    const signal = AbortSignal.any([call.signal, end.signal]);
    const asked = serving.run(request, () => server({ ...call, signal }));
    const answer = await this.#orLost(request, asked);
    if (!answer.watch) return answer;
    const stream = new WatchStream(request.parts.resource, answer.watch, this.ether, end, () =>
      this.#streams.delete(stream),
    );
    this.#streams.add(stream);
    return { ...answer, watch: stream };
  }
}
