import assert from 'node:assert/strict';
import { test } from 'node:test';
import { upgraded } from './server-side.ts';

const old = {
  manager: 'kubectl-client-side-apply',
  operation: 'Update',
  apiVersion: 'v1',
  fieldsV1: { 'f:data': { 'f:a': {} } },
};
const other = { manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsV1: { 'f:spec': {} } };

test('the first to apply takes the place of those who updated', () => {
  assert.deepEqual(upgraded([other, old], old.manager, 'kubectl'), [
    other,
    { ...old, manager: 'kubectl', operation: 'Apply' },
  ]);
});

test('who applies already gets their fields as well', () => {
  const own = {
    manager: 'kubectl',
    operation: 'Apply',
    apiVersion: 'v1',
    fieldsV1: { 'f:data': { 'f:b': {} } },
  };
  assert.deepEqual(upgraded([old, own, other], old.manager, 'kubectl'), [
    { ...own, fieldsV1: { 'f:data': { 'f:b': {}, 'f:a': {} } } },
    other,
  ]);
});

test('without such there is nothing to do', () => {
  assert.deepEqual(upgraded([other], old.manager, 'kubectl'), [other]);
});
