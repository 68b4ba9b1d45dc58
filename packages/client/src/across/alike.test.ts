import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '@coxswain/api';
import { Alike } from './alike.ts';

const of = (name: string, owner: string, spec: unknown): KubeObject =>
  ({
    metadata: { name, labels: { app: 'web' }, ownerReferences: [{ uid: owner }] },
    spec,
  }) as never;

test('objects of one owner share what is equal, however deep, and nothing else', () => {
  const alike = new Alike();
  const spec = (volume: string) => ({
    containers: [{ env: [{ name: 'A' }], mounts: [{ name: volume }] }],
    tolerations: [{ key: 'x' }],
  });
  const [a, b] = ['a', 'b'].map((name) => alike.shared(of(name, 'rs', spec(name)))) as any[];
  assert.equal(b.spec.tolerations, a.spec.tolerations);
  assert.equal(b.spec.containers[0].env, a.spec.containers[0].env);
  assert.equal(b.metadata.labels, a.metadata.labels);
  assert.deepEqual(b.spec.containers[0].mounts, [{ name: 'b' }]);
  const other = alike.shared(of('c', 'other', spec('a'))) as any;
  assert.notEqual(other.spec.tolerations, a.spec.tolerations);
});

test('whatever is shared, each object stays what it was', () => {
  const parts = fc.object({
    ...{ maxDepth: 3, key: fc.constantFrom('a', 'b', 'c') },
    values: [fc.boolean(), fc.nat(2), fc.constantFrom('', 'x'), fc.constant(null)],
  });
  const specs = fc.array(parts); // as JSON has them
  fc.assert(
    fc.property(specs, (all) => {
      const alike = new Alike();
      const made = all.map((spec, at) => alike.shared(of(`${at}`, 'rs', structuredClone(spec))));
      assert.deepEqual(
        made,
        all.map((spec, at) => of(`${at}`, 'rs', spec)),
      );
    }),
  );
});

test('a key like any other: __proto__', () => {
  const alike = new Alike();
  const made = (text: string): KubeObject => JSON.parse(text) as KubeObject;
  alike.shared(made('{"metadata":{"name":"a"},"spec":{"a":1,"b":2}}'));
  const text = '{"metadata":{"name":"b"},"spec":{"a":1,"__proto__":{}}}';
  assert.equal(JSON.stringify(alike.shared(made(text))), text);
});
