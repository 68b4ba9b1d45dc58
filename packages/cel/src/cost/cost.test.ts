import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base, celTypes as t, compile, estimateCost, extend, type SizeHint } from '../index.ts';

/** What upstream's own tests say of these: the least and the most estimated, and the cost of a run. */
const known: readonly (readonly [text: string, min: number, max: number, run: number])[] = [
  ['sets.intersects([1], [1, 1])', 23, 23, 23],
  ['[1, 2].all(i, v, v > 0)', 17, 21, 21],
  ['[1, 2].exists(i, v, v > 0)', 19, 23, 20],
  ['[1, 2].existsOne(i, v, v > 0)', 18, 20, 20],
  ['[1, 2].transformList(i, v, v + 1)', 49, 49, 49],
  ['[1, 2].transformList(i, v, v < 5, v + 1)', 27, 53, 53],
  ['lists.range(4) == [0, 1, 2, 3]', 26, 26, 26],
  ['[1, 2, 3].distinct() == [1, 2, 3]', 50, 50, 50],
  ['[1, 2, 3, 4, 5].slice(1, 3) == [2, 3]', 34, 34, 34],
  ['[1, 2, 3].reverse() == [3, 2, 1]', 35, 35, 35],
  ["[{'x':4}, {'x':3}].sortBy(m, m['x']) == [{'x':3}, {'x':4}]", 211, 211, 211],
];

for (const [text, min, max, run] of known)
  test(text, () => {
    const { program } = compile(text, base);
    assert.deepEqual(
      estimateCost(program!, () => undefined),
      { min, max },
    );
    assert.equal(program!.run({}).cost, run);
  });

test('sizes come from where a value does', () => {
  const env = extend(base, {
    variables: { self: t.objectType('object', { list: t.listOf(t.string) }) },
  });
  const asked: string[] = [];
  const hint: SizeHint = (path, type) => {
    if (path) asked.push(path.join('.'));
    return type.kind === 'list' ? { min: 0, max: 10 } : { min: 0, max: 100 };
  };
  const { program } = compile('self.list.all(x, x.matches("^a$"))', env);
  assert.deepEqual(estimateCost(program!, hint), { min: 3, max: 153 });
  assert.ok(asked.includes('self.list') && asked.includes('self.list.@items'));
});
