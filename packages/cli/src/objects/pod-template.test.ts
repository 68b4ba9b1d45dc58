import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectContainers } from './pod-template.ts';

const spec = {
  containers: [{ name: 'web' }, { name: 'web.log' }],
  initContainers: [{ name: 'setup' }],
};

const cases = [
  ['*', ['web', 'web.log', 'setup']],
  ['web', ['web']],
  ['web*', ['web', 'web.log']],
  ['*.log', ['web.log']],
  ['web?log', []],
  ['s*p', ['setup']],
] as const;
for (const [pattern, want] of cases)
  test(pattern, () =>
    assert.deepEqual(
      selectContainers(spec, pattern).map(({ name }) => name),
      want,
    ),
  );
