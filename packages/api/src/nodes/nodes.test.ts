import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, NodeSelectorTerm, Toleration } from '../generated/core-v1.ts';
import { fitsRequired, matchesTerm, tolerates } from './index.ts';

const node: Node = { metadata: { name: 'n1', labels: { disk: 'ssd', cores: '8' } }, spec: {} };

for (const [name, term, want] of [
  ['an empty term holds nowhere', {}, false],
  [
    'a value of the list',
    { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] },
    true,
  ],
  [
    'an absent label is not in',
    { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] },
    true,
  ],
  ['greater', { matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['4'] }] }, true],
  [
    'no number is greater than one',
    { matchExpressions: [{ key: 'disk', operator: 'Gt', values: ['4'] }] },
    false,
  ],
  [
    'an absent label is less than nothing',
    { matchExpressions: [{ key: 'zone', operator: 'Lt', values: ['4'] }] },
    false,
  ],
  ['by name', { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }, true],
  [
    'an operator nobody knows',
    { matchExpressions: [{ key: 'disk', operator: 'Like', values: ['s'] }] },
    false,
  ],
] as const satisfies readonly (readonly [string, NodeSelectorTerm, boolean])[])
  test(`node selector: ${name}`, () => assert.equal(matchesTerm(term, node), want));

test('required: nodeSelector and one of the terms', () => {
  const affinity = (value: string) => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          {},
          { matchExpressions: [{ key: 'disk', operator: 'In', values: [value] }] },
        ],
      },
    },
  });
  const fits = (nodeSelector: Record<string, string>, value: string): boolean =>
    fitsRequired({ containers: [], nodeSelector, affinity: affinity(value) }, node);
  assert.deepEqual(
    [fits({ cores: '8' }, 'ssd'), fits({ cores: '4' }, 'ssd'), fits({}, 'hdd')],
    [true, false, false],
  );
});

const taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
for (const [name, toleration, want] of [
  ['equal', { key: 'gpu', value: 'yes' }, true],
  ['another value', { key: 'gpu', value: 'no' }, false],
  ['exists', { key: 'gpu', operator: 'Exists' }, true],
  ['everything', { operator: 'Exists' }, true],
  ['another effect', { operator: 'Exists', effect: 'NoExecute' }, false],
  ['an operator nobody knows', { key: 'gpu', operator: 'Like', value: 'yes' }, false],
] as const satisfies readonly (readonly [string, Toleration, boolean])[])
  test(`toleration: ${name}`, () => assert.equal(tolerates(toleration, taint), want));
