/**
 * What the kubelet asks of a container runtime: the Container Runtime Interface, narrowed to what pods need.
 * Config objects have CRI's own shape and names, so that the gRPC client sends them as they are.
 */
import type { ContainerConfig, LinuxContainerResources, SandboxConfig } from './runtime-config.ts';

/** Why a runtime could not; `notFound` is the one answer that callers may take for success of a removal. */
export class RuntimeError extends Error {
  readonly code: 'notFound' | 'unavailable' | 'deadline' | 'unimplemented' | 'other';
  /** The runtime's own words, without the transport's prefix. */
  readonly description: string;
  constructor(
    code: RuntimeError['code'],
    message: string,
    description: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RuntimeError';
    this.code = code;
    this.description = description;
  }
}

/** A pod's sandbox as the runtime knows it. */
export interface Sandbox {
  readonly id: string;
  readonly podName: string;
  readonly podNamespace: string;
  readonly podUid: string;
  readonly attempt: number;
  readonly isReady: boolean;
  readonly createdAtMs: number;
  /** Set by `sandboxStatus`, empty from a list. The first is the pod's primary address. */
  readonly ips: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly supplementalGroups?: readonly number[];
}

/** One run of a container. Fields after `annotations` are known from `containerStatus` only. */
export interface RuntimeContainer {
  readonly id: string;
  readonly sandboxId: string;
  readonly name: string;
  readonly podUid: string;
  readonly attempt: number;
  readonly state: 'created' | 'running' | 'exited' | 'unknown';
  readonly createdAtMs: number;
  readonly image: string;
  readonly imageRef: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly logPath?: string;
  readonly user?: ContainerUser;
  readonly mounts?: readonly { readonly containerPath: string; readonly hostPath: string }[];
}

export interface RuntimeImage {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  /** The user that the image asks for, where it names a number. */
  readonly uid?: number;
  /** Or by name. */
  readonly username?: string;
  readonly isPinned: boolean;
}

export interface RegistryCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
  readonly identityToken?: string;
  readonly registryToken?: string;
}

/**
 * Something happened to a container or sandbox: whoever owns it looks again. After `ended` the runtime may for a moment still
 * say that it runs. `lost` means events may have been missed.
 */
export type RuntimeEvent =
  | { readonly type: 'changed' | 'oom' | 'ended'; readonly id: string }
  | { readonly type: 'lost' };

export interface RuntimeHealth {
  readonly isRuntimeReady: boolean;
  readonly isNetworkReady: boolean;
  readonly runtimeMessage: string; // 'NetworkPluginNotReady message:...' style, empty when ready
  readonly networkReason: string;
  readonly networkMessage: string;
}

export interface FilesystemUsage {
  readonly mountpoint: string;
  readonly usedBytes: number;
  readonly inodesUsed: number;
}

export interface ContainerUsage {
  readonly containerId: string;
  readonly podUid: string;
  readonly name: string;
  readonly timestampMs: number;
  readonly cpuNanoseconds?: number;
  readonly workingSetBytes?: number;
  readonly rssBytes?: number;
  readonly usageBytes?: number;
  readonly writableBytes?: number;
  readonly writableInodes?: number;
}

export interface ExecResult {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number;
}

export interface StreamRequest {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** Ends of an interactive session that a runtime serves in this process. */
export interface StreamIo {
  /** Ends when the client has no more, or has gone. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Resolve when there is room for more; reject when the client has gone. */
  readonly stdout: (chunk: Uint8Array) => Promise<void>;
  readonly stderr: (chunk: Uint8Array) => Promise<void>;
  readonly resizes: AsyncIterable<{ readonly width: number; readonly height: number }>;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

/** Where a session is served: at an address of the runtime's streaming server, or here; `serve` gives the exit code. */
export type StreamTarget =
  | { readonly url: string }
  | { readonly serve: (io: StreamIo) => Promise<number> };

/** One forwarded connection; it is over when `forward` resolves, and rejects with why it could not be made. */
export interface ForwardIo {
  readonly input: AsyncIterable<Uint8Array>;
  readonly output: (chunk: Uint8Array) => Promise<void>;
  readonly signal: AbortSignal;
}

/** As StreamTarget, for ports of a sandbox. */
export type PortTarget =
  | { readonly url: string }
  | { readonly forward: (port: number, io: ForwardIo) => Promise<void> };

/** One line a container wrote, as CRI log files hold it. */
export interface LogLine {
  readonly atMs: number;
  readonly time: string; // RFC 3339 with nanoseconds, as logged
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** The line goes on in the next entry. */
  readonly isPartial: boolean;
}

/** Where a container's log is: a CRI log file, or lines kept by the runtime; `changed` resolves when there may be more. */
export type LogTarget =
  | { readonly path: string }
  | {
      readonly lines: () => readonly LogLine[];
      readonly changed: (signal: AbortSignal) => Promise<void>;
    };

/** A container runtime. Calls throw RuntimeError; removals and stops of what is gone succeed. */
export interface Runtime extends AsyncDisposable {
  /** `containerd`, the scheme of container ids in the API. */
  readonly name: string;
  version(signal: AbortSignal): Promise<{ readonly name: string; readonly version: string }>;
  health(signal: AbortSignal): Promise<RuntimeHealth>;
  /** Events from now on; ends only with `signal`. Starts with `lost`, so that subscribers look at everything once. */
  events(signal: AbortSignal): AsyncIterable<RuntimeEvent>;

  runSandbox(config: SandboxConfig, signal: AbortSignal): Promise<string>;
  stopSandbox(id: string, signal: AbortSignal): Promise<void>;
  removeSandbox(id: string, signal: AbortSignal): Promise<void>;
  sandboxStatus(id: string, signal: AbortSignal): Promise<Sandbox>;
  /** Of one pod, or all that a kubelet made; newest first. */
  sandboxes(podUid: string | undefined, signal: AbortSignal): Promise<readonly Sandbox[]>;

  createContainer(
    sandboxId: string,
    config: ContainerConfig,
    sandboxConfig: SandboxConfig,
    signal: AbortSignal,
  ): Promise<string>;
  startContainer(id: string, signal: AbortSignal): Promise<void>;
  /** The stop signal, then after `graceSeconds` a kill; resolves when it has ended. */
  stopContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void>;
  removeContainer(id: string, signal: AbortSignal): Promise<void>;
  containerStatus(id: string, signal: AbortSignal): Promise<RuntimeContainer>;
  /** Of one pod, or all that a kubelet made; newest first. */
  containers(podUid: string | undefined, signal: AbortSignal): Promise<readonly RuntimeContainer[]>;
  updateResources(
    id: string,
    resources: LinuxContainerResources,
    signal: AbortSignal,
  ): Promise<void>;

  execSync(
    id: string,
    command: readonly string[],
    timeoutSeconds: number,
    signal: AbortSignal,
  ): Promise<ExecResult>;
  exec(
    id: string,
    command: readonly string[],
    request: StreamRequest,
    signal: AbortSignal,
  ): Promise<StreamTarget>;
  attach(id: string, request: StreamRequest, signal: AbortSignal): Promise<StreamTarget>;
  portForward(
    sandboxId: string,
    ports: readonly number[],
    signal: AbortSignal,
  ): Promise<PortTarget>;
  logs(container: RuntimeContainer): LogTarget;
  reopenLog(id: string, signal: AbortSignal): Promise<void>;
  usage(signal: AbortSignal): Promise<readonly ContainerUsage[]>;

  /** Undefined: not on this node. */
  imageStatus(image: string, signal: AbortSignal): Promise<RuntimeImage | undefined>;
  images(signal: AbortSignal): Promise<readonly RuntimeImage[]>;
  /** Resolves to the reference that containers are made from. */
  pullImage(
    image: string,
    credentials: RegistryCredentials | undefined,
    sandbox: SandboxConfig | undefined,
    signal: AbortSignal,
  ): Promise<string>;
  removeImage(image: string, signal: AbortSignal): Promise<void>;
  imageFilesystems(signal: AbortSignal): Promise<readonly FilesystemUsage[]>;
}
