import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import type { Clock } from '@coxswain/base';
import protobuf from 'protobufjs';

/** Plugin registration v1 and the part of the DRA plugin API that v1 and v1beta1 share: names and numbers are k8s.io/kubelet's. */
const messageText = `
syntax = "proto3"; package devices;
message Empty {}
message PluginInfo { string type = 1; string name = 2; string endpoint = 3; repeated string supported_versions = 4; }
message RegistrationStatus { bool plugin_registered = 1; string error = 2; }
message Claim { string namespace = 1; string uid = 2; string name = 3; }
message Claims { repeated Claim claims = 1; }
message Device { repeated string request_names = 1; string pool_name = 2; string device_name = 3; repeated string cdi_device_ids = 4; }
message PreparedClaim { repeated Device devices = 1; string error = 2; }
message Prepared { map<string, PreparedClaim> claims = 1; }
message UnpreparedClaim { string error = 1; }
message Unprepared { map<string, UnpreparedClaim> claims = 1; }
`;
const root = protobuf.parse(messageText).root.resolveAll();
const typeOf = (name: string): protobuf.Type => root.lookupType(`devices.${name}`);

/** What a plugin says of itself. */
export interface PluginInfo {
  readonly type: string;
  readonly name: string;
  readonly endpoint: string;
  readonly supportedVersions: readonly string[];
}

/** A claim as drivers are told of it. */
export interface ClaimName {
  readonly namespace: string;
  readonly uid: string;
  readonly name: string;
}

/** A device that a driver has made ready; for all requests when it names none. */
export interface PreparedDevice {
  readonly requestNames: readonly string[];
  readonly cdiDeviceIds: readonly string[];
}

/** By the claim's uid. */
export interface Answers {
  readonly claims: Readonly<
    Record<string, { readonly error: string; readonly devices?: readonly PreparedDevice[] }>
  >;
}

const services = {
  v1: 'k8s.io.kubelet.pkg.apis.dra.v1',
  v1beta1: 'k8s.io.kubelet.pkg.apis.dra.v1beta1',
};
export type DriverVersion = keyof typeof services;

/** As upstream waits for a driver. */
const answerMs = 45_000;
const registration = '/pluginregistration.Registration';

/** Calls to one plugin over its unix socket. */
export class DriverWire implements Disposable {
  readonly #clock: Clock;
  readonly #client: Client;

  constructor(socket: string, clock: Clock) {
    this.#clock = clock;
    this.#client = new Client(`unix://${socket}`, credentials.createInsecure(), {
      'grpc.enable_http_proxy': 0,
      'grpc.default_authority': 'localhost',
    });
  }

  info(signal: AbortSignal): Promise<PluginInfo> {
    const path = `${registration}/GetInfo`;
    return this.#call(path, ['Empty', 'PluginInfo'], {}, signal) as Promise<PluginInfo>;
  }

  /** Tells the plugin whether it is taken; `error` says why not. */
  async registered(error: string | undefined, signal: AbortSignal): Promise<void> {
    const path = `${registration}/NotifyRegistrationStatus`;
    const status = { pluginRegistered: error === undefined, error: error ?? '' };
    await this.#call(path, ['RegistrationStatus', 'Empty'], status, signal);
  }

  prepare(
    version: DriverVersion,
    claims: readonly ClaimName[],
    signal: AbortSignal,
  ): Promise<Answers> {
    const path = `/${services[version]}.DRAPlugin/NodePrepareResources`;
    return this.#call(path, ['Claims', 'Prepared'], { claims }, signal) as Promise<Answers>;
  }

  unprepare(
    version: DriverVersion,
    claims: readonly ClaimName[],
    signal: AbortSignal,
  ): Promise<Answers> {
    const path = `/${services[version]}.DRAPlugin/NodeUnprepareResources`;
    return this.#call(path, ['Claims', 'Unprepared'], { claims }, signal) as Promise<Answers>;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #call(
    path: string,
    [sent, received]: readonly [sent: string, received: string],
    message: object,
    signal: AbortSignal,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const end = (reason: Error): void => {
        call.cancel();
        reject(reason);
      };
      const stop = (): void => end(signal.reason as Error);
      const timer = this.#clock.after(answerMs, () => end(new Error('context deadline exceeded')));
      const call = this.#client.makeUnaryRequest(
        path,
        (object: Record<string, unknown>) =>
          Buffer.from(typeOf(sent).encode(typeOf(sent).fromObject(object)).finish()),
        (bytes) =>
          typeOf(received).toObject(typeOf(received).decode(bytes), {
            ...{ defaults: true, arrays: true, objects: true },
          }),
        message as Record<string, unknown>,
        (error: ServiceError | null, answer: unknown) => {
          timer[Symbol.dispose]();
          signal.removeEventListener('abort', stop);
          if (error) reject(new Error(error.details, { cause: error }));
          else resolve(answer);
        },
      );
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}
