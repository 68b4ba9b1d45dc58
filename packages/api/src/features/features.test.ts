import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultFeatures, featuresFrom } from './index.ts';

for (const [name, text, gate, want] of [
  ['default on', '', 'WatchList', true],
  ['default off', '', 'CBORServingAndStorage', false],
  ['switched', 'WatchList=false', 'WatchList', false],
  ['all of alpha', 'AllAlpha=true', 'CBORServingAndStorage', true],
  [
    'all of alpha but one',
    'AllAlpha=true,CBORServingAndStorage=false',
    'CBORServingAndStorage',
    false,
  ],
  ['all of beta off', 'AllBeta=false', 'WatchList', false],
  ['beta leaves GA alone', 'AllBeta=false', 'OrderedNamespaceDeletion', true],
] as const)
  test(`feature gates: ${name}`, () => assert.equal(featuresFrom(text)(gate), want));

for (const [name, text, message] of [
  ['unknown', 'Nonsense=true', 'unrecognized feature gate: Nonsense'],
  [
    'locked',
    'StreamingCollectionEncodingToJSON=false',
    'cannot set feature gate StreamingCollectionEncodingToJSON to false, feature is locked to true',
  ],
] as const)
  test(`feature gates refused: ${name}`, () =>
    assert.throws(() => featuresFrom(text), { message }));

test('feature gates: a name that does not exist is a mistake', () =>
  assert.throws(() => defaultFeatures('Nonsense')));
