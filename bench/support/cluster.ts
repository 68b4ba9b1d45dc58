/** A cluster of its own for a bench: own home, own name, any port; wiped at the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const cox = new URL('../../cox', import.meta.url).pathname;

export interface Start {
  /** From the spawn of `./cox` to the API server being done. */
  readonly apiMs: number;
  /** To its exit, when every node is Ready. */
  readonly readyMs: number;
}

export class BenchCluster implements AsyncDisposable {
  readonly home: string;
  readonly name = 'bench';
  readonly #flags: readonly string[];

  private constructor(home: string, flags: readonly string[]) {
    this.home = home;
    this.#flags = flags;
  }

  static async open(...flags: readonly string[]): Promise<BenchCluster> {
    return new BenchCluster(await mkdtemp(join(tmpdir(), 'cox-bench-')), flags);
  }

  get data(): string {
    return join(this.home, this.name);
  }

  get kubeconfig(): string {
    return join(this.data, 'kubeconfig');
  }

  /** `cox up`, timed by the lines it writes. */
  async up(): Promise<Start> {
    const from = performance.now();
    let apiMs = Number.NaN;
    const kubeconfig = join(this.home, 'kubeconfig');
    await this.#cox(['up', '--port', '0', '--kubeconfig', kubeconfig, ...this.#flags], (line) => {
      if (line.includes('API server')) apiMs = performance.now() - from;
    });
    return { apiMs, readyMs: performance.now() - from };
  }

  async down(...flags: readonly string[]): Promise<void> {
    await this.#cox(['down', ...flags]);
  }

  /** Processes of ours that serve this cluster: containerd and its shims are not among them. */
  processes(): number[] {
    return globSync('/proc/[0-9]*/cmdline')
      .filter((file) => {
        const args = textOf(file).split('\0');
        return args.some((arg) => arg.endsWith('cox.mjs')) && args.includes(this.data);
      })
      .map((file) => Number(file.split('/')[2]));
  }

  /** Socket of the first node's containerd. */
  containerdSocket(): string {
    const pids = new Set(this.processes());
    const own = globSync('/run/coxswain/*/daemon.json').find((file) =>
      pids.has((JSON.parse(textOf(file) || '{}') as { pid: number }).pid),
    );
    return join(dirname(own!), 'node-1', 'c.sock');
  }

  /** Proportional memory of all of them: shared pages are counted once. */
  memoryMiB(): number {
    const kb = this.processes().map((pid) =>
      Number(/^Pss:\s+(\d+)/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0),
    );
    return kb.reduce((sum, one) => sum + one, 0) / 1024;
  }

  /** Processor time used so far by all of them. */
  cpuMs(): number {
    const ticks = this.processes().map((pid) => {
      const fields = textOf(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
      return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    });
    return ticks.reduce((sum, one) => sum + one, 0) * 10; // the kernel tells hundredths of a second
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down('--wipe');
    await rm(this.home, { recursive: true, force: true });
  }

  async #cox(args: readonly string[], onText: (text: string) => void = () => {}): Promise<void> {
    const [verb, ...rest] = args;
    const child = spawn(cox, [verb!, '--name', this.name, ...rest], {
      env: { ...process.env, COX_HOME: this.home },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      onText(chunk);
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`cox ${args.join(' ')} ended with ${code}: ${text}`);
  }
}

/** Empty where the process has gone meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
