/** Expressions: what is said of those of policies and of custom resources when they are written, and what they are estimated at. */
import { edits } from '../edits.ts';
import type { RequestList } from '../request.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const name = 'differential-cel';
const rule = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['configmaps'],
};
const matchConstraints = { resourceRules: [rule] };

const validating = (spec: object): object => ({
  metadata: { name },
  spec: { matchConstraints, ...spec },
});
const mutating = (spec: object): object => validating({ reinvocationPolicy: 'Never', ...spec });
const binding = (spec: object): object => ({ metadata: { name }, spec });
const validation = (fields: object): object => validating({ validations: [fields] });
const patch = (expression: string): object =>
  mutating({ mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }] });
const apply = (expression: string): object =>
  mutating({
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
  });

/** Bodies by the texts they are made of. */
const each = (
  texts: readonly string[],
  make: (text: string) => object,
): Readonly<Record<string, object>> => Object.fromEntries(texts.map((text) => [text, make(text)]));

const texts = [
  ...['x', '1 == "a"', 'object.a', '"a" + 1', 'a +', '1 +', '', '  ', '$', 'tru$e', 'if'],
  ...['request.foo == 1', 'request.name + 1', 'namespaceObject.metadata.nope', 'variables.x'],
  ...['params.x', '[1, "a"]', 'object.foo(', 'object.x.exists(i, )', "'a'.foo()", 'has(object)'],
  ...['object.items.all(1, true)', 'true && 1', 'duration("1y") == duration("1s")'],
  ...['"a".matches("(")', 'timestamp("x") == timestamp("y")', 'a\n&& true', 'size(1) == 1'],
  ...['"é" == x', 'true true', 'true true true', '{"a": 1}.b', 'object.?a'],
  ...['object[?"a"].orValue(1)', '1 in [1]', '1 in 2', '!1', '-true == 1', '1 ? true : false'],
  ...['object.spec.containers.all(c, c.image == x)', 'authorizer.check("x")', 'quantity("1") == 1'],
  ...['authorizer.group("").resource("pods").check("get").allowed()', '"abc', "'abc' == \"abc"],
  ...['Object{}', 'true ? 1 : "a"', 'true ? true : false', 'int("1")', 'dyn(1) == 1.0'],
  ...[
    '9999999999999999999 == 1',
    '"\\q" == "q"',
    'object.in',
    'object.namespace',
    'type(1) == int',
  ],
  ...['google.protobuf.Timestamp == type(1)', 'x.y.z', '.object == 1', 'object == .x'],
  ...['[1,2,].size() == 2', '{1: 2,}.size() == 1', 'true ||| false', '(true', 'true)'],
  ...['object.a.b(1,2', 'object["a" == 1', '1.0.0 == 1', '0x1F == 31 && 1u == 1u', '"a" < 1'],
  ...['optional.none()', '[1].map(x, x, x, x) == []', '[1].all(x, x) ', 'string(object) == 1'],
  ...['object.a.all(x, y, x == y + 1)', 'object.a.transformMap(x, x, 1) == {}'],
  ...["a == 'b' && c == 'd' || e", 'object.items.exists(x, x.foo == y) && z'],
  ...[
    'quantity("1").foo == 1',
    'url("http://a").foo == 1',
    'authorizer.foo == 1',
    'semver("1.0.0").x',
  ],
  ...[
    '[2, 1].sortBy(x, -x) == [2, 1]',
    '[2, 1].sortBy(1, 2) == []',
    '[2].map(1, 2) == []',
    '[2].filter(1, true) == []',
    '"a".sortBy(x, x) == "a"',
  ],
  ...['[{"a": 1}].sortBy(x, x) == []', '[1].sortBy(x, y) == []', '{}.sortBy(x, x) == 1'],
];

const policies = {
  'a message of two lines': validation({ expression: 'true', message: 'a\nb' }),
  'an empty message': validation({ expression: 'true', message: ' ' }),
  'a message that is a number': validation({ expression: 'true', messageExpression: '1' }),
  'a message that asks': validation({ expression: 'true', messageExpression: 'authorizer' }),
  'an empty expression of a message': validation({ expression: 'true', messageExpression: ' ' }),
  'an odd reason': validation({ expression: 'true', reason: 'Foo' }),
  'nothing to validate': validating({}),
  'nothing to match': { metadata: { name }, spec: { validations: [{ expression: 'true' }] } },
  'no rules': validating({ matchConstraints: {}, validations: [{ expression: 'true' }] }),
  'odd rules': validating({
    matchConstraints: {
      resourceRules: [
        {
          ...{ apiGroups: ['*', 'a'], apiVersions: [], operations: ['FOO'] },
          ...{ resources: ['a/*', 'a/b'], resourceNames: ['a', 'a', 'x/y'] },
        },
      ],
      matchPolicy: 'X',
      namespaceSelector: { matchLabels: { 'a b': 'c' } },
    },
    failurePolicy: 'X',
    validations: [{ expression: 'true' }],
  }),
  'a kind that cannot be': validating({
    paramKind: { apiVersion: 'a/b/c', kind: 'a b' },
    validations: [{ expression: 'params.x == 1', messageExpression: 'params.x' }],
  }),
  'no kind': validating({ paramKind: {}, validations: [{ expression: 'params.x' }] }),
  variables: validating({
    variables: [
      { name: 'in', expression: 'x' },
      { name: '', expression: '' },
      { name: 'a', expression: '1' },
      { name: 'b', expression: 'variables.c' },
      { name: 'l', expression: '[1]' },
      { name: 'q', expression: 'quantity("1")' },
    ],
    validations: [
      { expression: 'variables.a == "x"' },
      { expression: 'variables.b' },
      { expression: 'variables.l == 1' },
      { expression: 'variables.q == 1' },
    ],
  }),
  conditions: validating({
    matchConditions: [
      { name: 'a b', expression: '1' },
      { name: 'x', expression: ' x ' },
      { name: 'x', expression: '' },
      { expression: 'variables.a' },
    ],
    validations: [{ expression: 'true' }],
  }),
  annotations: validating({
    auditAnnotations: [
      { key: 'a', valueExpression: '1' },
      { key: 'a', valueExpression: '"x"' },
      { key: 'a b', valueExpression: 'null' },
      { key: 'c', valueExpression: '' },
    ],
  }),
};

const patches = [
  ...['[]', '[JSONPatch{op: "add", path: "/a", value: 1}]', '[JSONPatch{op: 1, path: "/a"}]'],
  ...['JSONPatch{}', '[JSONPatch{foo: 1}]', '[{"op": "add"}]', 'x'],
  '[JSONPatch{op: "add", path: "/a/" + jsonpatch.escapeKey("a/b"), value: Object.spec{x: 1}}]',
];
const configurations = [
  ...['Object{}', 'Object{spec: Object.spec{a: 1}}', 'Object.spec{}', '{}', 'x', 'Foo{}'],
  ...['Object{spec: x}', 'Object{?a: 1}', 'Object{?a: optional.none()}', 'int{}'],
];
const aPatch = [{ patchType: 'JSONPatch', jsonPatch: { expression: '[]' } }];
const changing = {
  nothing: mutating({}),
  types: mutating({
    reinvocationPolicy: 'X',
    mutations: [
      { patchType: 'X' },
      {},
      { patchType: 'JSONPatch' },
      { patchType: 'JSONPatch', applyConfiguration: { expression: 'Object{}' } },
      { patchType: 'ApplyConfiguration', applyConfiguration: { expression: '' } },
    ],
  }),
  'no word of reinvocation': validating({ mutations: aPatch }),
  operations: mutating({
    matchConstraints: { resourceRules: [{ ...rule, operations: ['*', 'DELETE'] }] },
    mutations: aPatch,
  }),
};

const bindings = (more: object): Readonly<Record<string, object>> => ({
  nothing: binding({}),
  'a name that cannot be': binding({ policyName: 'A b', ...more }),
  'parameters of nothing': binding({ policyName: 'a', paramRef: {}, ...more }),
  'odd parameters': binding({
    policyName: 'a',
    paramRef: {
      ...{ name: 'a/b', selector: { matchLabels: { 'a b': 'x' } }, parameterNotFoundAction: 'X' },
    },
    ...more,
  }),
  'odd operations': binding({
    policyName: 'a',
    matchResources: { resourceRules: [{ ...rule, operations: ['DELETE'] }] },
    ...more,
  }),
});

const plural = 'differentialcels';
const definition = (spec: object): object => ({
  metadata: { name: `${plural}.cel.example.com` },
  spec: {
    ...{
      group: 'cel.example.com',
      scope: 'Namespaced',
      names: { plural, kind: 'DifferentialCel' },
    },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
      },
    ],
  },
});
const ruled = (type: object, ...rules: readonly string[]): object => ({
  ...type,
  'x-kubernetes-validations': rules.map((text) => ({ rule: text })),
});
const text = { type: 'string' };
const list = (items: object, more: object = {}): object => ({ type: 'array', items, ...more });
const mapOf = (additionalProperties: object, more: object = {}): object => ({
  ...{ type: 'object', additionalProperties },
  ...more,
});
const object = (properties: object): object => ({ type: 'object', properties });
const every = 'self.all(s, s == "string constant")';
const message = (messageExpression: string): object => ({
  ...list(text),
  'x-kubernetes-validations': [{ rule: 'true', messageExpression }],
});

const costs = {
  'a list of lists of texts': list(ruled(list(text), every)),
  'the same within bounds': list(ruled(list({ ...text, maxLength: 10 }, { maxItems: 10 }), every)),
  'bounds around it too': list(ruled(list({ ...text, maxLength: 10 }, { maxItems: 10 }), every), {
    maxItems: 10,
  }),
  'a little too much': ruled(
    list({ ...text, maxLength: 200 }, { maxItems: 10_000 }),
    'self.all(x, self.exists(y, y == x))',
  ),
  'each with each': ruled(
    list({ type: 'integer' }, { maxItems: 2000 }),
    'self.all(x, self.all(y, x == y))',
  ),
  'maps of maps': mapOf(ruled(mapOf(text), 'self.all(k, self[k].contains("a"))')),
  keys: ruled(mapOf(text, { maxProperties: 1000 }), 'self.all(k, k.matches("^a.*b$"))'),
  'times and such': object({
    a: ruled({ ...text, format: 'date-time' }, 'self > timestamp("2020-01-01T00:00:00Z")'),
    b: ruled({ ...text, format: 'byte' }, 'size(self) > 1'),
    c: ruled({ 'x-kubernetes-int-or-string': true }, 'type(self) == int'),
  }),
  'together, one by one good': object(
    Object.fromEntries(
      Array.from({ length: 16 }, (_, i) => [
        `f${i}`,
        ruled(list({ type: 'integer' }, { maxItems: 1050 - i }), 'self.all(x, self.all(y, x < y))'),
      ]),
    ),
  ),
  'a wrong one and a dear one': list(ruled(list(text), 'nope', every)),
  'wrong within wrong': ruled(object({ a: ruled(text, 'self == 1') }), 'self.nope'),
  'a dear message': message('self.map(x, x + x).join(",") + self.join(",")'),
  'a message of lists in lists': message('string(self.all(x, self.all(y, x == y)))'),
  sorted: ruled(
    list(text, { maxItems: 100 }),
    'self.sort() == self',
    'self.sortBy(x, size(x)) == self',
  ),
  'new functions on lists': ruled(
    list({ type: 'integer' }, { maxItems: 3000 }),
    ...['self.distinct() == self', 'self.reverse() == self', 'self.slice(0, 2) == self'],
    ...['lists.range(size(self)) == self', '[self, self].flatten() == self'],
  ),
  'what was there': ruled(
    list(text),
    ...['self.all(x, oldSelf.exists(y, x == y))', 'size(oldSelf) < 3', 'self == oldSelf'],
  ),
};

const lists: readonly RequestList[] = [
  {
    name: 'cel: expressions that validate',
    requests: edits(
      `${group}/validatingadmissionpolicies`,
      each(texts, (expression) => validation({ expression })),
    ),
  },
  {
    name: 'cel: validating policies',
    requests: edits(`${group}/validatingadmissionpolicies`, policies),
  },
  {
    name: 'cel: mutating policies',
    requests: edits(`${group}/mutatingadmissionpolicies`, {
      ...each(patches, patch),
      ...each(configurations, apply),
      ...changing,
    }),
  },
  {
    name: 'cel: bindings',
    requests: [
      ...edits(`${group}/mutatingadmissionpolicybindings`, bindings({})),
      ...edits(`${group}/validatingadmissionpolicybindings`, {
        ...bindings({ validationActions: ['Deny'] }),
        'odd actions': binding({
          ...{ policyName: 'a', validationActions: ['Deny', 'Warn', 'Deny', 'X'] },
        }),
      }),
    ],
  },
  {
    name: 'cel: rules of custom resources',
    requests: edits(
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      Object.fromEntries(Object.entries(costs).map(([key, spec]) => [key, definition(spec)])),
    ),
  },
];
export default lists;
