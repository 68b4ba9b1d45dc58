/**
 * `npm run simulate -- --seeds N` lives through seeds 1 to N; `--seed K` through one, and tells what happens; `--trace` tells of every
 * revision too; `--plant NAME` puts a bug in.
 */
import { parseArgs } from 'node:util';
import { replay, simulateSeed, work, Workers } from './many.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    plant: { type: 'string' },
    trace: { type: 'boolean' },
    workers: { type: 'string', default: '2' },
    worker: { type: 'boolean' },
  },
});
const { plant, trace } = values;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const first = Number(values.seed ?? 1);
const count = Number(values.seeds ?? (values.seed === undefined ? 200 : 1));

if (values.worker) await work();
else if (count === 1) {
  const { violation, ...rest } = await simulateSeed(first, plant, { tell: say, trace });
  say(JSON.stringify(rest));
  if (violation) process.exitCode = 1;
} else {
  await using workers = new Workers(Number(values.workers));
  const seeds = Array.from({ length: count }, (_, at) => first + at);
  const broken = seeds.map(async (seed) => {
    const { violation } = await workers.simulate(seed, plant);
    if (!violation) return 0;
    say(`seed ${seed}, ${violation.at}: ${violation.invariant}: ${violation.what}`);
    say(`  ${replay(seed, plant)}`);
    return 1;
  });
  const sum = (await Promise.all(broken)).reduce<number>((total, each) => total + each, 0);
  say(`${count} seeds, ${sum} broken`);
  if (sum > 0) process.exitCode = 1;
}
