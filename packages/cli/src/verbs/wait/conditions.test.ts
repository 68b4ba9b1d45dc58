import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Unstructured } from '../../objects/info.ts';
import { conditionOf } from './conditions.ts';

const object = {
  metadata: { name: 'web', generation: 3 },
  spec: { containers: [{ name: 'a' }, { name: 'b' }], replicas: 2 },
  status: {
    observedGeneration: 3,
    phase: 'Running',
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Stale', status: 'True', observedGeneration: 2 },
    ],
  },
} as unknown as Unstructured;

const states = [
  { given: 'condition=Ready', want: true },
  { given: 'condition=ready=TRUE', want: true },
  { given: 'condition=Ready=False', want: false },
  { given: 'condition=Stale', want: false },
  { given: 'condition=Missing', want: false },
  { given: 'jsonpath={.status.phase}=Running', want: true },
  { given: "jsonpath=.status.phase='Running'", want: true },
  { given: 'jsonpath={.status.phase}', want: true },
  { given: 'jsonpath={.status.none}', want: false },
  { given: 'jsonpath={.spec.replicas}=2', want: true },
  { given: 'jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', want: true },
];
for (const { given, want } of states)
  test(`${given} is ${want}`, () => {
    const condition = conditionOf(given);
    assert.ok(condition.kind === 'state');
    assert.equal(condition.isMet(object), want);
  });

const refused = [
  { given: 'jsonpath={.spec}=x', words: /nested object or list/ },
  { given: 'jsonpath={.spec.containers[*].name}=a', words: /more than one value/ },
];
for (const { given, words } of refused)
  test(`${given} leads nowhere`, () => {
    const condition = conditionOf(given);
    assert.ok(condition.kind === 'state');
    assert.throws(() => condition.isMet(object), words);
  });

const wrong = [
  { given: 'rain', words: /^unrecognized condition: "rain"$/ },
  { given: 'jsonpath=', words: /cannot be empty/ },
  { given: 'jsonpath={.a}=', words: /has to have a value/ },
  { given: 'jsonpath={.a}=b=c', words: /wait format must be/ },
];
for (const { given, words } of wrong)
  test(`${given} is no condition`, () =>
    assert.throws(
      () => conditionOf(given),
      (error: Error) => words.test(error.message),
    ));

test('create and delete are words of any case', () =>
  assert.deepEqual(
    [conditionOf('Create'), conditionOf('delete')],
    [{ kind: 'create' }, { kind: 'delete' }],
  ));
