import type { Request } from '../request.ts';
import { type Case, no, parameters, root, rule } from './parts.ts';

export const applies = (expression: string, more: object = {}): object => ({
  mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
  ...more,
});
export const patches = (expression: string, more: object = {}): object => ({
  mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
  ...more,
});
export const asService: readonly Partial<Request>[] = [{ path: `${root}/services?dryRun=All` }];
/** Policies that change objects. */
export const mutating: readonly Case[] = [
  {
    name: 'apply',
    spec: applies(
      "Object{metadata: Object.metadata{labels: {'x': 'y'}}, data: {'b': object.data.a + '!'}}",
    ),
  },
  {
    name: 'apply labels as a type',
    spec: applies("Object{metadata: Object.metadata{labels: Object.metadata.labels{x: 'y'}}}"),
  },
  { name: 'apply misnamed', spec: applies("Object{metadata: Object.wrong{labels: {'x': 'y'}}}") },
  { name: 'apply unknown', spec: applies('Object{spec: Object.spec{x: 1}}') },
  { name: 'apply another type', spec: applies("Object{data: {'x': 1}}") },
  { name: 'apply fails', spec: applies("Object{data: {'x': object.data.zz}}") },
  {
    name: 'apply fails and is ignored',
    spec: applies("Object{data: {'x': object.data.zz}}", { failurePolicy: 'Ignore' }),
  },
  {
    name: 'apply what is atomic',
    spec: applies("Object{spec: Object.spec{selector: {'x': 'y'}}}"),
    sent: asService,
  },
  {
    name: 'apply a list',
    spec: applies(
      "Object{spec: Object.spec{ports: [Object.spec.ports{port: 80, name: 'web', protocol: 'TCP'}, Object.spec.ports{port: 81, name: 'x', protocol: 'TCP'}]}}",
    ),
    sent: asService,
  },
  {
    name: 'patch',
    spec: patches(
      "[JSONPatch{op: 'add', path: '/data/b', value: 'x'}, JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a/b'), value: 'c'}]",
    ),
  },
  {
    name: 'patch that tests',
    spec: patches(
      "[JSONPatch{op: 'test', path: '/data/a', value: '2'}, JSONPatch{op: 'add', path: '/data/b', value: 'x'}]",
    ),
  },
  { name: 'patch what is missing', spec: patches("[JSONPatch{op: 'remove', path: '/data/zz'}]") },
  { name: 'patch oddly', spec: patches("[JSONPatch{op: 'foo', path: '/data/zz'}]") },
  {
    name: 'patch with a type',
    spec: patches(
      "[JSONPatch{op: 'add', path: '/spec/ports/-', value: Object.spec.ports{port: 81, name: 'b'}}, JSONPatch{op: 'add', path: '/spec/ports/0/name', value: 'a'}]",
    ),
    sent: asService,
  },
  {
    name: 'change by variables',
    spec: applies("Object{data: {'v': variables.x}}", {
      variables: [{ name: 'x', expression: 'object.data.a + request.operation' }],
    }),
  },
  {
    name: 'change on condition',
    spec: applies("Object{data: {'v': 'x'}}", {
      matchConditions: [{ name: 'c', expression: no }],
    }),
  },
  {
    name: 'change on a condition that fails',
    spec: applies("Object{data: {'v': 'x'}}", {
      matchConditions: [{ name: 'c', expression: "object.data.zz == '2'" }],
    }),
  },
  {
    name: 'change by parameters',
    spec: applies('Object{data: {params.metadata.name: params.data.a}}', { paramKind: parameters }),
    binding: {
      paramRef: { selector: { matchLabels: { limits: 'yes' } }, parameterNotFoundAction: 'Deny' },
    },
  },
  {
    name: 'change by no parameters',
    spec: applies("Object{data: {'v': params.data.x}}", { paramKind: parameters }),
    binding: { paramRef: { name: 'nope', parameterNotFoundAction: 'Deny' } },
  },
  {
    name: 'change by nobodys parameters',
    spec: applies("Object{data: {'v': params.data.x}}", {
      paramKind: { apiVersion: 'x.y/v1', kind: 'Foo' },
    }),
    binding: { paramRef: { name: 'nope', parameterNotFoundAction: 'Deny' } },
  },
  {
    name: 'change excluded',
    spec: applies("Object{data: {'v': 'x'}}"),
    matches: { excludeResourceRules: [{ ...rule, resourceNames: ['one'] }] },
  },
];
