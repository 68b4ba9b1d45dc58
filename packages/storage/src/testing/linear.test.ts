import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from './clients.ts';
import { checkHistory } from './linear.ts';

const log = new Map([
  [
    '/k/a',
    [
      { revision: 1, value: 'w1' },
      { revision: 3, value: 'w2' },
      { revision: 5, value: undefined },
    ],
  ],
]);
const put = (id: string, expect: number | null = null): Step => ({
  ...{ id, asks: 'put', key: '/k/a', value: id, expect },
});
const read = (id: string): Step => ({ id, asks: 'read', key: '/k/a', value: '', expect: null });
const saw = (id: string, revision: number, value: string): Step => ({
  id,
  read: { revision, value },
});
const written: readonly Step[] = [put('w1', 0), { id: 'w1', done: 1 }, put('w2', 1)];
const both: readonly Step[] = [...written, { id: 'w2', done: 3 }];

const histories: readonly (readonly [name: string, steps: readonly Step[], fits: boolean])[] = [
  ['what was written is read', [...both, read('r'), saw('r', 3, 'w2')], true],
  ['a read beside a write sees either', [...written, read('r'), saw('r', 1, 'w1')], true],
  ['a write without an end may be seen', [...written, read('r'), saw('r', 3, 'w2')], true],
  ['absent after the removal', [...both, read('r'), saw('r', 0, '')], true],
  ['a stale read', [...both, read('r'), saw('r', 1, 'w1')], false],
  [
    'a read that goes back',
    [...written, read('r'), saw('r', 3, 'w2'), read('s'), saw('s', 1, 'w1')],
    false,
  ],
  [
    'absent between two values',
    [written[0]!, { id: 'w1', done: 1 }, put('w2', 3), { id: 'w2', done: 3 }],
    false,
  ],
  ['a value that never was', [...both, read('r'), saw('r', 3, 'w9')], false],
  ['a read from the future', [put('w1', 0), read('r'), saw('r', 3, 'w2')], false],
  [
    'a compared write over another',
    [put('w1', 0), { id: 'w1', done: 1 }, put('w2', 0), { id: 'w2', done: 3 }],
    false,
  ],
  ['a lost write', [...both, put('w3'), { id: 'w3', done: 7 }], false],
  [
    'a refused write that stands',
    [...written, { id: 'w2', refused: { revision: 3, value: 'w2' } }],
    false,
  ],
];

for (const [name, steps, fits] of histories)
  test(`a history: ${name}`, () => {
    if (fits) checkHistory(steps, log);
    else assert.throws(() => checkHistory(steps, log), assert.AssertionError);
  });
