import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedFieldsEntry } from '../generated/meta.ts';
import {
  extractItems,
  fieldSet,
  objectTypeOf,
  parentManagedFields,
  scaleManagedFields,
} from './index.ts';
import { typeOf } from '../schema/index.ts';

const paths = { 'apps/v1': ['f:spec', 'f:replicas'] } as const;
const time = '2026-01-01T00:00:00Z';
const entry = (manager: string, part: Partial<ManagedFieldsEntry>): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  apiVersion: 'apps/v1',
  time,
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  ...part,
});
const other = entry('other', { fieldsV1: { 'f:spec': { 'f:paused': {} } } });
const applier = entry('applier', {
  operation: 'Apply',
  fieldsV1: { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } },
});

test('the Scale shows who owns the replicas', () => {
  assert.deepEqual(scaleManagedFields([applier, other], paths), [
    entry('applier', { operation: 'Apply', apiVersion: 'autoscaling/v1' }),
  ]);
  assert.equal(scaleManagedFields([other], paths), undefined);
});

test('who scales takes the replicas', () => {
  const scaler = entry('scaler', { apiVersion: 'autoscaling/v1', subresource: 'scale' });
  const { time: _, ...timeless } = entry('scaler', { subresource: 'scale' });
  assert.deepEqual(parentManagedFields([applier, other], [scaler], 'apps/v1', paths), [
    { ...applier, fieldsV1: { 'f:spec': { 'f:paused': {} } } },
    timeless,
    other,
  ]);
});

test('who keeps the replicas in the Scale keeps them', () => {
  const kept = scaleManagedFields([applier, other], paths);
  assert.deepEqual(parentManagedFields([applier, other], kept, 'apps/v1', paths), [applier, other]);
});

test('extracting gives what a set names, with the keys of items if asked', () => {
  const { merge } = objectTypeOf(typeOf('v1', 'Pod')!);
  const pod = {
    spec: { containers: [{ name: 'c', image: 'i', tty: true }, { name: 'd' }], hostPID: true },
  };
  const set = fieldSet([['f:spec', 'f:containers', 'k:{"name":"c"}', 'f:image']]);
  assert.deepEqual(extractItems(merge, pod, set), { spec: { containers: [{ image: 'i' }] } });
  assert.deepEqual(extractItems(merge, pod, set, { keys: true }), {
    spec: { containers: [{ name: 'c', image: 'i' }] },
  });
});
