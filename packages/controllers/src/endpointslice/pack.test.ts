import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint, EndpointSlice } from '@coxswain/api/types/discovery-v1';
import fc from 'fast-check';
import { pack } from './pack.ts';

const endpoint = (id: number): Endpoint => ({
  addresses: [`10.0.${id >> 8}.${id & 255}`],
  targetRef: { uid: `u${id}` },
});
const slice = (name: string, ids: readonly number[]): EndpointSlice => ({
  metadata: { name },
  addressType: 'IPv4',
  endpoints: ids.map(endpoint),
});
const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, at) => from + at);

test('one more endpoint goes into the slice that has room, and nothing else is written', () => {
  const slices = [slice('full', range(0, 100)), slice('half', range(100, 150))];
  const { create, update, remove } = pack(slices, range(0, 151).map(endpoint));
  assert.deepEqual(
    [create, update.map(({ slice, endpoints }) => [slice.metadata.name, endpoints.length]), remove],
    [[], [['half', 51]], []],
  );
});

test('property: exactly the wanted endpoints, none twice, no slice above 100', () => {
  const some = fc.uniqueArray(fc.nat(400), { maxLength: 300 });
  fc.assert(
    fc.property(some, some, fc.integer({ min: 1, max: 100 }), (before, after, size) => {
      const slices = Array.from({ length: Math.ceil(before.length / size) }, (_, at) =>
        slice(`s${at}`, before.slice(at * size, (at + 1) * size)),
      );
      const { create, update, remove } = pack(slices, after.map(endpoint));
      const written = new Set([...update.map(({ slice }) => slice), ...remove]);
      const lists = [
        ...create,
        ...update.map(({ endpoints }) => endpoints),
        ...slices.filter((each) => !written.has(each)).map(({ endpoints }) => endpoints ?? []),
      ];
      const uids = lists.flat().map(({ targetRef }) => targetRef!.uid!);
      assert.deepEqual(uids.toSorted(), after.map((id) => `u${id}`).toSorted());
      assert.ok(lists.every(({ length }) => length > 0 && length <= 100));
    }),
  );
});
