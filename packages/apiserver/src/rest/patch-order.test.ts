import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeOrder, operationsOrder } from './patch-order.ts';

const made = { kind: 'A', apiVersion: 'v1', metadata: { name: 'a', labels: { b: 1, a: 2 } } };

const cases = [
  ['nothing touched', mergeOrder(made, {}), 'apiVersion,kind,metadata:name,labels:b,a'],
  [
    'a label',
    mergeOrder(made, { metadata: { labels: { a: 2 } } }),
    'apiVersion,kind,metadata:labels:a,b,name',
  ],
  [
    'an operation on a label',
    operationsOrder(made, [{ op: 'add', path: '/metadata/labels/a', value: 2 }]),
    'apiVersion,kind,metadata:labels:a,b,name',
  ],
  [
    'an operation on the labels',
    operationsOrder(made, [{ op: 'test', path: '/metadata/labels' }]),
    'apiVersion,kind,metadata:labels:b,a,name',
  ],
] as const;

const orderOf = (value: unknown): string =>
  Object.entries(value as object)
    .map(([key, item]) => (typeof item === 'object' ? `${key}:${orderOf(item)}` : key))
    .join(',');

test('what a patch made is sorted where the patch has been', () => {
  for (const [name, value, order] of cases) assert.equal(orderOf(value), order, name);
});
