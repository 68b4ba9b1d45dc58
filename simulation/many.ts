import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { plants } from './plants/index.ts';
import { type Outcome, simulate, type SimulateOptions } from './simulate.ts';

export interface Seeds {
  readonly first: number;
  readonly count: number;
  /** The bug to put in, by name. */
  readonly plant?: string | undefined;
}

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

/** What a worker does: every `step`th seed, an outcome a line. */
export async function work({ first, count, plant }: Seeds, step: number): Promise<void> {
  for (let seed = first; seed < first + count; seed += step)
    process.stdout.write(`${JSON.stringify(await simulateSeed(seed, plant))}\n`);
}

/** Lives through many seeds in processes of their own; tells each outcome as it comes. */
export async function simulateMany(
  { first, count, plant }: Seeds,
  workers: number,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const script = new URL('run.ts', import.meta.url).pathname;
  const one = async (worker: number): Promise<void> => {
    const from = String(first + worker);
    const args = [
      script,
      '--worker',
      String(workers),
      '--seed',
      from,
      '--seeds',
      String(count - worker),
    ];
    if (plant !== undefined) args.push('--plant', plant);
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    for await (const line of createInterface({ input: child.stdout }))
      tell(JSON.parse(line) as Outcome);
    const code = await ended;
    if (code !== 0) throw new Error(`a worker ended with ${code}`);
  };
  await Promise.all(Array.from({ length: Math.min(workers, count) }, (_, worker) => one(worker)));
}

/** The command that lives through a seed again. */
export const replay = (seed: number, plant?: string): string =>
  `npm run simulate -- --seed ${seed}${plant === undefined ? '' : ` --plant '${plant}'`}`;
