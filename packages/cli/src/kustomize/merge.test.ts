import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergePatch } from './merge.ts';
import { nodeOf, valueOf } from './node.ts';
import { builtinSchemas } from './schema.ts';

const pod = (spec: object, more: object = {}): object => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec },
  ...more,
});
const ports = (...items: readonly object[]): object =>
  pod({ containers: [{ name: 'c', ports: items }] });

const cases: readonly {
  readonly name: string;
  readonly into: object;
  readonly patch: object;
  readonly result: object | undefined;
}[] = [
  {
    name: 'items with the same key are merged, new ones come first',
    into: pod({ containers: [{ name: 'a', image: 'x', env: [{ name: 'A', value: '1' }] }] }),
    patch: pod({ containers: [{ name: 'b' }, { name: 'a', env: [{ name: 'B', value: '2' }] }] }),
    result: pod({
      containers: [
        { name: 'b' },
        {
          ...{ name: 'a', image: 'x' },
          env: [
            { name: 'B', value: '2' },
            { name: 'A', value: '1' },
          ],
        },
      ],
    }),
  },
  {
    name: 'null takes a field out, also one that only the patch has',
    into: pod({ nodeName: 'n' }),
    patch: pod({ nodeName: null, hostname: null }),
    result: pod({}),
  },
  {
    name: 'an item is deleted by its directive',
    into: pod({ containers: [{ name: 'a' }, { name: 'b' }] }),
    patch: pod({ containers: [{ name: 'a', $patch: 'delete' }] }),
    result: pod({ containers: [{ name: 'b' }] }),
  },
  {
    name: 'a list is replaced by its directive',
    into: pod({ containers: [{ name: 'a' }] }),
    patch: pod({ containers: [{ name: 'z' }, { $patch: 'replace' }] }),
    result: pod({ containers: [{ name: 'z' }] }),
  },
  {
    name: 'two keys make a port; ports stay in their order',
    into: ports({ containerPort: 80, protocol: 'TCP' }, { containerPort: 80, protocol: 'UDP' }),
    patch: ports({ containerPort: 80, protocol: 'UDP', name: 'u' }),
    result: ports(
      { containerPort: 80, protocol: 'TCP' },
      { containerPort: 80, protocol: 'UDP', name: 'u' },
    ),
  },
  {
    name: 'lists of kinds without a schema are replaced',
    into: { apiVersion: 'x/v1', kind: 'Thing', list: [{ name: 'a' }] },
    patch: { apiVersion: 'x/v1', kind: 'Thing', list: [{ name: 'b' }] },
    result: { apiVersion: 'x/v1', kind: 'Thing', list: [{ name: 'b' }] },
  },
  {
    name: 'a whole object is deleted',
    into: pod({}),
    patch: pod({}, { $patch: 'delete' }),
    result: undefined,
  },
];

for (const { name, into, patch, result } of cases)
  test(name, () => {
    const merged = mergePatch(nodeOf(into), nodeOf(patch), builtinSchemas);
    assert.deepEqual(merged && valueOf(merged), result);
  });

test('a directive that is none is refused', () => {
  const patch = nodeOf(pod({ $patch: 'up', x: 1 }));
  assert.throws(() => mergePatch(nodeOf(pod({ y: 1 })), patch, builtinSchemas), {
    message: "unknown patch strategy 'up'",
  });
});
