import { uuid, type World } from '@coxswain/base';
import type { ContainerConfig, SandboxConfig } from '../runtime-config.ts';
import {
  type ContainerUsage,
  type ExecResult,
  type ForwardIo,
  type LogTarget,
  type PortTarget,
  type Runtime,
  type RuntimeContainer,
  RuntimeError,
  type RuntimeEvent,
  type RuntimeHealth,
  type RuntimeImage,
  type Sandbox,
  type StreamTarget,
} from '../runtime.ts';
import { AddressPool } from './addresses.ts';
import { behaviourOf, faultOf, faultyEnds, misunderstood, slowStartMs } from './behaviour.ts';
import { type Delayed, delayMs } from './delays.ts';
import type { Program, RunProgram } from './program.ts';
import { RuntimeEvents } from './runtime-events.ts';
import { SimulatedContainer } from './simulated-container.ts';
import { runSimulated, type SimulatedRun } from './simulated-exec.ts';
import { simulatedImage } from './simulated-image.ts';

const terminated = 143; // 128 + SIGTERM
const killed = 137;

interface SimulatedSandbox extends Sandbox {
  readonly config: SandboxConfig;
}

/** A runtime without containers: pods get addresses, run, print, end and answer as far as can be told from their specs. */
export class SimulatedRuntime implements Runtime {
  readonly name: string = 'simulated';
  /** How many times longer than usual everything takes. */
  slowness = 1;
  readonly #world: World;
  /** Those of its pods. */
  readonly addresses: AddressPool;
  readonly #sandboxes = new Map<string, SimulatedSandbox>();
  readonly #containers = new Map<string, SimulatedContainer>();
  readonly #images = new Map<string, RuntimeImage>();
  readonly #events: RuntimeEvents = new RuntimeEvents();
  readonly #runProgram: RunProgram;

  /** `runProgram` finds what really runs in a container, where something does. */
  constructor(world: World, podCidr: string, runProgram: RunProgram = () => undefined) {
    this.#runProgram = runProgram;
    this.#world = world;
    this.addresses = new AddressPool(podCidr);
  }

  async version(): Promise<{ name: string; version: string }> {
    return { name: 'simulated', version: '1.0.0' };
  }

  async health(): Promise<RuntimeHealth> {
    return {
      ...{ isRuntimeReady: true, isNetworkReady: true },
      ...{ runtimeMessage: '', networkReason: '', networkMessage: '' },
    };
  }

  events(signal: AbortSignal): AsyncIterable<RuntimeEvent> {
    return this.#events.subscribe(signal);
  }

  async runSandbox(config: SandboxConfig, signal: AbortSignal): Promise<string> {
    await this.#pass('sandbox', signal);
    const riddle = misunderstood(config.annotations);
    if (riddle) throw refusal(riddle);
    const slowMs = slowStartMs(config.annotations);
    if (slowMs > 0) await this.#world.clock.sleep(slowMs, signal);
    const isOnHost = config.linux.securityContext.namespaceOptions?.network === 'NODE';
    const ip = isOnHost ? undefined : this.addresses.take();
    if (!isOnHost && !ip)
      throw refusal('failed to allocate for range 0: no IP addresses available');
    const id = this.#newId();
    const { name, namespace, uid, attempt } = config.metadata;
    this.#sandboxes.set(id, {
      ...{ id, podName: name, podNamespace: namespace, podUid: uid, attempt, isReady: true },
      createdAtMs: this.#world.clock.now(),
      ips: ip ? [ip] : [],
      labels: config.labels,
      annotations: config.annotations,
      config,
    });
    this.#events.publish(id);
    return id;
  }

  async stopSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id);
    if (!sandbox?.isReady) return;
    for (const container of this.#containers.values())
      if (container.sandboxId === id) container.end(killed);
    this.addresses.giveBack(...sandbox.ips);
    this.#sandboxes.set(id, { ...sandbox, isReady: false, ips: [] });
    this.#events.publish(id);
  }

  async removeSandbox(id: string): Promise<void> {
    await this.stopSandbox(id);
    for (const [containerId, container] of this.#containers)
      if (container.sandboxId === id) this.#containers.delete(containerId);
    this.#sandboxes.delete(id);
  }

  async sandboxStatus(id: string): Promise<Sandbox> {
    const sandbox = this.#sandboxes.get(id);
    if (!sandbox) throw missing('sandbox', id);
    return sandbox;
  }

  async sandboxes(podUid: string | undefined): Promise<Sandbox[]> {
    return [...this.#sandboxes.values()]
      .filter((sandbox) => podUid === undefined || sandbox.podUid === podUid)
      .toReversed();
  }

  async createContainer(
    sandboxId: string,
    config: ContainerConfig,
    sandboxConfig: SandboxConfig,
  ): Promise<string> {
    if (!this.#sandboxes.get(sandboxId)?.isReady) throw missing('sandbox', sandboxId);
    const id = this.#newId();
    const now: RuntimeContainer = {
      ...{ id, sandboxId, name: config.metadata.name, attempt: config.metadata.attempt },
      podUid: sandboxConfig.metadata.uid,
      state: 'created',
      createdAtMs: this.#world.clock.now(),
      image: config.image.userSpecifiedImage,
      imageRef: config.image.image,
      labels: config.labels,
      annotations: config.annotations,
    };
    this.#add(now, config, sandboxConfig);
    return id;
  }

  /** Has a pod from now on that ran before, under another runtime. */
  adopt(
    sandbox: Sandbox,
    config: SandboxConfig,
    containers: readonly (readonly [RuntimeContainer, ContainerConfig])[],
  ): void {
    this.#sandboxes.set(sandbox.id, { ...sandbox, config });
    for (const [now, of] of containers) this.#add(now, of, config).resume();
  }

  /** The pod's containers end of a fault at once, if it is one that ends containers. */
  strike(podUid: string, fault: string): void {
    const end = faultyEnds[fault];
    if (!end) return;
    for (const container of this.#containers.values())
      if (container.status.podUid === podUid) container.end(end.exitCode, end.reason);
  }

  #add(now: RuntimeContainer, config: ContainerConfig, sandbox: SandboxConfig): SimulatedContainer {
    const behaviour = behaviourOf([...config.command, ...config.args], sandbox.annotations);
    const ended = (of: string): void => this.#events.publish(of);
    const run = (of: SimulatedContainer): Program | undefined =>
      this.#runProgram({
        ...{ config, sandbox, ips: this.#sandboxes.get(of.sandboxId)?.ips ?? [] },
        print: (stream, text) => of.print(stream, text),
        exited: (exitCode) => of.end(exitCode),
      });
    const container = new SimulatedContainer(now, config, behaviour, this.#world, ended, run);
    this.#containers.set(now.id, container);
    return container;
  }

  async startContainer(id: string, signal: AbortSignal): Promise<void> {
    const container = this.#get(id);
    await this.#pass('container', signal);
    container.start();
    this.#events.publish(id);
  }

  /** It ends gracefully a moment after being asked to; a program, when it likes, or when its grace is over. */
  async stopContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void> {
    const container = this.#containers.get(id);
    if (container?.status.state !== 'running') return;
    if (container.program) {
      container.program.terminate();
      using _limit = this.#world.clock.after(graceSeconds * 1000, () => container.end(killed));
      while (container.status.state === 'running' && !signal.aborted)
        await container.changed(signal);
      return;
    }
    await this.#pass('stop', signal);
    container.end(terminated);
  }

  async removeContainer(id: string): Promise<void> {
    this.#containers.get(id)?.end(killed);
    this.#containers.delete(id);
  }

  async containerStatus(id: string): Promise<RuntimeContainer> {
    return this.#get(id).status;
  }

  async containers(podUid: string | undefined): Promise<RuntimeContainer[]> {
    return [...this.#containers.values()]
      .map(({ status }) => status)
      .filter((status) => podUid === undefined || status.podUid === podUid)
      .toReversed();
  }

  async updateResources(id: string): Promise<void> {
    this.#get(id);
  }

  async execSync(id: string, command: readonly string[]): Promise<ExecResult> {
    const { stdout, stderr, exitCode } = await this.#run(id, command, nothing());
    const bytes = new TextEncoder();
    return { stdout: bytes.encode(stdout), stderr: bytes.encode(stderr), exitCode };
  }

  async exec(id: string, command: readonly string[]): Promise<StreamTarget> {
    this.#running(id);
    return {
      serve: async (io) => {
        const result = await this.#run(id, command, io.stdin);
        const bytes = new TextEncoder();
        if (result.stdout) await io.stdout(bytes.encode(result.stdout));
        if (result.stderr) await io.stderr(bytes.encode(result.stderr));
        return result.exitCode;
      },
    };
  }

  /** Shows what the container prints from now on, until it ends. */
  async attach(id: string): Promise<StreamTarget> {
    const container = this.#get(id);
    return {
      async serve(io) {
        const bytes = new TextEncoder();
        let seen = container.lines.at(-1);
        while (!io.signal.aborted && container.status.state === 'running') {
          await container.changed(io.signal);
          const from = seen ? container.lines.lastIndexOf(seen) + 1 : 0;
          for (const line of container.lines.slice(from))
            await io[line.stream](bytes.encode(`${line.text}\n`));
          seen = container.lines.at(-1);
        }
        return container.status.exitCode ?? 0;
      },
    };
  }

  /** Nothing listens in a simulated pod. */
  async portForward(sandboxId: string): Promise<PortTarget> {
    const { ips } = await this.sandboxStatus(sandboxId);
    return {
      async forward(port: number, _io: ForwardIo) {
        throw refusal(`dial tcp4 ${ips[0] ?? '127.0.0.1'}:${port}: connect: connection refused`);
      },
    };
  }

  logs({ id }: RuntimeContainer): LogTarget {
    const container = this.#containers.get(id);
    return {
      lines: () => container?.lines ?? [],
      changed: async (signal) => container?.changed(signal),
    };
  }

  async reopenLog(id: string): Promise<void> {
    this.#get(id);
  }

  async usage(): Promise<ContainerUsage[]> {
    const timestampMs = this.#world.clock.now();
    return [...this.#containers.values()]
      .map(({ status }) => status)
      .filter(({ state }) => state === 'running')
      .map(({ id, podUid, name, startedAtMs = timestampMs }) => ({
        ...{ containerId: id, podUid, name, timestampMs },
        cpuNanoseconds: (timestampMs - startedAtMs) * 1_000, // one thousandth of a core
        workingSetBytes: 8 * 1024 * 1024,
      }));
  }

  async imageStatus(image: string): Promise<RuntimeImage | undefined> {
    return this.#images.get(image);
  }

  async images(): Promise<RuntimeImage[]> {
    return this.allImages();
  }

  allImages(): RuntimeImage[] {
    return [...this.#images.values()];
  }

  async pullImage(
    image: string,
    _auth: unknown,
    sandbox: SandboxConfig | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    await this.#pass('pull', signal);
    const isFaulty = faultOf(sandbox?.annotations)?.fault === 'failed-pull';
    if (isFaulty || !simulatedImage(image))
      throw refusal(`failed to resolve reference "${image}": not found`);
    return this.addImage(image).id;
  }

  hasImage(image: string): boolean {
    return this.#images.has(image);
  }

  /** As after a pull. */
  addImage(image: string): RuntimeImage {
    const found = simulatedImage(image)!;
    this.#images.set(image, found);
    return found;
  }

  async removeImage(image: string): Promise<void> {
    for (const [name, { id }] of this.#images)
      if (name === image || id === image) this.#images.delete(name);
  }

  async imageFilesystems(): Promise<[]> {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const container of this.#containers.values()) container.end(killed);
  }

  #running(id: string): SimulatedContainer {
    const container = this.#get(id);
    if (container.status.state !== 'running') throw refusal('container is not running');
    return container;
  }

  async #run(
    id: string,
    command: readonly string[],
    stdin: AsyncIterable<Uint8Array>,
  ): Promise<SimulatedRun> {
    const container = this.#running(id);
    const answer = await container.program?.exec(command, stdin);
    if (answer) return answer;
    const sandbox = this.#sandboxes.get(container.sandboxId)!;
    return runSimulated(command, container.config, sandbox.config);
  }

  #get(id: string): SimulatedContainer {
    const container = this.#containers.get(id);
    if (!container) throw missing('container', id);
    return container;
  }

  #pass(what: Delayed, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#world;
    return clock.sleep(delayMs(what, random) * this.slowness, signal);
  }

  #newId(): string {
    const { random } = this.#world;
    return (uuid(random) + uuid(random)).replaceAll('-', '');
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

const refusal = (text: string): RuntimeError =>
  new RuntimeError('other', `rpc error: code = Unknown desc = ${text}`, text);

function missing(what: string, id: string): RuntimeError {
  const text = `an error occurred when try to find ${what} "${id}": not found`;
  return new RuntimeError('notFound', `rpc error: code = NotFound desc = ${text}`, text);
}
