/** A million inputs for every decoder: `node --expose-gc fuzz/run.ts [COUNT] [SEED] [NAME ...]`. */
import { allTargets, fuzz } from './fuzz.ts';

const [count = '1000000', seed = '1', ...names] = process.argv.slice(2);
const chosen = allTargets.filter(({ name }) => names.length === 0 || names.includes(name));
const rows: object[] = [];
for (const target of chosen)
  try {
    const { slowestMs, growthBytes, ...rest } = fuzz(target, Number(seed), Number(count));
    const growth = `${(growthBytes / 2 ** 20).toFixed(1)} MiB`;
    rows.push({ ...rest, 'slowest ms': Number(slowestMs.toFixed(1)), growth });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
console.table(rows);
