/** Clusters, each from its seed; and what they are there for: bugs put in on purpose are found. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { replay, Workers } from './many.ts';
import { plants } from './plants/index.ts';

/** All where nobody waits for them. */
const seeds = process.env['CI'] ? 200 : 24;
/** So many seeds find each planted bug, at most. */
const seedsToFind = 5;

const workers = new Workers(2);
after(() => workers[Symbol.asyncDispose]());

test(`${seeds} seeds keep every promise`, async () => {
  const numbers = Array.from({ length: seeds }, (_, at) => at + 1);
  const outcomes = await Promise.all(numbers.map((seed) => workers.simulate(seed)));
  const broken = outcomes.flatMap(({ seed, violation }) =>
    violation ? [`${violation.invariant}: ${violation.what}\n  ${replay(seed)}`] : [],
  );
  assert.deepEqual(broken, [], broken.join('\n'));
  for (const { seed, nodes, pods, faults } of outcomes)
    assert.ok(nodes >= 3 && pods >= 60 && faults >= 20, `seed ${seed} is too small`);
});

test('one seed, one history, whatever the process lived through before', async () => {
  await using fresh = new Workers(1);
  const [one, other, same] = await Promise.all([
    fresh.simulate(5),
    fresh.simulate(6),
    workers.simulate(5),
  ]);
  assert.deepEqual(same, one);
  assert.notEqual(other.digest, one.digest);
});

describe('a planted bug is found:', { concurrency: true }, () => {
  for (const { name, mistake } of plants)
    test(mistake, async () => {
      for (let seed = 1; seed <= seedsToFind; seed++)
        if ((await workers.simulate(seed, name)).violation) return;
      assert.fail(`${seedsToFind} seeds do not find it: ${name}`);
    });
});
