import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base, celTypes as t, compile, extend, fromJson, toJson } from './index.ts';

const env = extend(base, { variables: { object: t.dyn, n: t.int, s: t.string } });
const object = fromJson({ a: { b: [1, 2, 3], c: 'x', d: null, e: 1.5 }, labels: { app: 'web' } });

/** The value as JSON, or the error's or issue's words. */
function come(text: string): unknown {
  const { program, message } = compile(text, env, { prefix: '' });
  if (!program) return message;
  const { value, error } = program.run({ object, n: 5n, s: 'héllo' });
  return error ? error.message : toJson(value);
}

const values: readonly (readonly [text: string, value: unknown])[] = [
  ['1 + 2 * 3', 7],
  ['-9223372036854775808', -9223372036854775808n],
  ['9223372036854775807 + 1', 'integer overflow'],
  ['1u - 2u', 'unsigned integer overflow'],
  ['1 / 0', 'division by zero'],
  ['7 % 0', 'modulus by zero'],
  ['-7 / 2', -3],
  ['"a" + "b"', 'ab'],
  ['[1, 2] + [3]', [1, 2, 3]],
  ['{"a": 1}["a"]', 1],
  ['{"a": 1}["b"]', 'no such key: b'],
  ['[1][1]', 'index out of bounds: 1'],
  ['object.a.b[1]', 2],
  ['object.a.x', 'no such key: x'],
  ['has(object.a.x)', false],
  ['has(object.a.c) && object.a.c == "x"', true],
  ['object.a.x == 1 || true', true],
  ['true || object.a.x == 1', true],
  ['false && object.a.x == 1', false],
  ['object.a.x == 1 && false', false],
  ['object.a.b.all(i, i > 0)', true],
  ['object.a.b.exists(i, i / (i - 2) == 3)', true],
  ['object.a.b.exists_one(i, i == 2)', true],
  ['object.a.b.map(i, i * 2)', [2, 4, 6]],
  ['object.a.b.map(i, i > 1, i * 2)', [4, 6]],
  ['object.a.b.filter(i, i > 1)', [2, 3]],
  ['object.labels.all(k, v, k == "app" && v == "web")', true],
  ['[1, 2].transformMap(i, v, v * 2)', { 0: 2, 1: 4 }],
  ['object.?a.?x.orValue("none")', 'none'],
  ['object.?a.c.optMap(v, v + "!").value()', 'x!'],
  ['object[?"zz"].hasValue()', false],
  ['[?object.?zz, object.a.c]', ['x']],
  ['{?"k": object.?zz}', {}],
  ['1 == 1.0', "found no matching overload for '_==_' applied to '(int, double)'"],
  ['dyn(1) == 1.0', true],
  ['1 < 1.5', true],
  ['type(1) == int', true],
  ['type(object.a) == map', true],
  ['type(duration("1s")) == google.protobuf.Duration', true],
  ['s.size()', 5],
  ['size("a😀")', 2],
  ['int("12") + int(3.7)', 15],
  ['int("x")', 'strconv.ParseInt: parsing "x": invalid syntax'],
  ['string(1.0)', '1'],
  ['string(duration("90m"))', '5400s'],
  ['timestamp("2024-02-29T12:00:00Z").getDayOfYear()', 59],
  ['timestamp("2024-02-29T12:00:00Z").getHours("-01:30")', 10],
  ['timestamp("2024-01-01T00:00:00Z") + duration("36h")', '2024-01-02T12:00:00Z'],
  ['"abc".matches("^a.c$")', true],
  ['"aXbXc".findAll("[a-c]")', ['a', 'b', 'c']],
  ['dyn("a") + 1', 'no such overload'],
  ['2 in object.a.b', true],
  ['"app" in object.labels', true],
  ['b"abc" == bytes("abc")', true],
  ['r"\\d" + \'\\u00e9\'', '\\dé'],
  ['"""a\nb"""', 'a\nb'],
  ['object.a.d == null', true],
  ['n > 3 ? "big" : "small"', 'big'],
  ['optional.none().orValue(3)', 3],
  ['"tacocat".substring(4)', 'cat'],
  ['"a,b,c".split(",", 2)', ['a', 'b,c']],
  ['"x".charAt(3)', 'index out of range: 3'],
  ['["a", "b"].join("-")', 'a-b'],
  ['"%s has %d of %.2f: %s".format([dyn("x"), 3, 1.5, [1, 2]])', 'x has 3 of 1.50: [1, 2]'],
  ['strings.quote("a\\n\\"")', '"a\\n\\""'],
  ['[3, 1, 2].sort()', [1, 2, 3]],
  ['["ccc", "a", "bb"].sortBy(x, size(x))', ['a', 'bb', 'ccc']],
  ['[{"n": 2}, {"n": 1}].map(x, x).sortBy(x, -x.n).map(x, x.n)', [2, 1]],
  ['[1, 2, 3].sum() == 6 && [1, 3].max() == 3', true],
  ['[].map(x, int(x)).min()', 'min called on empty list'],
  ['[[1], [2, 3]].flatten()', [1, 2, 3]],
  ['sets.contains([1, 2, 3], [2]) && !sets.intersects([1], [2])', true],
  ['lists.range(3)', [0, 1, 2]],
  ['ip("::1").isLoopback() && ip("10.0.0.1").family() == 4', true],
  ['string(ip("2001:DB8:0:0:1::1"))', '2001:db8::1:0:0:1'],
  ['cidr("10.0.0.0/8").containsIP("10.1.2.3")', true],
  ['string(cidr("10.1.2.3/8").masked())', '10.0.0.0/8'],
  ['isIP("10.0.0.256")', false],
  ['quantity("1.5Gi").isGreaterThan(quantity("1500M"))', true],
  ['quantity("50k").add(20).asInteger()', 50020],
  ['semver("1.2.3").compareTo(semver("1.2.3-beta.1"))', 1],
  ['semver("v1.2", true).minor()', 2],
  ['url("https://u@example.com:80/a?x=1&x=2").getQuery()', { x: ['1', '2'] }],
  ['url("https://[::1]:8080/").getHostname()', '::1'],
  ['format.dns1123Label().validate("-a").hasValue()', true],
  ['format.named("nope").hasValue()', false],
];

for (const [text, value] of values)
  test(`value: ${JSON.stringify(text)}`, () => {
    const found = come(text);
    if (typeof value === 'string' && typeof found === 'string' && value.startsWith('found no'))
      assert.match(found, new RegExp(value.replaceAll(/[().*+?[\]^$|]/g, '\\$&')));
    else assert.deepEqual(found, value);
  });

const issues: readonly (readonly [text: string, message: string])[] = [
  ['x', "ERROR: <input>:1:1: undeclared reference to 'x' (in container '')\n | x\n | ^"],
  [
    '1 == "a"',
    "ERROR: <input>:1:3: found no matching overload for '_==_' applied to '(int, string)'\n | 1 == \"a\"\n | ..^",
  ],
  [
    's.foo()',
    "ERROR: <input>:1:6: undeclared reference to 'foo' (in container '')\n | s.foo()\n | .....^",
  ],
  [
    'n.startsWith("a")',
    "ERROR: <input>:1:13: found no matching overload for 'startsWith' applied to 'int.(string)'\n | n.startsWith(\"a\")\n | ............^",
  ],
  ['n.x', "ERROR: <input>:1:2: type 'int' does not support field selection\n | n.x\n | .^"],
  [
    '[1, "a"]',
    "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^",
  ],
  [
    'n.all(x, true)',
    "ERROR: <input>:1:1: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)\n | n.all(x, true)\n | ^",
  ],
  [
    'duration("1y")',
    'ERROR: <input>:1:10: invalid duration argument\n | duration("1y")\n | .........^',
  ],
];

for (const [text, message] of issues)
  test(`issue: ${JSON.stringify(text)}`, () => assert.equal(come(text), message));

test('a run stops when it has cost too much', () => {
  const { program } = compile('[1,2,3].all(a, [1,2,3].all(b, a < 9))', env);
  assert.equal(
    program!.run({}, 20).error?.message,
    'operation cancelled: actual cost limit exceeded',
  );
  assert.equal(program!.run({}).value, true);
});
