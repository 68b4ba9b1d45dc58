import type { World } from '@coxswain/base';
import type { ContainerConfig, LinuxContainerResources, SandboxConfig } from '../runtime-config.ts';
import type {
  ContainerUsage,
  ExecResult,
  FilesystemUsage,
  LogTarget,
  RegistryCredentials,
  Runtime,
  RuntimeContainer,
  RuntimeEvent,
  RuntimeHealth,
  RuntimeImage,
  Sandbox,
  StreamRequest,
  PortTarget,
  StreamTarget,
} from '../runtime.ts';
import { RuntimeError } from '../runtime.ts';
import {
  type Message,
  toContainer,
  toFilesystem,
  toHealth,
  toImage,
  toListedContainer,
  toSandbox,
  toUsage,
} from './conversion.ts';
import { type CommandEnded, runtimeEvents } from './events.ts';
import type { RpcName } from './messages.ts';
import { dropUnreadInput } from './unread-input.ts';
import { CriWire } from './wire.ts';

/** Time for a call that should be quick, and for one that does real work (upstream: 2 minutes, doubled for sandboxes). */
const quickMs = 120_000;
const sandboxMs = 240_000;
/** Pulling has no limit of its own; the caller's signal ends it. */
const unlimitedMs = 0;

const managedLabel = 'io.kubernetes.pod.uid';
const newestFirst = (a: { createdAtMs: number }, b: { createdAtMs: number }): number =>
  b.createdAtMs - a.createdAtMs;

/** A runtime behind a CRI socket: containerd, CRI-O. */
export class CriRuntime implements Runtime {
  readonly name: string;
  readonly #world: World;
  readonly #wire: CriWire;
  /** Containers in which commands were given input. */
  readonly #fed = new Set<string>();

  private constructor(name: string, world: World, wire: CriWire) {
    this.name = name;
    this.#world = world;
    this.#wire = wire;
  }

  /** Connects and asks for the runtime's name; waits for a socket that is not served yet. */
  static async connect(world: World, socket: string, signal: AbortSignal): Promise<CriRuntime> {
    const wire = new CriWire(socket, world.clock);
    for (;;)
      try {
        const { runtimeName } = await wire.call('Version', {}, quickMs, signal);
        return new CriRuntime(runtimeName as string, world, wire);
      } catch (error) {
        if (!(error instanceof RuntimeError) || error.code !== 'unavailable') throw error;
        await world.clock.sleep(100, signal);
      }
  }

  async version(signal: AbortSignal): Promise<{ name: string; version: string }> {
    const { runtimeName, runtimeVersion } = await this.#call('Version', {}, signal);
    return { name: runtimeName, version: runtimeVersion };
  }

  async health(signal: AbortSignal): Promise<RuntimeHealth> {
    return toHealth(await this.#call('Status', {}, signal));
  }

  async *events(signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const { clock, log } = this.#world;
    for await (const event of runtimeEvents(this.#wire, clock, log, signal)) {
      if (event.type === 'commandEnded') {
        if (this.#fed.has(event.containerId)) void this.#settle(event, signal);
        continue;
      }
      if (event.type === 'ended') this.#fed.delete(event.id);
      yield event;
    }
  }

  async runSandbox(config: SandboxConfig, signal: AbortSignal): Promise<string> {
    const answer = await this.#call('RunPodSandbox', { config }, signal, sandboxMs);
    return answer['podSandboxId'];
  }

  async stopSandbox(id: string, signal: AbortSignal): Promise<void> {
    await goneIsDone(this.#call('StopPodSandbox', { podSandboxId: id }, signal, sandboxMs));
  }

  async removeSandbox(id: string, signal: AbortSignal): Promise<void> {
    await goneIsDone(this.#call('RemovePodSandbox', { podSandboxId: id }, signal));
  }

  async sandboxStatus(id: string, signal: AbortSignal): Promise<Sandbox> {
    const { status } = await this.#call('PodSandboxStatus', { podSandboxId: id }, signal);
    return toSandbox(status);
  }

  async sandboxes(podUid: string | undefined, signal: AbortSignal): Promise<Sandbox[]> {
    const { items } = await this.#call('ListPodSandbox', filterOf(podUid), signal);
    return (items as Message[]).map(toSandbox).toSorted(newestFirst);
  }

  async createContainer(
    sandboxId: string,
    config: ContainerConfig,
    sandboxConfig: SandboxConfig,
    signal: AbortSignal,
  ): Promise<string> {
    const request = { podSandboxId: sandboxId, config, sandboxConfig };
    return (await this.#call('CreateContainer', request, signal))['containerId'];
  }

  async startContainer(id: string, signal: AbortSignal): Promise<void> {
    await this.#call('StartContainer', { containerId: id }, signal);
  }

  async stopContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void> {
    const request = { containerId: id, timeout: graceSeconds };
    const stopped = this.#call('StopContainer', request, signal, quickMs + graceSeconds * 1000);
    await goneIsDone(stopped);
  }

  async removeContainer(id: string, signal: AbortSignal): Promise<void> {
    await goneIsDone(this.#call('RemoveContainer', { containerId: id }, signal));
  }

  async containerStatus(id: string, signal: AbortSignal): Promise<RuntimeContainer> {
    const { status } = await this.#call('ContainerStatus', { containerId: id }, signal);
    return toContainer(status);
  }

  async containers(podUid: string | undefined, signal: AbortSignal): Promise<RuntimeContainer[]> {
    const answer = await this.#call('ListContainers', filterOf(podUid), signal);
    const listed = (answer['containers'] as Message[]).map(toListedContainer);
    return listed.filter((one) => one.podUid !== '').toSorted(newestFirst);
  }

  async updateResources(
    id: string,
    linux: LinuxContainerResources,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#call('UpdateContainerResources', { containerId: id, linux }, signal);
  }

  async execSync(
    id: string,
    command: readonly string[],
    timeoutSeconds: number,
    signal: AbortSignal,
  ): Promise<ExecResult> {
    const request = { containerId: id, cmd: command, timeout: timeoutSeconds };
    // The runtime enforces the timeout; a little more time, so that its own answer arrives.
    const timeoutMs = timeoutSeconds > 0 ? timeoutSeconds * 1000 + 10_000 : unlimitedMs;
    const { stdout, stderr, exitCode } = await this.#call('ExecSync', request, signal, timeoutMs);
    return { stdout, stderr, exitCode };
  }

  async exec(
    id: string,
    command: readonly string[],
    request: StreamRequest,
    signal: AbortSignal,
  ): Promise<StreamTarget> {
    if (request.stdin) this.#fed.add(id);
    return this.#streamingUrl('Exec', { containerId: id, cmd: command, ...request }, signal);
  }

  async attach(id: string, request: StreamRequest, signal: AbortSignal): Promise<StreamTarget> {
    return this.#streamingUrl('Attach', { containerId: id, ...request }, signal);
  }

  async portForward(
    sandboxId: string,
    ports: readonly number[],
    signal: AbortSignal,
  ): Promise<PortTarget> {
    return this.#streamingUrl('PortForward', { podSandboxId: sandboxId, port: ports }, signal);
  }

  logs(container: RuntimeContainer): LogTarget {
    return { path: container.logPath ?? '' };
  }

  async reopenLog(id: string, signal: AbortSignal): Promise<void> {
    await this.#call('ReopenContainerLog', { containerId: id }, signal);
  }

  async usage(signal: AbortSignal): Promise<ContainerUsage[]> {
    const { stats } = await this.#call('ListContainerStats', {}, signal);
    return (stats as Message[]).map(toUsage);
  }

  async imageStatus(image: string, signal: AbortSignal): Promise<RuntimeImage | undefined> {
    const answer = await this.#call('ImageStatus', { image: { image } }, signal);
    return answer['image']?.id ? toImage(answer['image']) : undefined;
  }

  async images(signal: AbortSignal): Promise<RuntimeImage[]> {
    const { images } = await this.#call('ListImages', {}, signal);
    return (images as Message[]).map(toImage);
  }

  async pullImage(
    image: string,
    auth: RegistryCredentials | undefined,
    sandboxConfig: SandboxConfig | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const request = {
      image: { image },
      ...(auth && { auth }),
      ...(sandboxConfig && { sandboxConfig }),
    };
    return (await this.#call('PullImage', request, signal, unlimitedMs))['imageRef'];
  }

  async removeImage(image: string, signal: AbortSignal): Promise<void> {
    await goneIsDone(this.#call('RemoveImage', { image: { image } }, signal));
  }

  async imageFilesystems(signal: AbortSignal): Promise<FilesystemUsage[]> {
    const { imageFilesystems } = await this.#call('ImageFsInfo', {}, signal);
    return (imageFilesystems as Message[]).map(toFilesystem);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#wire[Symbol.dispose]();
  }

  async #settle(ended: CommandEnded, signal: AbortSignal): Promise<void> {
    try {
      await dropUnreadInput(this.#wire, this.#world.clock, ended, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#world.log.warn('input of an ended command was not dropped', { error: String(error) });
    }
  }

  async #streamingUrl(
    name: 'Exec' | 'Attach' | 'PortForward',
    request: object,
    signal: AbortSignal,
  ): Promise<{ readonly url: string }> {
    return { url: (await this.#call(name, request, signal)).url };
  }

  #call(
    name: RpcName,
    request: object,
    signal: AbortSignal,
    timeoutMs: number = quickMs,
  ): Promise<Message> {
    return this.#world.work.track(this.#wire.call(name, request, timeoutMs, signal));
  }
}

const filterOf = (podUid: string | undefined): object =>
  podUid === undefined ? {} : { filter: { labelSelector: { [managedLabel]: podUid } } };

async function goneIsDone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.code !== 'notFound') throw error;
  }
}
