import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choice, count, parseFlags, text, toggle, UsageError } from './flags.ts';
import { nearest } from './nearest.ts';

const flags = {
  name: text('NAME', ''),
  nodes: count('N', '', { min: 0, max: 9 }),
  runtime: choice(['containerd', 'simulated'], ''),
  wipe: toggle(''),
};

for (const [name, argv, want] of [
  [
    'any order, both forms',
    ['a', '--nodes=2', '--name', 'x', 'b'],
    { given: { nodes: 2, name: 'x' }, args: ['a', 'b'] },
  ],
  ['switches', ['--wipe'], { given: { wipe: true }, args: [] }],
  ['switched off', ['--wipe=false'], { given: { wipe: false }, args: [] }],
  ['-- ends flags', ['--', '--wipe'], { given: {}, args: ['--wipe'] }],
  ['a lone dash is an argument', ['-'], { given: {}, args: ['-'] }],
  ['the last one counts', ['--nodes=1', '--nodes=3'], { given: { nodes: 3 }, args: [] }],
] as const)
  test(`flags: ${name}`, () => assert.deepEqual(parseFlags(argv, flags), want));

for (const [name, argv, message] of [
  ['unknown', ['--frobnicate'], 'unknown flag: --frobnicate'],
  ['nearly right', ['--ndoes=2'], 'unknown flag: --ndoes (did you mean --nodes?)'],
  ['no value', ['--name'], 'flag needs a value: --name'],
  ['empty', ['--name='], 'invalid value "" for --name: must not be empty'],
  [
    'not a number',
    ['--nodes', 'two'],
    'invalid value "two" for --nodes: must be a whole number from 0 to 9',
  ],
  [
    'too many',
    ['--nodes=10'],
    'invalid value "10" for --nodes: must be a whole number from 0 to 9',
  ],
  [
    'not a choice',
    ['--runtime=conatinerd'],
    'invalid value "conatinerd" for --runtime: must be one of containerd, simulated (did you mean containerd?)',
  ],
] as const)
  test(`flags refused: ${name}`, () =>
    assert.throws(
      () => parseFlags(argv, flags),
      (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.message, message);
        return true;
      },
    ));

for (const [word, want] of [
  ['stauts', 'status'],
  ['dwon', 'down'],
  ['clus', 'clusters'],
  ['kubectl', undefined],
  ['u', 'up'],
] as const)
  test(`nearest: ${word}`, () =>
    assert.equal(nearest(word, ['up', 'down', 'status', 'clusters']), want));
