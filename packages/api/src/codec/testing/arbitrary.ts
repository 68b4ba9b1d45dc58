import fc from 'fast-check';
import type { ScalarForm, SchemaNode, StructNode } from '../../schema/index.ts';
import { formatMicroTime, formatTime } from '../../time/index.ts';

const depthMax = 6;
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
/** The times RFC 3339 can write, after Go's zero time. */
const milliseconds = fc.integer({ min: -62_135_596_799_000, max: 253_402_300_799_000 });
const words = fc.oneof(
  fc.constantFrom(
    '',
    'yes',
    '~',
    '1.5',
    '0x1f',
    '010',
    '2026-01-02',
    '1:30',
    ' a',
    'a: b',
    '- a',
    '#',
    'a #b',
    '"',
    "it's",
    '<&>',
    'ü€😀',
    'a\nb',
    'a\n\nb\n\n',
    '\ttab',
    'a \nb',
    'x'.repeat(70),
    '{}',
    'null',
    '__proto__',
    '7',
    '12e3',
  ),
  fc.string(),
);

const scalars: Readonly<Record<ScalarForm, fc.Arbitrary<unknown>>> = {
  string: words,
  boolean: fc.boolean(),
  int32,
  int64: fc.maxSafeInteger(),
  float64: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  bytes: fc.uint8Array({ maxLength: 8 }).map((bytes) => bytes.toBase64()),
  time: milliseconds.map(formatTime),
  microTime: milliseconds.map(formatMicroTime),
  quantity: fc
    .tuple(fc.nat(10 ** 6), fc.constantFrom('', 'm', 'k', 'Mi', 'e3', '.5Gi'))
    .map(([whole, end]) => `${whole}${end}`),
  intOrString: fc.oneof(int32, words),
};

/** Any object of a type, sparse enough that deep types stay small. */
export const objectOf = (type: StructNode): fc.Arbitrary<object> =>
  structOf(type, 0) as fc.Arbitrary<object>;

function valueOf(node: SchemaNode, depth: number): fc.Arbitrary<unknown> {
  switch (node.kind) {
    case 'scalar':
      return scalars[node.form];
    case 'list':
      return fc.array(valueOf(node.item, depth), { maxLength: 2 });
    case 'map':
      return fc.dictionary(words, valueOf(node.value, depth), {
        maxKeys: 3,
        noNullPrototype: true,
      });
    case 'struct':
      return depth >= depthMax ? fc.constant({}) : structOf(node, depth + 1);
    case 'any':
      // One key: YAML sorts keys, and objects of unknown type keep the order they were read in.
      return fc.dictionary(words, fc.oneof(words, int32, fc.boolean()), {
        maxKeys: 1,
        noNullPrototype: true,
      });
    case 'either':
      return depth >= depthMax
        ? fc.constant(null)
        : fc.oneof(structOf(node.object, depth + 1), valueOf(node.other, depth + 1));
  }
}

function structOf(node: StructNode, depth: number): fc.Arbitrary<unknown> {
  return fc.gen().map((gen) => {
    const made: Record<string, unknown> = {};
    const { fields } = node;
    if (fields.length === 0) return made;
    // A few fields of each struct, so that wide types are covered over many runs.
    const chosen = gen(fc.uniqueArray, fc.nat(fields.length - 1), {
      maxLength: depth < 3 ? 4 : 2,
    }) as number[];
    for (const at of chosen) {
      const { name, node } = fields[at]!;
      if (name !== 'apiVersion' && name !== 'kind') made[name] = gen(() => valueOf(node, depth));
    }
    return made;
  });
}
