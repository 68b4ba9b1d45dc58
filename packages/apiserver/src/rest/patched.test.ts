import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unfitPatch } from './patched.ts';

const cases = [
  {
    name: 'a string where a number belongs',
    given:
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    document: { spec: { replicas: 'x', paused: true } },
    message:
      ' "" is invalid: patch: Invalid value: "map[spec:map[paused:true replicas:x]]": unrecognized type: int32',
  },
  {
    name: 'a number where a list belongs',
    given:
      'json: cannot unmarshal number into Go struct field PodSpec.spec.containers of type []v1.Container',
    document: { spec: { containers: 5, nodeName: null } },
    message:
      ' "" is invalid: patch: Invalid value: "map[spec:map[containers:5 nodeName:<nil>]]": cannot restore slice from int64',
  },
  {
    name: 'what strictness finds',
    given: 'strict decoding error: unknown field "spec.a"',
    document: { spec: { a: [1, 'b'] } },
    message:
      ' "" is invalid: patch: Invalid value: "map[spec:map[a:[1 b]]]": strict decoding error: unknown field "spec.a"',
  },
];

for (const { name, given, document, message } of cases)
  test(`a strategic patch that does not fit: ${name}`, () => {
    assert.equal(unfitPatch(() => ({}), document, true)(given).message, message);
  });

test('other patches show what they made', () => {
  const error = unfitPatch(() => ({ a: 1 }), [], false)('json: wrong');
  const message = 'Invalid value: "{\\"a\\":1}": json: wrong';
  assert.equal(error.message, ` "" is invalid: patch: ${message}`);
  const cause = { reason: 'FieldValueInvalid', message, field: 'patch' };
  assert.deepEqual(error.details, { causes: [cause] });
});
