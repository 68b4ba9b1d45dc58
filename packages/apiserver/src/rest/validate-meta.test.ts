import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FieldError, fieldErrorText } from '@coxswain/api';
import { builtInKinds } from '../kinds/index.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './validate-meta.ts';

const kindOf = (name: string): (typeof builtInKinds)[number] =>
  builtInKinds.find(({ resource }) => resource.resource === name)!;
const texts = (errors: Iterable<FieldError>): readonly string[] => [...errors].map(fieldErrorText);

const unnamed =
  'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified';
const finalizers = ['mine', 'example.com/mine', 'orphan'];

test('a new object’s finalizers name a domain, but for some groups', () => {
  const object = { metadata: { name: 'a', namespace: 'b', finalizers } };
  assert.deepEqual(texts(validateObjectMeta(object, kindOf('configmaps'))), [unnamed]);
  assert.deepEqual(texts(validateObjectMeta(object, kindOf('leases'))), []);
});

const before = { metadata: { name: 'a', namespace: 'b' } };
const changed = {
  metadata: { ...before.metadata, annotations: { '/': '' }, uid: 'x', finalizers },
};
const counts = [
  { resource: 'configmaps', subresource: '', annotations: 4, uid: 2, finalizers: 2 },
  { resource: 'deployments', subresource: '', annotations: 3, uid: 2, finalizers: 1 },
  { resource: 'limitranges', subresource: '', annotations: 3, uid: 1, finalizers: 1 },
  { resource: 'poddisruptionbudgets', subresource: '', annotations: 2, uid: 1, finalizers: 0 },
  { resource: 'pods', subresource: 'status', annotations: 3, uid: 2, finalizers: 1 },
];

test('what is wrong with the metadata of an update is told as often as upstream looks', () => {
  for (const { resource, subresource, ...expected } of counts) {
    const errors = texts(validateObjectMetaUpdate(changed, before, kindOf(resource), subresource));
    const count = (text: string): number => errors.filter((one) => one.includes(text)).length;
    const found = {
      annotations: count('prefix part must be non-empty'),
      uid: count('metadata.uid: Invalid value: "x": field is immutable'),
      finalizers: count(unnamed),
    };
    assert.deepEqual(found, expected, resource);
  }
});
