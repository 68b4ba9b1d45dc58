import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminToken, openWholeServer } from '../testing/whole-server.ts';

const schema = {
  openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};
const definition = {
  ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  metadata: { name: 'gauges.example.com' },
  spec: {
    ...{ group: 'example.com', scope: 'Cluster', names: { plural: 'gauges', kind: 'Gauge' } },
    versions: [{ name: 'v1', served: true, storage: true, schema }],
  },
};

test('numbers of custom resources: digits that are lost are told of, what no float64 holds is refused', async () => {
  await using whole = await openWholeServer();
  const post = (path: string, body: string) =>
    whole.wire<{ a?: number; message?: string }>(path, {
      ...{ method: 'POST', token: adminToken, body },
      headers: { 'content-type': 'application/json' },
    });
  await post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', JSON.stringify(definition));
  await whole.advance(1000);
  const gauge = (name: string, a: string) =>
    post(
      '/apis/example.com/v1/gauges',
      `{"apiVersion":"example.com/v1","kind":"Gauge","metadata":{"name":"${name}"},"a":${a}}`,
    );
  const held = await gauge('held', '9007199254740991');
  assert.deepEqual([held.code, held.object.a, held.warnings], [201, 2 ** 53 - 1, []]);
  const rounded = await gauge('rounded', '9007199254740993');
  const told = '9007199254740993 is kept as 9007199254740992: numbers have 53 bits here';
  assert.equal(rounded.code, 201);
  assert.deepEqual(rounded.warnings, [told]);
  const endless = await gauge('endless', '1e400');
  assert.equal(endless.code, 400);
  assert.equal(
    endless.object.message,
    'Gauge in version "v1" cannot be handled as a Gauge: json: cannot unmarshal number 1e400 into Go value of type float64',
  );
});
