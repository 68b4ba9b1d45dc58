import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import {
  type ChannelCredentials,
  Client,
  type ClientDuplexStream,
  credentials,
  type ServiceError,
  status,
  type VerifyOptions,
} from '@grpc/grpc-js';
import type { World } from '@coxswain/base';
import protobuf from 'protobufjs';
import { type Answers, messageText, rpcs, type WatchAnswer } from './messages.ts';

const root = protobuf.parse(messageText).root.resolveAll();
const typeOf = (name: string): protobuf.Type => root.lookupType(`etcd.${name}`);
const types = new Map(
  [...Object.values(rpcs).flatMap(([, sent, received]) => [sent, received])].map((name) => [
    name as string,
    typeOf(name),
  ]),
);
const watchRequest = typeOf('WatchRequest');
const watchResponse = typeOf('WatchResponse');

const bytesOf = (type: protobuf.Type, message: object): Buffer =>
  type.encode(message).finish() as Buffer;

const unavailable: number = status.UNAVAILABLE;

/** Largest answer taken: a page of a list. */
const answerBytesMax = 256 * 2 ** 20;
/** How long one call may take. */
const callMaxMs = 10_000;

/** Where etcd is, and by which certificates both sides know each other. */
export interface EtcdServers {
  /** `https://host:port` or `http://host:port`, the members of one etcd. */
  readonly servers: readonly string[];
  readonly authority?: string | undefined; // PEM
  readonly certificate?: string | undefined; // PEM
  readonly key?: string | undefined; // PEM
}

/** etcd did not answer, or refused: `code` is gRPC's. What a failed write did is not known. */
export class EtcdError extends Error {
  readonly code: number;
  constructor(code: number, details: string, options?: ErrorOptions) {
    super(details, options);
    this.name = 'EtcdError';
    this.code = code;
  }
}

/** Connections to the members of one etcd: one is used until it is away, then the next. */
export class EtcdWire implements Disposable {
  readonly #world: World;
  readonly #clients: readonly Client[];
  #at = 0;

  constructor(world: World, { servers, authority, certificate, key }: EtcdServers) {
    this.#world = world;
    const pem = (text: string | undefined): Buffer | null => (text ? Buffer.from(text) : null);
    this.#clients = servers.map((server) => {
      const { protocol, host, hostname } = new URL(server);
      const address = hostname.replaceAll(/[[\]]/g, '');
      // TLS names no address to the server, but its certificate must have it.
      const named = isIP(address) === 0 ? {} : { 'grpc.ssl_target_name_override': 'etcd' };
      const verify: VerifyOptions = {
        checkServerIdentity: (_, shown) => checkServerIdentity(address, shown),
      };
      const trust: ChannelCredentials =
        protocol === 'https:'
          ? credentials.createSsl(pem(authority), pem(key), pem(certificate), verify)
          : credentials.createInsecure();
      return new Client(host, trust, {
        'grpc.max_receive_message_length': answerBytesMax,
        'grpc.max_send_message_length': -1,
        'grpc.initial_reconnect_backoff_ms': 100,
        'grpc.max_reconnect_backoff_ms': 1000,
        'grpc.keepalive_time_ms': 30_000,
        'grpc.keepalive_timeout_ms': 10_000,
        'grpc.enable_http_proxy': 0,
        ...named,
      });
    });
  }

  /** A call that may be made twice: when a member is away, the others are asked. */
  async read<N extends keyof Answers>(name: N, request: object): Promise<Answers[N]> {
    for (let tries = 1; ; tries++)
      try {
        return await this.call(name, request);
      } catch (error) {
        const isAway = (error as EtcdError).code === unavailable;
        if (!isAway || tries >= this.#clients.length) throw error;
      }
  }

  /** One call to one member, counted as work. Throws EtcdError. */
  call<N extends keyof Answers>(name: N, request: object): Promise<Answers[N]> {
    const [path, sent, received] = rpcs[name];
    const index = this.#at;
    const answered = new Promise<Answers[N]>((resolve, reject) => {
      const timer = this.#world.clock.after(callMaxMs, () => {
        call.cancel();
        reject(new EtcdError(status.DEADLINE_EXCEEDED, 'etcd: request timed out'));
      });
      const call = this.#clients[index]!.makeUnaryRequest(
        path,
        (message: object) => bytesOf(types.get(sent)!, message),
        (bytes) => types.get(received)!.decode(bytes),
        request,
        (error, answer) => {
          timer[Symbol.dispose]();
          if (!error) return resolve(answer as unknown as Answers[N]);
          this.#left(index, error);
          reject(new EtcdError(error.code, error.details, { cause: error }));
        },
      );
    });
    return this.#world.work.track(answered);
  }

  /** What happens from `startRevision` on in a range of keys, until `signal`. Throws EtcdError when the stream breaks. */
  async *watch(
    range: {
      readonly key: Uint8Array;
      readonly rangeEnd: Uint8Array;
      readonly startRevision: number;
    },
    signal: AbortSignal,
  ): AsyncGenerator<WatchAnswer, void> {
    signal.throwIfAborted();
    const index = this.#at;
    const stream: ClientDuplexStream<object, object> = this.#clients[index]!.makeBidiStreamRequest(
      '/etcdserverpb.Watch/Watch',
      (message: object) => bytesOf(watchRequest, message),
      (bytes) => watchResponse.decode(bytes),
    );
    const stop = (): void => stream.cancel();
    signal.addEventListener('abort', stop, { once: true });
    try {
      stream.write({ createRequest: { ...range, prevKv: true, fragment: true } });
      yield* whole(stream as AsyncIterable<WatchAnswer>);
      throw new EtcdError(status.UNAVAILABLE, 'etcd: the watch ended');
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof EtcdError) throw error;
      const { code, details } = error as ServiceError;
      this.#left(index, error as ServiceError);
      throw new EtcdError(code, details, { cause: error });
    } finally {
      signal.removeEventListener('abort', stop);
      stream.cancel();
    }
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client.close();
  }

  /** The next member is asked from now on, when the one at `index` is away. */
  #left(index: number, { code }: ServiceError): void {
    if ((code as number) === unavailable && index === this.#at)
      this.#at = (index + 1) % this.#clients.length;
  }
}

/** Answers that etcd sent in pieces, put together. */
async function* whole(stream: AsyncIterable<WatchAnswer>): AsyncGenerator<WatchAnswer, void> {
  let pieces: WatchAnswer[] = [];
  for await (const answer of stream) {
    pieces.push(answer);
    if (answer.fragment) continue;
    const events = pieces.length === 1 ? answer.events : pieces.flatMap((piece) => piece.events);
    pieces = [];
    const { header, created, canceled, compactRevision, cancelReason } = answer;
    yield { header, created, canceled, compactRevision, cancelReason, events, fragment: false };
  }
}
