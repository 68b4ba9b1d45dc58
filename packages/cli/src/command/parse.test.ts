import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bool, commaSeparated, duration, int, list, text, texts } from './flags.ts';
import { parseLine } from './parse.ts';

const flags = {
  all: bool(false, '', { short: 'A' }),
  output: text('', '', { short: 'o' }),
  replicas: int(1, '', { short: 'r' }),
  labels: list('', { short: 'L' }),
  env: texts('', { short: 'e' }),
  'dry-run': text('none', '', { bare: 'unchanged' }),
  timeout: duration('0s', ''),
};

const read = [
  { name: 'nothing', line: '', want: {}, args: [] },
  {
    name: 'both forms of a value',
    line: '--output=json -o yaml',
    want: { output: 'yaml' },
    args: [],
  },
  {
    name: 'a short flag with its value behind it',
    line: '-oname -r=3',
    want: { output: 'name', replicas: 3 },
    args: [],
  },
  { name: 'short flags together', line: '-Ao wide', want: { all: true, output: 'wide' }, args: [] },
  {
    name: 'flags among arguments',
    line: 'pods -A web',
    want: { all: true },
    args: ['pods', 'web'],
  },
  { name: 'a switch takes no word', line: '-A true', want: { all: true }, args: ['true'] },
  { name: 'a switch turned off', line: '--all=false', want: { all: false }, args: [] },
  {
    name: 'a bare value',
    line: '--dry-run client',
    want: { 'dry-run': 'unchanged' },
    args: ['client'],
  },
  {
    name: 'lists by commas and again',
    line: '-L a,b -L c',
    want: { labels: ['a', 'b', 'c'] },
    args: [],
  },
  { name: 'texts keep commas', line: '-e a=1,2 -e b=3', want: { env: ['a=1,2', 'b=3'] }, args: [] },
  { name: 'a duration', line: '--timeout=1m30s', want: { timeout: 90_000 }, args: [] },
  { name: 'a lone dash is an argument', line: '-', want: {}, args: ['-'] },
] as const;

for (const { name, line, want, args } of read)
  test(`read: ${name}`, () => {
    const parsed = parseLine(line.split(' ').filter(Boolean), flags);
    const given = Object.fromEntries(
      Object.entries(parsed.flags).filter(([key]) => parsed.changed.has(key)),
    );
    assert.deepEqual(
      { given, args: parsed.args, dash: parsed.dash },
      { given: want, args, dash: -1 },
    );
  });

test('-- ends flags and its place is known', () => {
  const { args, dash } = parseLine(['web', '--', 'sh', '-c'], flags);
  assert.deepEqual({ args, dash }, { args: ['web', 'sh', '-c'], dash: 1 });
});

const refused = [
  ['--nothing', 'unknown flag: --nothing'],
  ['-x', "unknown shorthand flag: 'x' in -x"],
  ['-Axy', "unknown shorthand flag: 'x' in -xy"],
  ['--output', 'flag needs an argument: --output'],
  ['-o', "flag needs an argument: 'o' in -o"],
  ['--=x', 'bad flag syntax: --=x'],
  [
    '--all=maybe',
    'invalid argument "maybe" for "-A, --all" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
  ],
  [
    '--replicas=two',
    'invalid argument "two" for "-r, --replicas" flag: strconv.ParseInt: parsing "two": invalid syntax',
  ],
  ['--timeout=5', 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
  ['--timeout=soon', 'invalid argument "soon" for "--timeout" flag: time: invalid duration "soon"'],
] as const;
for (const [word, message] of refused)
  test(`refused: ${word}`, () => assert.throws(() => parseLine([word], flags), { message }));

test('CSV', () => assert.deepEqual(commaSeparated('a,"b,""c""",'), ['a', 'b,"c"', '']));
