/** What pods need of the machine they run on, beside the runtime. `host/` does it on Linux, `simulated/` without a machine. */
import type { HTTPHeader, Pod } from '@coxswain/api/types/core-v1';
import type { ContainerSpec } from './pods/spec.ts';
import type { DnsConfig, Environment, LinuxContainerResources, Mount } from './runtime-config.ts';
import type { RuntimeContainer } from './runtime.ts';

/** A volume of a pod, ready to be mounted into containers. */
export interface MountedVolume {
  readonly path: string;
  readonly readOnly: boolean;
}

export type MountedVolumes = ReadonlyMap<string, MountedVolume>;

/** A volume could not be made ready; `message` is in upstream's words. */
export class MountError extends Error {
  readonly volume: string;
  constructor(volume: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MountError';
    this.volume = volume;
  }
}

/** The devices that a container may use, by the names that the runtime knows them by (CDI). */
export type PodDevices = (container: ContainerSpec) => readonly string[];

/** A driver could not make devices ready; the message is in upstream's words. */
export class DeviceError extends Error {}

/** What is known of a container when its mounts are made. */
export interface ContainerPlace {
  readonly volumes: MountedVolumes;
  readonly environment: readonly Environment[];
  readonly podIps: readonly string[];
  readonly hostname: string;
  readonly domain: string;
}

export interface PodHost {
  /** The node's own resolver. */
  readonly dns: DnsConfig;
  /** Where Localhost seccomp profiles lie. */
  readonly profileRoot: string;
  cgroupParent(pod: Pod): string | undefined;
  logDirectory(pod: Pod): string;
  /** Folders and the cgroup around the pod; repeated, it changes nothing. */
  prepare(pod: Pod, limits: LinuxContainerResources): Promise<void>;
  /** Makes every volume of the pod ready, or up to date; `wake` runs when one of them has news. Throws MountError. */
  mountVolumes(pod: Pod, wake: () => void, signal: AbortSignal): Promise<MountedVolumes>;
  /** Has drivers make ready what the pod's claims got. Throws DeviceError. They take it back when volumes are unmounted. */
  prepareDevices(pod: Pod, signal: AbortSignal): Promise<PodDevices>;
  containerMounts(pod: Pod, spec: ContainerSpec, place: ContainerPlace): Promise<readonly Mount[]>;
  /** What an ended container left to say: its termination message, or by its policy the end of its log. */
  terminationMessage(container: RuntimeContainer): Promise<string>;
  /** Volumes unmounted, their folders and the cgroup gone, devices given back. */
  unmountVolumes(podUid: string): Promise<void>;
  /** Nothing of the pod is left, its logs included. */
  remove(podUid: string): Promise<void>;
  removeLog(container: RuntimeContainer): Promise<void>;
  /** Pods that have left something on this machine. */
  podsLeft(): Promise<readonly string[]>;
}

export interface HttpRequest {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: readonly HTTPHeader[];
}

/** A check's answer: `warning` counts as success but is worth an event. */
export interface CheckResult {
  readonly is: 'success' | 'warning' | 'failure';
  readonly output: string;
}

/** Checks over the network, made from the node. Throw only what is nobody's answer: a refused connection is a failure. */
export interface NetworkChecks {
  http(request: HttpRequest, timeoutMs: number, signal: AbortSignal): Promise<CheckResult>;
  tcp(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<CheckResult>;
  grpc(
    host: string,
    port: number,
    service: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<CheckResult>;
}
