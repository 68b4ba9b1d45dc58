/** Clusters, each from its seed; and what they are there for: bugs put in on purpose are found. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replay, simulateMany, simulateSeed } from './many.ts';
import { plants } from './plants/index.ts';
import type { Outcome } from './simulate.ts';

const seeds = 24;
/** So many seeds find each planted bug, at most. */
const seedsToFind = 15;

test(`${seeds} seeds keep every promise`, async () => {
  const outcomes: Outcome[] = [];
  await simulateMany({ first: 1, count: seeds }, 2, (outcome) => outcomes.push(outcome));
  const broken = outcomes.flatMap(({ seed, violation }) =>
    violation ? [`${violation.invariant}: ${violation.what}\n  ${replay(seed)}`] : [],
  );
  assert.deepEqual(broken, [], broken.join('\n'));
  assert.equal(outcomes.length, seeds);
  for (const { seed, nodes, pods, faults } of outcomes)
    assert.ok(nodes >= 3 && pods >= 60 && faults >= 20, `seed ${seed} is too small`);
});

test('one seed, one history', async () => {
  const [one, same, other] = await Promise.all([5, 5, 6].map((seed) => outcomeOf(seed)));
  assert.deepEqual(same, one);
  assert.notEqual(other!.digest, one!.digest);
});

/** In a process of its own. */
async function outcomeOf(seed: number): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  await simulateMany({ first: seed, count: 1 }, 1, (outcome) => outcomes.push(outcome));
  return outcomes[0]!;
}

for (const { name, mistake } of plants)
  test(`found: ${mistake}`, async () => {
    for (let seed = 1; seed <= seedsToFind; seed++)
      if ((await simulateSeed(seed, name)).violation) return;
    assert.fail(`${seedsToFind} seeds do not find it: ${name}`);
  });
