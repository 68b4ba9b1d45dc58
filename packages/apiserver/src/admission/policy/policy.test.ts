import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConfigMaps,
  type KubeObject,
  MutatingAdmissionPolicies,
  MutatingAdmissionPolicyBindings,
  objectTypeOf,
  type Resource,
  typeOf,
  ValidatingAdmissionPolicies,
  ValidatingAdmissionPolicyBindings,
} from '@coxswain/api';
import { MemoryObjects } from '../../authz/testing/memory-objects.ts';
import type { AdmissionParts } from '../index.ts';
import { admissionOf, pass } from '../testing/admission.ts';
import { mutatingPolicies } from './mutating.ts';
import { validatingPolicies } from './validating.ts';

const map = (name: string, data: Record<string, string>): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', labels: { app: 'web' } },
    data,
  }) as KubeObject;

const any = {
  resourceRules: [
    { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] },
  ],
  matchPolicy: 'Equivalent',
};

interface Case {
  readonly name: string;
  readonly spec: object;
  readonly binding?: object;
  readonly comes: unknown;
  readonly told?: readonly string[];
}

async function comes(
  { spec, binding }: Case,
  isMutating: boolean,
): Promise<{ came: unknown; told: readonly string[] }> {
  const objects = new MemoryObjects();
  const [policies, bindings] = (
    isMutating
      ? [MutatingAdmissionPolicies, MutatingAdmissionPolicyBindings]
      : [ValidatingAdmissionPolicies, ValidatingAdmissionPolicyBindings]
  ) as [Resource, Resource];
  const parts = {
    objects,
    authorizers: [
      {
        name: 'only-get',
        authorize: async (_: unknown, { verb }: { verb: string }) => ({
          decision: verb === 'get' ? 'allow' : 'no-opinion',
          reason: '',
        }),
      },
    ],
    versions: {
      equivalents: (resource: Resource) => [resource],
      convert: (object: KubeObject) => object,
      canonical: (object: KubeObject) => object,
      resourceOf: (_: string, kind: string) => (kind === 'ConfigMap' ? ConfigMaps : undefined),
      mergeTypeOf: () => objectTypeOf(typeOf('v1', 'ConfigMap')!).merge,
    },
  } as unknown as AdmissionParts;
  const plugin = (isMutating ? mutatingPolicies : validatingPolicies)(parts);
  objects.put(ConfigMaps, map('params', { max: '3' }));
  objects.put(policies, {
    metadata: { name: 'p' },
    spec: { matchConstraints: any, ...spec },
  } as unknown as KubeObject);
  objects.put(bindings, {
    metadata: { name: 'b' },
    spec: { policyName: 'p', validationActions: ['Deny'], ...binding },
  } as unknown as KubeObject);
  const told: string[] = [];
  const admission = admissionOf(objects, {
    resource: ConfigMaps,
    object: map('one', { a: '1' }),
    warn: (text) => void told.push(text),
    annotate: (key, value) => void told.push(`${key}=${value}`),
  });
  const came = await pass(plugin, admission);
  return { came: typeof came === 'string' ? came : (came as { data?: unknown }).data, told };
}

const denied = (why: string): string =>
  `422 configmaps "one" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ${why}`;
const unchanged = { a: '1' };
const says = (expression: string, more: object = {}): object => ({
  validations: [{ expression, ...more }],
});
const params = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } };

const validating: readonly Case[] = [
  { name: 'holds', spec: says("object.data.a == '1'"), comes: unchanged },
  { name: 'does not', spec: says('false'), comes: denied('failed expression: false') },
  { name: 'message', spec: says('false', { message: ' no ' }), comes: denied('no') },
  {
    name: 'message expression',
    spec: says('false', { messageExpression: "'a=' + object.data.a" }),
    comes: denied('a=1'),
  },
  {
    name: 'an error refuses',
    spec: says('object.data.z == 1'),
    comes: denied("expression 'object.data.z == 1' resulted in error: no such key: z"),
  },
  {
    name: 'an error is ignored',
    spec: { failurePolicy: 'Ignore', ...says('object.data.z == 1') },
    comes: unchanged,
  },
  {
    name: 'warns and annotates',
    spec: {
      ...says('false'),
      auditAnnotations: [{ key: 'k', valueExpression: "'v' + object.data.a" }],
    },
    binding: { validationActions: ['Warn'] },
    comes: unchanged,
    told: [
      "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': failed expression: false",
      'p/k=v1',
    ],
  },
  {
    name: 'variables are composed',
    spec: {
      variables: [
        { name: 'x', expression: 'int(object.data.a)' },
        { name: 'y', expression: 'variables.x + 1' },
      ],
      ...says('variables.y == 3', { messageExpression: 'string(variables.y)' }),
    },
    comes: denied('2'),
  },
  {
    name: 'conditions',
    spec: {
      matchConditions: [{ name: 'c', expression: "object.data.a == '2'" }],
      ...says('false'),
    },
    comes: unchanged,
  },
  {
    name: 'parameters by name',
    spec: {
      ...params,
      ...says("params.data.max == '4'", { messageExpression: 'string(params.data.max)' }),
    },
    binding: { paramRef: { name: 'params', parameterNotFoundAction: 'Deny' } },
    comes: denied('3'),
  },
  {
    name: 'parameters that are not there',
    spec: { ...params, ...says('true') },
    binding: { paramRef: { name: 'nope', parameterNotFoundAction: 'Deny' } },
    comes: denied(
      'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    ),
  },
  {
    name: 'the authorizer is asked once for each question',
    spec: says(
      "authorizer.requestResource.check('get').allowed() && !authorizer.group('apps').resource('x').check('delete').allowed()",
    ),
    comes: unchanged,
  },
  {
    name: 'the budget ends',
    spec: says('lists.range(2000).all(a, lists.range(2000).all(b, a + b >= 0))'),
    comes: denied(
      "expression 'lists.range(2000).all(a, lists.range(2000).all(b, a + b >= 0))' resulted in error: operation cancelled: actual cost limit exceeded",
    ),
  },
];

for (const one of validating)
  test(`validating: ${one.name}`, async () => {
    const { came, told } = await comes(one, false);
    assert.deepEqual(came, one.comes);
    assert.deepEqual(told, one.told ?? []);
  });

const apply = (expression: string): object => ({
  mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
});
const patch = (expression: string): object => ({
  mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
});
const refused = (why: string): string => `403 policy 'p' with binding 'b' denied request: ${why}`;

const mutating: readonly Case[] = [
  {
    name: 'lays an object over',
    spec: apply("Object{data: {'b': object.data.a + '!'}}"),
    comes: { a: '1', b: '1!' },
  },
  {
    name: 'names of types are paths',
    spec: apply('Object{metadata: Object.meta{}}'),
    comes: refused(
      'type mismatch: unexpected type name "Object.meta", expected "Object.metadata", which matches field name path from root Object type',
    ),
  },
  {
    name: 'fields that are not there',
    spec: apply('Object{spec: Object.spec{}}'),
    comes: refused(
      'error applying patch: failed to convert patch object to typed object: .spec: field not declared in schema',
    ),
  },
  {
    name: 'operations',
    spec: patch(
      "[JSONPatch{op: 'add', path: '/data/b', value: 'x'}, JSONPatch{op: 'remove', path: '/data/a'}]",
    ),
    comes: { b: 'x' },
  },
  {
    name: 'a test that fails changes nothing',
    spec: patch(
      "[JSONPatch{op: 'test', path: '/data/a', value: '2'}, JSONPatch{op: 'remove', path: '/data/a'}]",
    ),
    comes: unchanged,
  },
];

for (const one of mutating)
  test(`mutating: ${one.name}`, async () => {
    assert.deepEqual((await comes(one, true)).came, one.comes);
  });
