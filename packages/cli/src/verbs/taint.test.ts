import assert from 'node:assert/strict';
import { test } from 'node:test';
import { taintsOf } from './taint.ts';

const read = [
  {
    name: 'with a value, without one, to take away',
    words: ['a=b:NoSchedule', 'c:NoExecute', 'd-', 'e:NoSchedule-'],
    want: {
      add: [
        { key: 'a', value: 'b', effect: 'NoSchedule' },
        { key: 'c', effect: 'NoExecute' },
      ],
      remove: [{ key: 'd' }, { key: 'e', effect: 'NoSchedule' }],
    },
  },
  {
    name: 'one key with two effects',
    words: ['a:NoSchedule', 'a:NoExecute'],
    want: {
      add: [
        { key: 'a', effect: 'NoSchedule' },
        { key: 'a', effect: 'NoExecute' },
      ],
      remove: [],
    },
  },
] as const;
for (const { name, words, want } of read)
  test(`read: ${name}`, () => assert.deepEqual(taintsOf(words), want));

const refused = [
  ['a:b:c', 'invalid taint spec: a:b:c'],
  ['a=b=c:NoSchedule', 'invalid taint spec: a=b=c:NoSchedule'],
  ['a', 'invalid taint spec: a'],
  ['a=b:Never', 'invalid taint effect: Never, unsupported taint effect'],
] as const;
for (const [word, message] of refused)
  test(`refused: ${word}`, () => assert.throws(() => taintsOf([word]), { message }));
