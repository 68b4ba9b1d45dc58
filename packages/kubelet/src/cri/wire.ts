import {
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { Clock } from '@coxswain/base';
import protobuf from 'protobufjs';
import { RuntimeError } from '../runtime.ts';
import { eventStreams, messageText, type RpcName, rpcs } from './messages.ts';

const root = protobuf.parse(messageText).root.resolveAll();
const types = new Map<string, protobuf.Type>();
const typeOf = (name: string): protobuf.Type => {
  let type = types.get(name);
  if (!type) types.set(name, (type = root.lookupType(`cri.${name}`)));
  return type;
};

/** Encodes a plain object; absent fields are left out. */
export const encode = (name: string, message: object): Buffer =>
  Buffer.from(
    typeOf(name)
      .encode(typeOf(name).fromObject(message as Record<string, unknown>))
      .finish(),
  );

/** Decodes to a plain object: every field set, numbers for 64-bit values, names for enums. */
export const decode = (name: string, bytes: Uint8Array): Record<string, unknown> =>
  typeOf(name).toObject(typeOf(name).decode(bytes), {
    longs: Number,
    enums: String,
    defaults: true,
    arrays: true,
    objects: true,
  });

/** Largest answer taken from a runtime: lists of many containers with their labels. */
const answerBytesMax = 16 * 1024 * 1024;
const reconnectDelayMaxMs = 1_000;
/** Where containerd keeps what belongs to CRI; its services that are not CRI's want it named. */
const namespace = new Metadata();
namespace.set('containerd-namespace', 'k8s.io');

/** Calls to a runtime over its unix socket. */
export class CriWire implements Disposable {
  readonly #clock: Clock;
  readonly #client: Client;

  constructor(socket: string, clock: Clock) {
    this.#clock = clock;
    this.#client = new Client(`unix://${socket}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': answerBytesMax,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': reconnectDelayMaxMs,
      'grpc.enable_http_proxy': 0,
      'grpc.default_authority': 'localhost',
    });
  }

  /** One unary call; `timeoutMs` is the time the runtime has to answer. Throws RuntimeError. */
  call(
    name: RpcName,
    request: object,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> {
    const [path, sent, received] = rpcs[name];
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const end = (reason: Error): void => {
        call.cancel();
        reject(reason);
      };
      const stop = (): void => end(signal.reason as Error);
      const timer =
        timeoutMs > 0 ? this.#clock.after(timeoutMs, () => end(deadlineExceeded())) : undefined;
      const call = this.#client.makeUnaryRequest(
        path,
        (message: object) => encode(sent, message),
        (bytes) => decode(received, bytes),
        request,
        namespace,
        (error, answer) => {
          timer?.[Symbol.dispose]();
          signal.removeEventListener('abort', stop);
          if (error) reject(runtimeError(error));
          else resolve(answer!);
        },
      );
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** The events of one stream until `signal`; throws RuntimeError when the stream breaks. */
  async *stream(
    name: keyof typeof eventStreams,
    request: object,
    signal: AbortSignal,
    opened: () => void = () => {},
  ): AsyncGenerator<Record<string, unknown>> {
    signal.throwIfAborted();
    const [path, sent, received] = eventStreams[name];
    const stream: ClientReadableStream<Record<string, unknown>> =
      this.#client.makeServerStreamRequest(
        path,
        (message: object) => encode(sent, message),
        (bytes) => decode(received, bytes),
        request,
        namespace,
      );
    stream.once('metadata', opened);
    const stop = (): void => stream.cancel();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const message of stream) yield message as Record<string, unknown>;
    } catch (error) {
      signal.throwIfAborted();
      throw runtimeError(error as ServiceError);
    } finally {
      signal.removeEventListener('abort', stop);
      stream.cancel();
    }
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

const codes: Readonly<Partial<Record<number, RuntimeError['code']>>> = {
  [status.NOT_FOUND]: 'notFound',
  [status.UNAVAILABLE]: 'unavailable',
  [status.DEADLINE_EXCEEDED]: 'deadline',
  [status.UNIMPLEMENTED]: 'unimplemented',
};

const codeNames: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(status).map(([name, code]) => [
    code,
    name
      .toLowerCase()
      .replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
      .replace('Cancelled', 'Canceled'),
  ]),
);

const deadlineExceeded = (): RuntimeError =>
  new RuntimeError(
    'deadline',
    'rpc error: code = DeadlineExceeded desc = context deadline exceeded',
    'context deadline exceeded',
  );

/** The error in the words Go's gRPC prints, which users know from pod events. */
function runtimeError(error: ServiceError): RuntimeError {
  // Containerd serves its socket before it has found its containers again, and has no code for that.
  const isEarly = error.details === 'server is not initialized yet';
  const code = isEarly ? 'unavailable' : (codes[error.code] ?? 'other');
  const message = `rpc error: code = ${codeNames[error.code] ?? 'Unknown'} desc = ${error.details}`;
  return new RuntimeError(code, message, error.details, { cause: error });
}
