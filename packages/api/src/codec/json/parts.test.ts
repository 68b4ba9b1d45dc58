import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeJson } from './encode.ts';
import { type Parts, partsReader, valueEnd } from './parts.ts';

const encoder = new TextEncoder();
const names = fc.constantFrom('a', 'ab', 'b"', 'ü', '\\', '{', ']', ',"a":1');
const texts = fc.oneof(
  fc.constantFrom('', '"', '\\', '\\"', '}', ']', ',', '"a":1', '한'),
  fc.string(),
);
const values = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    ...[texts, fc.boolean(), fc.constant(null), fc.integer(), fc.double({ noNaN: true })],
    ...[tie('object'), fc.array(tie('value'), { maxLength: 3 })],
  ),
  object: fc.dictionary(names, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));
const wanted = fc.letrec<{ parts: Parts }>((tie) => ({
  parts: fc.dictionary(
    fc.constantFrom('a', 'ab', 'ü'),
    fc.oneof({ depthSize: 'small' }, fc.constant(true as const), tie('parts')),
    { noNullPrototype: true },
  ),
})).parts;

/** What `parts` say of a decoded object. */
function partsOf(value: unknown, parts: Parts | true): unknown {
  if (parts === true || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => partsOf(item, parts));
  const kept = Object.entries(value).filter(([name]) => Object.hasOwn(parts, name));
  return Object.fromEntries(kept.map(([name, of]) => [name, partsOf(of, parts[name]!)]));
}

test('what is read is what would be left of the whole', () => {
  fc.assert(
    fc.property(fc.array(values.object, { minLength: 1 }), wanted, (objects, parts) => {
      const read = partsReader(parts);
      for (const object of objects) {
        const text = encodeJson(object);
        assert.deepEqual(read(encoder.encode(text)), partsOf(JSON.parse(text), parts));
      }
    }),
  );
});

test('a gap is passed by, at any place', () => {
  const read = partsReader({ a: { x: true, z: true }, b: true });
  const text = '{"a":{"x":1,"y":{"x":"}"},"z":2},"b":3}';
  const bytes = encoder.encode(text);
  const whole = { a: { x: 1, z: 2 }, b: 3 };
  const from = text.indexOf(',"y"');
  assert.deepEqual(read(bytes, from, text.indexOf(',"z"')), whole);
  assert.deepEqual(read(bytes, from, text.indexOf('},"b"')), { a: { x: 1 }, b: 3 });
  assert.deepEqual(read(bytes), whole);
});

test('a value ends where it ends, and what is cut off is refused', () => {
  for (const value of ['{"a":"}"}', '[1,[2]]', '"a\\"b"', '-1.5e3', 'null', '{}', '[]'])
    for (const behind of ['', ',"b":1', '}', ']'])
      assert.equal(valueEnd(encoder.encode(`${value}${behind}`), 0), value.length);
  const read = partsReader({ a: { b: true } });
  const text = '{"a":[{"b":[1,2]},{"c":"d"}],"e":{}}';
  for (let length = 0; length < text.length; length++)
    assert.throws(() => read(encoder.encode(text.slice(0, length))), SyntaxError, `${length}`);
});
