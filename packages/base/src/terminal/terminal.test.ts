import assert from 'node:assert/strict';
import { test } from 'node:test';
import { padded, shortened, wantsColour, widthOf } from './terminal.ts';

const colours: readonly (readonly [
  env: Record<string, string>,
  atTerminal: boolean,
  elsewhere: boolean,
])[] = [
  [{}, true, false],
  [{ NO_COLOR: '1' }, false, false],
  [{ NO_COLOR: '' }, true, false],
  [{ TERM: 'dumb' }, false, false],
  [{ COX_COLOR: 'never' }, false, false],
  [{ COX_COLOR: 'auto' }, true, false],
  [{ COX_COLOR: 'always', NO_COLOR: '1' }, true, true],
];
for (const [env, atTerminal, elsewhere] of colours)
  test(`colour with ${JSON.stringify(env)}`, () =>
    assert.deepEqual([wantsColour(env, true), wantsColour(env, false)], [atTerminal, elsewhere]));

test('Hangul takes two columns, colour none', () => {
  assert.equal(widthOf('\u001b[36m노드 3\u001b[39m'), 6);
  assert.equal(padded('노드', 6), '노드  ');
  assert.equal(padded('too long', 3), 'too long');
});

const cut: readonly (readonly [text: string, width: number, shown: string])[] = [
  ['pod', 3, 'pod'],
  ['pods', 3, 'po…'],
  ['노드가', 5, '노드…'],
  ['노드가', 4, '노…'],
  ['노드', 0, ''],
];
for (const [text, width, shown] of cut)
  test(`${text} in ${width} columns`, () => assert.equal(shortened(text, width), shown));
