import assert from 'node:assert/strict';
import { test } from 'node:test';
import { behaviourOf, misunderstood } from './behaviour.ts';

const own = (name: string, text: string) => ({ [`simulated.coxswain.dev/${name}`]: text });

const annotations = [
  { given: own('runs-for', '90s'), told: undefined },
  { given: own('runs-for', '1.5h'), told: undefined },
  { given: own('runs-for', 'soon'), told: 'runs-for: "soon" is not a time such as 30s or 5m' },
  { given: own('runs-for', '1m30s'), told: 'runs-for: "1m30s" is not a time such as 30s or 5m' },
  { given: own('exit-code', '-1'), told: 'exit-code: "-1" is not a number up to 255' },
  { given: own('exit-code', '137'), told: undefined },
  { given: own('fault', 'slow-start=2m'), told: undefined },
  {
    given: own('fault', 'ooom'),
    told: 'fault: "ooom" is not one of crash-loop, oom, failed-pull, slow-start (slow-start=2m)',
  },
  {
    given: own('fault', 'slow-start=2 minutes'),
    told: 'fault: "slow-start=2 minutes" is not one of crash-loop, oom, failed-pull, slow-start (slow-start=2m)',
  },
  { given: own('cpu-usage', '250m'), told: undefined },
  {
    given: own('memory-usage', 'much'),
    told: 'memory-usage: "much" is not a quantity such as 100Mi',
  },
  { given: { 'other.example/runs-for': 'soon' }, told: undefined },
];
for (const { given, told } of annotations)
  test(`${JSON.stringify(given)}: ${told ?? 'understood'}`, () =>
    assert.equal(misunderstood(given), told && `simulated.coxswain.dev/${told}`));

const commands = [
  { command: 'sleep 5', ends: [5000, 0] },
  { command: 'sleep 5; exit 3', ends: [5000, 3] },
  { command: 'sleep infinity', ends: [Infinity, 0] },
  { command: 'sleep "$SECS"', ends: [Infinity, 0] },
  { command: 'sleep soon', ends: [0, 1, "sleep: invalid time interval 'soon'"] },
  { command: 'serve', ends: [Infinity, 0] },
];
for (const { command, ends } of commands)
  test(command, () => {
    const { afterMs, exitCode, output } = behaviourOf(['sh', '-c', command], {});
    assert.deepEqual([afterMs, exitCode, ...output], ends);
  });
