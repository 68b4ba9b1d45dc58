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

/** JSON that no encoder of ours makes: numbers of any form, members that stand twice, whatever depth. */
const written = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('1e400', '-0', '-0.0', '9223372036854775808', '1E+2', 'true', 'null', '""'),
    fc.constantFrom('"\\ud83d"', '"\\u0022"', '"\\\\"', '"{"', '"🙂"', '[]', '{}'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(names, tie('value')), { maxLength: 6 })
    .map((members) => `{${members.map(([name, of]) => `${JSON.stringify(name)}:${of}`).join()}}`),
})).object;

test('what anybody wrote is read as the whole would be', () => {
  fc.assert(
    fc.property(fc.array(written, { minLength: 1 }), wanted, (documents, parts) => {
      const read = partsReader(parts);
      for (const text of documents)
        assert.deepEqual(read(encoder.encode(text)), partsOf(JSON.parse(text), parts));
    }),
    { seed: 7 },
  );
  const deep = '['.repeat(9000) + ']'.repeat(9000);
  const bytes = encoder.encode(`{"b":${deep},"a":1,"a":2}`);
  assert.deepEqual(partsReader({ a: true })(bytes), { a: 2 });
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
