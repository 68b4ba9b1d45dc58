import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiConstructor, type ApiType, KubeConfig } from '@kubernetes/client-node';
import { mustRun, run, type RunOptions, type Ran, Running } from './run.ts';

const launcher = new URL('../../cox', import.meta.url).pathname;
const upDeadlineMs = 150_000; // a first start may install what the machine lacks

export interface ClusterWish {
  readonly runtime?: 'containerd' | 'simulated';
  readonly nodes?: number;
  readonly flags?: readonly string[];
}

/** Runs `./cox`, as a user does. */
export const cox = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  run([launcher, ...args], { deadlineMs: upDeadlineMs, ...options });

/** `cox` in the background. */
export const coxRunning = (args: readonly string[], options: RunOptions = {}): Running =>
  new Running([launcher, ...args], options);

/** A name that no other cluster of this machine has. */
export const freshName = (): string => `walk-${randomBytes(3).toString('hex')}`;

/** Whatever an answer or a program must be for the walk to go on. */
export function expectDone(what: string, ran: Ran): string {
  if (ran.code !== 0)
    throw new Error(
      `${what}: exit code ${ran.code}\n--- stdout\n${ran.out}\n--- stderr\n${ran.err}`,
    );
  return ran.out;
}

/** A cluster under test, in a folder of its own, started as a newcomer starts one. Disposed of, it leaves nothing. */
export class WalkCluster implements AsyncDisposable {
  readonly name: string;
  readonly folder: string;
  readonly #wish: ClusterWish;

  private constructor(name: string, folder: string, wish: ClusterWish) {
    this.name = name;
    this.folder = folder;
    this.#wish = wish;
  }

  /** A place for a cluster; nothing is started yet. */
  static async prepare(wish: ClusterWish = {}): Promise<WalkCluster> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'cox-walk-')));
    return new WalkCluster(freshName(), folder, wish);
  }

  /** A running cluster. A failed start leaves nothing and throws with what `cox up` said. */
  static async start(wish: ClusterWish = {}): Promise<WalkCluster> {
    const cluster = await WalkCluster.prepare(wish);
    try {
      expectDone('cox up', await cluster.up());
      return cluster;
    } catch (error) {
      const told = new Error(`${(error as Error).message}\n--- log\n${cluster.logTail()}`, {
        cause: error,
      });
      await cluster[Symbol.asyncDispose]();
      throw told;
    }
  }

  get data(): string {
    return join(this.folder, 'data');
  }
  get kubeconfig(): string {
    return join(this.folder, 'config');
  }
  /** Six hex digits that everything of this cluster on the machine carries in its name. */
  get id(): string {
    return createHash('sha256').update(this.data).digest('hex').slice(0, 6);
  }
  /** Environment of programs that use this cluster. */
  get env(): Readonly<Record<string, string>> {
    return { KUBECONFIG: this.kubeconfig, KUBECACHEDIR: join(this.folder, 'cache') };
  }

  get upFlags(): readonly string[] {
    const { runtime = 'containerd', nodes, flags = [] } = this.#wish;
    return [
      ...['--name', this.name, '--data', this.data, '--port', '0', '--kubeconfig', this.kubeconfig],
      ...['--runtime', runtime],
      ...(nodes === undefined ? [] : ['--nodes', String(nodes)]),
      ...flags,
    ];
  }

  up(): Promise<Ran> {
    return cox(['up', ...this.upFlags]);
  }

  down(...flags: readonly string[]): Promise<Ran> {
    return cox(['down', '--name', this.name, ...flags]);
  }

  async status(): Promise<{
    readonly running: boolean;
    readonly pid: number;
    readonly endpoint: string;
  }> {
    const ran = await cox(['status', '--name', this.name, '-o', 'json']);
    return JSON.parse(expectDone('cox status', ran)) as never;
  }

  /** The cluster as client-node sees it: read anew, because a start may change it. */
  config(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromFile(this.kubeconfig);
    return config;
  }

  api<T extends ApiType>(type: ApiConstructor<T>): T {
    return this.config().makeApiClient(type);
  }

  /** Runs kubectl to its end, whatever its exit code. */
  tryKubectl(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return run(['kubectl', ...args], { ...options, env: { ...this.env, ...options.env } });
  }

  /** Runs kubectl, which must succeed; gives what it printed. */
  kubectl(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return mustRun(['kubectl', ...args], { ...options, env: { ...this.env, ...options.env } });
  }

  /** kubectl in the background, for what follows and watches. */
  kubectlRunning(args: readonly string[]): Running {
    return new Running(['kubectl', ...args], { env: this.env });
  }

  /** The last lines of the cluster's log. */
  logTail(lines = 30): string {
    const file = join(this.data, 'log', 'cox.log');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-lines).join('\n') : '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ran = existsSync(join(this.data, 'cluster.json')) ? await this.down('--wipe') : undefined;
    await rm(this.folder, { recursive: true, force: true });
    if (ran) expectDone('cox down --wipe', ran);
  }
}
