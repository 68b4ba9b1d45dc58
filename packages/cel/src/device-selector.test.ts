import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileDeviceSelector, type SelectableDevice } from './device-selector.ts';

const driver = 'dra.example.com';
const device: SelectableDevice = {
  driver,
  allowMultipleAllocations: true,
  attributes: {
    yes: { bool: true },
    model: { string: 'asymetric' },
    'other.example.com/size': { int: 5 },
    build: { version: '1.2.3' },
  },
  capacity: { memory: { value: '1Mi' } },
};
const own = `device.attributes["${driver}"]`;
const room = `device.capacity["${driver}"]`;

type Case = readonly [text: string, cost: number, outcome: boolean | string];
/** Costs as upstream estimates them. */
const cases: readonly Case[] = [
  ['true', 0, true],
  ['device.driver == ""', 2, false],
  [`device.driver == "${driver}"`, 4, true],
  ['"no-such-domain" in device.attributes', 3, false],
  [`"${driver}" in device.attributes`, 3, true],
  ['device.attributes["none"].x.isGreaterThan(quantity("0"))', 6, 'no such key: x'],
  ['device.attributes["none"]["x"].isGreaterThan(quantity("0"))', 6, 'no such key: x'],
  [`${own}.yes`, 4, true],
  [`${own}["yes"]`, 4, true],
  [`cel.bind(dra, ${own}, dra.yes)`, 15, true],
  ['device.attributes["other.example.com"].size > 0', 5, true],
  [`${own}.model == "fish"`, 5, false],
  [`${own}.build.isGreaterThan(semver("0.0.1"))`, 6, true],
  [`${own}.build.isGreaterThan(semver("v0.0.1", true)) && isSemver("v1.0.0", true)`, 7, true],
  [`${room}.memory.isGreaterThan(quantity("1Ki"))`, 6, true],
  [`"memory" in ${room} && ${room}.memory.isGreaterThan(quantity("1Ki"))`, 10, true],
  [`!("none" in ${room}) || ${room}.none.isGreaterThan(quantity("1Ki"))`, 11, true],
  [`device.attributes.exists_one(x, x == "${driver}")`, 164, true],
  [`${own}.exists_one(x, x == "model")`, 133, true],
  [`${own}.model.split("y").size() >= 2`, 19, true],
  [`${own}.model.matches("[^a]?sym")`, 18, true],
  [`device.capacity.exists_one(x, x == "${driver}")`, 164, true],
  ['device.allowMultipleAllocations == true', 3, true],
  [
    `${own}.model`,
    4,
    "CEL result of type string could not be converted to bool: unsupported native conversion from string to 'bool'",
  ],
];

for (const [text, cost, outcome] of cases)
  test(`device selector: ${text}`, () => {
    const compiled = compileDeviceSelector(text);
    assert.ok('selector' in compiled, JSON.stringify(compiled));
    assert.equal(compiled.selector.costMax, cost);
    const run = () => compiled.selector.matches(device);
    if (typeof outcome === 'string') assert.throws(run, { message: outcome });
    else assert.equal(run(), outcome);
  });

const wrong: readonly (readonly [text: string, message: RegExp])[] = [
  ['?!', /Syntax error/],
  ['1', /^must evaluate to bool or the unknown type, not int$/],
  ['device.other', /undefined field 'other'/],
  ['cel.bind(1, 2, true)', /cel\.bind\(\) variable names must be simple identifiers/],
  [`${own}.model.includes("fish")`, /undeclared reference to 'includes'/],
];
for (const [text, message] of wrong)
  test(`device selector refused: ${text}`, () => {
    const compiled = compileDeviceSelector(text);
    assert.match('message' in compiled ? compiled.message : '', message);
  });

test('device selector: an attribute of no known type', () => {
  const compiled = compileDeviceSelector('true');
  assert.ok('selector' in compiled);
  const odd = { driver, attributes: { names: {} } };
  assert.throws(() => compiled.selector.matches(odd), {
    message: 'attribute names: unsupported attribute value',
  });
});
