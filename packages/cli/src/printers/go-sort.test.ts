import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goSort } from './go-sort.ts';

interface Item {
  readonly key: number;
  readonly at: number;
}

/** Keys with many ties: as they come, rising, falling, in waves. */
const shapes: readonly ((at: number, length: number, keys: number, drawn: number) => number)[] = [
  (_at, _length, keys, drawn) => drawn % keys,
  (at, length, keys) => Math.floor((at * keys) / length),
  (at, length, keys) => Math.floor(((length - at) * keys) / length),
  (at, length, keys) => (((at * 7919) % length) % keys) + Math.floor(at / 8),
];

/** What Go 1.26's sort.Sort makes of them: a sum over the places that the items come from. */
const wanted: readonly (readonly [length: number, keys: number, sums: readonly number[]])[] = [
  [13, 1, [2962965702, 2962965702, 2119634784, 2962965702]],
  [13, 2, [3182669262, 2962965702, 4047792540, 2962965702]],
  [13, 10, [1460706246, 2962965702, 2847765062, 977854392]],
  [51, 2, [3995655017, 3083686713, 3189521657, 1359811395]],
  [51, 3, [1607856021, 3083686713, 1423753367, 1035587637]],
  [100, 10, [218307834, 58926130, 1867382146, 4140668172]],
  [333, 2, [711183178, 1256036710, 2465087706, 1356254868]],
  [333, 10, [3061591760, 1256036710, 4055289670, 2721726986]],
  [1000, 3, [3563003872, 562641396, 2736428858, 1989475168]],
  [1000, 10, [3172895750, 562641396, 3101081248, 897146260]],
];

let seed = 7;
const draw = (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed >>> 8;
};

for (const length of [5, 13, 20, 49, 51, 100, 333, 1000])
  for (const keys of [1, 2, 3, 10, 1000])
    for (const [which, shape] of shapes.entries()) {
      const items = Array.from({ length }, (_, at): Item => {
        const drawn = draw();
        return { at, key: shape(at, length, keys, drawn) };
      });
      const sums = wanted.find(([of, among]) => of === length && among === keys)?.[2];
      test(`${length} items of ${keys} keys, shape ${which}`, () => {
        goSort(items, (a, b) => a.key < b.key);
        assert.ok(items.every(({ key }, at) => at === 0 || items[at - 1]!.key <= key));
        if (!sums) return;
        const sum = items.reduce((all, { at }) => (Math.imul(all, 31) + at) >>> 0, 0);
        assert.equal(sum, sums[which]);
      });
    }
