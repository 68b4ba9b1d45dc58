import { Pods, type UserInfo } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Client, Informers } from '@coxswain/client';
import type { Program, ProgramStart, SimulatedRun } from '@coxswain/kubelet/simulated';
import { checksIn } from './checks.ts';
import { fetchIn } from './fetch-call.ts';
import { mountedFiles, type Written } from './mounted-files.ts';
import type { Commands, Files, Output, Process, ProcessFunction } from './process.ts';
import { VirtualNetwork } from './virtual-network.ts';

/** What the containers that are functions need of their cluster. */
interface Surroundings {
  readonly informers: Informers;
  readonly clientOf: (user: UserInfo) => Client;
}

/** The containers of a cluster that are functions of this process, and the network between them. */
export class Programs {
  readonly network: VirtualNetwork;
  readonly checks: ReturnType<typeof checksIn>;
  readonly #world: World;
  readonly #images: Readonly<Record<string, ProcessFunction>>;
  readonly #written = new Map<string, Written>(); // by uid of the pod
  #around: Surroundings | undefined;

  constructor(world: World, images: Readonly<Record<string, ProcessFunction>>, domain: string) {
    this.#world = world;
    this.#images = images;
    this.network = new VirtualNetwork(domain, world.random);
    this.checks = checksIn(this.network, world);
  }

  open(around: Surroundings): void {
    this.#around = around;
    if (this.areAny) this.network.open(around.informers);
  }

  /** Whether any container of the pod is a function. */
  readonly areIn = ({ spec }: Pod): boolean =>
    this.areAny &&
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].some(({ image = '' }) =>
      Object.hasOwn(this.#images, image),
    );

  readonly run = (start: ProgramStart): Program | undefined => {
    const image = start.config.image.userSpecifiedImage ?? start.config.image.image;
    const run = Object.hasOwn(this.#images, image) ? this.#images[image] : undefined;
    return run && this.#start(run, image, start);
  };

  /** Whether any image is a function. */
  get areAny(): boolean {
    return Object.keys(this.#images).length > 0;
  }

  #start(run: ProcessFunction, image: string, start: ProgramStart): Program {
    const { config, sandbox, ips, print } = start;
    const { informers, clientOf } = this.#around!;
    const { name: pod, namespace, uid } = sandbox.metadata;
    const asked = new AbortController(); // to end
    const end = new AbortController();
    const address = ips[0] ?? '';
    const ports: Disposable[] = [];
    let commands: Commands = () => undefined;
    const written = this.#written.get(uid) ?? new Map();
    this.#written.set(uid, written);
    const podNow = (): Pod | undefined => informers.of(Pods).get(pod, namespace);
    const files = mountedFiles(podNow, config.metadata.name, informers, written);
    this.network.join(address);
    const kill = (): void => {
      end.abort(new Error('the container has ended'));
      asked.abort(end.signal.reason);
      for (const port of ports) port[Symbol.dispose]();
      flush();
    };
    const [stdout, stderr] = [lines('stdout', print), lines('stderr', print)];
    const flush = (): void => [stdout, stderr].forEach((one) => one.flush());
    const account = podNow()?.spec?.serviceAccountName ?? 'default';
    const { clock, work } = this.#world;
    const process: Process = {
      ...{ command: config.command, args: config.args, image, container: config.metadata.name },
      env: Object.fromEntries(config.envs.map(({ key, value }) => [key, value])),
      ...{ pod, namespace, hostname: sandbox.hostname, address, files, stdout, stderr },
      signal: asked.signal,
      client: clientOf(accountUser(namespace, account)),
      listen: (port, handler) => void ports.push(this.network.listen(address, port, handler)),
      onExec: (answer) => void (commands = answer),
      fetch: (url, request) => fetchIn(this.network, url, namespace, request),
      now: () => clock.now(),
      sleep: (ms) => clock.sleep(ms, end.signal),
      track: (job) => work.track(job, image),
    };
    void live(run, process, () => ports.length > 0).then((code) => {
      flush();
      if (!end.signal.aborted) start.exited(code);
    });
    return {
      terminate: () => asked.abort(new Error('the container is asked to end')),
      kill,
      exec: async (command, stdin) => answered(commands, files, command, await textOf(stdin)),
    };
  }
}

/** Its exit code. One that listens runs until it is asked to end. */
async function live(
  run: ProcessFunction,
  process: Process,
  listens: () => boolean,
): Promise<number> {
  const { signal, stderr } = process;
  try {
    const code = await run(process);
    if (typeof code === 'number') return code;
    if (listens() && !signal.aborted)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return 0;
  } catch (error) {
    if (signal.aborted) return 143; // 128 + SIGTERM
    stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  }
}

const accountUser = (namespace: string, name: string): UserInfo => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

/** Hands on whole lines; what is left of one at the end is a line too. */
function lines(
  stream: 'stdout' | 'stderr',
  print: ProgramStart['print'],
): Output & { flush(): void } {
  let rest = '';
  return {
    write(text) {
      const found = (rest + text).split('\n');
      rest = found.pop()!;
      for (const line of found) print(stream, line);
    },
    flush() {
      if (rest) print(stream, rest);
      rest = '';
    },
  };
}

/** The program's own answer; else `cat` of its files; else what the simulation would answer. */
async function answered(
  commands: Commands,
  files: Files,
  command: readonly string[],
  stdin: string,
): Promise<SimulatedRun | undefined> {
  const own = await commands(command, stdin);
  if (own)
    return { stdout: own.stdout ?? '', stderr: own.stderr ?? '', exitCode: own.exitCode ?? 0 };
  const [program, path] = command;
  if (program !== 'cat' || path === undefined) return undefined;
  const text = files.read(path);
  return text === undefined
    ? { stdout: '', stderr: `cat: ${path}: No such file or directory\n`, exitCode: 1 }
    : { stdout: text, stderr: '', exitCode: 0 };
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
