/**
 * `npm run simulate -- --seeds N` lives through seeds 1 to N; `--seed K` through one, and tells what happens; `--trace` tells of every
 * revision too; `--plant NAME` puts a bug in.
 */
import { parseArgs } from 'node:util';
import { replay, simulateMany, simulateSeed, work } from './many.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    plant: { type: 'string' },
    trace: { type: 'boolean' },
    workers: { type: 'string', default: '2' },
    worker: { type: 'string' },
  },
});
const { plant, trace } = values;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const first = Number(values.seed ?? 1);
const count = Number(values.seeds ?? (values.seed === undefined ? 200 : 1));

if (values.worker !== undefined) await work({ first, count, plant }, Number(values.worker));
else if (count === 1) {
  const { violation, ...rest } = await simulateSeed(first, plant, { tell: say, trace });
  say(JSON.stringify(rest));
  if (violation) process.exitCode = 1;
} else {
  let [done, broken] = [0, 0];
  await simulateMany({ first, count, plant }, Number(values.workers), ({ seed, violation }) => {
    done++;
    if (!violation) return;
    broken++;
    say(`seed ${seed}, ${violation.at}: ${violation.invariant}: ${violation.what}`);
    say(`  ${replay(seed, plant)}`);
  });
  say(`${done} seeds, ${broken} broken`);
  if (broken > 0) process.exitCode = 1;
}
