import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import type { World } from '@coxswain/base';
import protobuf from 'protobufjs';

/**
 * The messages of a key management plugin, and the form in which upstream stores what it sealed by one, as protocol buffer
 * text: names and field numbers are those of k8s.io/kms (apis/v2) and of the server's `kmsv2`.
 */
const messages = `syntax = "proto3"; package kms;
message StatusRequest {}
message StatusResponse { string version = 1; string healthz = 2; string key_id = 3; }
message DecryptRequest { bytes ciphertext = 1; string uid = 2; string key_id = 3; map<string, bytes> annotations = 4; }
message DecryptResponse { bytes plaintext = 1; }
message EncryptRequest { bytes plaintext = 1; string uid = 2; }
message EncryptResponse { bytes ciphertext = 1; string key_id = 2; map<string, bytes> annotations = 3; }
message EncryptedObject {
  bytes encryptedData = 1; string keyID = 2; bytes encryptedDEKSource = 3; map<string, bytes> annotations = 4; int32 encryptedDEKSourceType = 5;
}`;
const root = protobuf.parse(messages, { keepCase: true }).root.resolveAll();

/** What is said beside sealed bytes by who sealed them. */
export type Annotations = Readonly<Record<string, Uint8Array>>;

interface Answers {
  readonly Status: {
    readonly version: string;
    readonly healthz: string;
    readonly key_id: string;
  };
  readonly Encrypt: {
    readonly ciphertext: Uint8Array;
    readonly key_id: string;
    readonly annotations: Annotations;
  };
  readonly Decrypt: { readonly plaintext: Uint8Array };
}

/** A value that was sealed with a key of its own, and that key, sealed by the plugin. */
export interface EncryptedObject {
  readonly encryptedData: Uint8Array;
  readonly keyID: string;
  readonly encryptedDEKSource: Uint8Array;
  readonly annotations: Annotations;
  /** 0: the source is the key. 1: a seed, from which the first bytes of the data lead to the key. */
  readonly encryptedDEKSourceType: number;
}

/** Encodes a message of a plugin, or of what is stored. */
export const kmsEncode = (name: string, message: object): Buffer => {
  const type = root.lookupType(`kms.${name}`);
  return Buffer.from(type.encode(type.fromObject(message as Record<string, unknown>)).finish());
};

/** Decodes to a plain object with all its fields. */
export function kmsDecode(name: string, bytes: Uint8Array): unknown {
  const type = root.lookupType(`kms.${name}`);
  return type.toObject(type.decode(bytes), { defaults: true, objects: true });
}

/** Calls to one plugin over its unix socket. */
export class KmsWire implements Disposable {
  readonly #client: Client;
  readonly #world: World;
  readonly #timeoutMs: number;

  /** `endpoint`: `unix:///path/of/socket`, or `unix:///@name` for an abstract one. */
  constructor(endpoint: string, timeoutMs: number, world: World) {
    this.#world = world;
    this.#timeoutMs = timeoutMs;
    const path = endpoint.replace(/^unix:\/\//, '');
    const address = path.startsWith('/@') ? `unix-abstract:${path.slice(2)}` : `unix:${path}`;
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
      'grpc.enable_http_proxy': 0,
      'grpc.default_authority': 'localhost',
    });
  }

  /** One call; rejects in the words in which Go's gRPC shows its errors. */
  call<N extends keyof Answers>(name: N, request: object): Promise<Answers[N]> {
    const answered = new Promise<Answers[N]>((resolve, reject) => {
      const timer = (this.#world.network ?? this.#world.clock).after(this.#timeoutMs, () => {
        call.cancel();
        reject(new Error('rpc error: code = DeadlineExceeded desc = context deadline exceeded'));
      });
      const call = this.#client.makeUnaryRequest(
        `/v2.KeyManagementService/${name}`,
        (message: object) => kmsEncode(`${name}Request`, message),
        (bytes) => kmsDecode(`${name}Response`, bytes) as Answers[N],
        request,
        (error, answer) => {
          timer[Symbol.dispose]();
          if (error) reject(asGo(error));
          else resolve(answer!);
        },
      );
    });
    return this.#world.work.track(answered);
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

const asGo = (error: ServiceError): Error => {
  const code = (status[error.code] ?? 'UNKNOWN')
    .toLowerCase()
    .replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
  return new Error(`rpc error: code = ${code} desc = ${error.details}`, { cause: error });
};
