import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControllerRevision } from '@coxswain/api/types/apps-v1';
import { actionText } from '@coxswain/cluster/testing';
import { namespace, template } from '../testing/objects.ts';
import { historyOf, surplus, templateOf } from './revisions.ts';

const revision = (name: string, image: string, at: number): ControllerRevision => ({
  metadata: { name, namespace },
  data: { spec: { template: { ...template('db', image), $patch: 'replace' } } } as never,
  revision: at,
});
const [a, b, c] = [revision('a', 'one', 1), revision('b', 'two', 2), revision('c', 'three', 3)];

test('a snapshot gives its template back', () => {
  assert.deepEqual(templateOf(b), template('db', 'two'));
});

test('the newest snapshot of the present template is the current one', () => {
  const { current, old, next } = historyOf(template('db', 'two'), [c, a, b]);
  assert.deepEqual([current, old, next], [b, [a, c], 4]);
});

const cases = [
  { name: 'none above the limit', count: 0, inUse: [], gone: [] },
  { name: 'the oldest first', count: 1, inUse: [], gone: ['a'] },
  { name: 'but none in use', count: 2, inUse: ['a'], gone: ['b', 'c'] },
  { name: 'fewer than asked for', count: 5, inUse: ['a', 'b'], gone: ['c'] },
];
for (const { name, count, inUse, gone } of cases)
  test(name, () => {
    const actions = surplus([a, b, c], count, ({ metadata }) => inUse.includes(metadata.name));
    const wanted = gone.map((each) => `remove controllerrevisions default/${each}`);
    assert.deepEqual(actions.map(actionText), wanted);
  });
