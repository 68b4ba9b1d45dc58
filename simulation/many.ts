import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { plants } from './plants/index.ts';
import { type Outcome, simulate, type SimulateOptions } from './simulate.ts';

/** The same as `simulate`, with the planted bug of that name. */
export function simulateSeed(
  seed: number,
  plant: string | undefined,
  options: SimulateOptions = {},
): Promise<Outcome> {
  const planted = plants.find(({ name }) => name === plant);
  if (plant !== undefined && !planted)
    throw new Error(`no bug "${plant}": ${plants.map(({ name }) => name).join(', ')}`);
  return simulate(seed, { ...options, bug: planted?.plant() });
}

/** What a worker does: lives through the seeds it is given, a line each, and answers each with its outcome. */
export async function work(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { seed, plant } = JSON.parse(line) as Task;
    process.stdout.write(`${JSON.stringify(await simulateSeed(seed, plant))}\n`);
  }
}

interface Task {
  readonly seed: number;
  readonly plant: string | undefined;
}

interface Worker {
  readonly give: (task: Task) => Promise<Outcome>;
  readonly end: () => Promise<void>;
}

/** Most of what a seed makes is gone soon: room for it (MiB), so that what is not is seldom walked. */
const youngSpace = '--max-semi-space-size=64';

function startWorker(): Worker {
  const script = new URL('run.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [youngSpace, script, '--worker'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    async give(task) {
      child.stdin.write(`${JSON.stringify(task)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`a worker ended at seed ${task.seed}`);
      return JSON.parse(value) as Outcome;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

/** Processes that live through seeds, each one at a time. They end when this is disposed of. */
export class Workers implements AsyncDisposable {
  readonly #all: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  constructor(count: number) {
    this.#all = Array.from({ length: count }, startWorker);
    this.#idle = [...this.#all];
  }

  async simulate(seed: number, plant?: string): Promise<Outcome> {
    const worker =
      this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    try {
      return await worker.give({ seed, plant });
    } finally {
      const next = this.#waiting.shift();
      if (next) next(worker);
      else this.#idle.push(worker);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.end()));
  }
}

/** The command that lives through a seed again. */
export const replay = (seed: number, plant?: string): string =>
  `npm run simulate -- --seed ${seed}${plant === undefined ? '' : ` --plant '${plant}'`}`;
