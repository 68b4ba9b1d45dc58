/** Policies in force: what they refuse, warn of and change. Each looks only at objects that carry its name, so that all are there at once. */
import type { Request, RequestList } from '../request.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const namespace = 'differential-policies';
const root = `/api/v1/namespaces/${namespace}`;
const label = 'policy';

interface Case {
  readonly name: string;
  readonly spec: object;
  readonly binding?: object;
  /** What is sent: a config map, unless it says otherwise. */
  readonly sent?: readonly Partial<Request>[];
  readonly matches?: object;
}

const nameOf = (name: string): string => `differential-${name.replaceAll(' ', '-')}`;

const configMap = (name: string): object => ({
  metadata: { name: 'one', labels: { [label]: nameOf(name), a: 'b' } },
  data: { a: '1' },
});
const service = (name: string): object => ({
  metadata: { name: 'one', labels: { [label]: nameOf(name) } },
  spec: { ports: [{ port: 80 }], clusterIP: 'None' },
});

const rule = {
  ...{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'] },
  resources: ['configmaps', 'services'],
};
const validates = (expression: string, more: object = {}): object => ({
  validations: [{ expression, ...more }],
});
const no = "object.data.a == '2'";
const parameters = { apiVersion: 'v1', kind: 'ConfigMap' };
const custom = { apiVersion: 'policies.example.com/v1', kind: 'DifferentialLimit' };
const clusterWide = { apiVersion: 'v1', kind: 'Namespace' };
const ten = '[1,2,3,4,5,6,7,8,9,10]';
const nest = (depth: number): string =>
  depth === 0 ? 'true' : `${ten}.all(x${depth}, ${nest(depth - 1)})`;
const loud = (
  paramRef: object,
  expression = 'object.data.a == params.data.a',
): Omit<Case, 'name'> => ({
  spec: {
    paramKind: parameters,
    ...validates(expression, { messageExpression: "'not ' + params.metadata.name" }),
  },
  binding: { paramRef: { parameterNotFoundAction: 'Deny', ...paramRef } },
});

const validating: readonly Case[] = [
  { name: 'simple', spec: validates(no) },
  { name: 'message', spec: validates(no, { message: 'a must be 2', reason: 'Forbidden' }) },
  { name: 'message made', spec: validates(no, { messageExpression: "'a is ' + object.data.a" }) },
  {
    name: 'message that fails',
    spec: validates(no, { message: 'plain', messageExpression: "'a is ' + object.data.zz" }),
  },
  { name: 'two lines', spec: validates(no, { messageExpression: "'a\\nb'" }) },
  { name: 'several', spec: { validations: [{ expression: no }, { expression: 'false' }] } },
  { name: 'fails', spec: validates("object.data.zz == '2'") },
  {
    name: 'fails and is ignored',
    spec: { failurePolicy: 'Ignore', ...validates("object.data.zz == '2'") },
  },
  { name: 'warns', spec: validates(no), binding: { validationActions: ['Warn', 'Audit'] } },
  {
    name: 'variables',
    spec: {
      variables: [
        { name: 'x', expression: 'object.data.a' },
        { name: 'y', expression: "variables.x + '!'" },
      ],
      ...validates("variables.y == '2'", { messageExpression: 'variables.y' }),
    },
  },
  {
    name: 'variable that fails',
    spec: {
      variables: [{ name: 'x', expression: 'object.data.zz' }],
      ...validates("variables.x == '2'"),
    },
  },
  {
    name: 'conditions',
    spec: { matchConditions: [{ name: 'c', expression: no }], ...validates('false') },
  },
  {
    name: 'condition that fails',
    spec: {
      matchConditions: [{ name: 'c', expression: "object.data.zz == '2'" }],
      ...validates('false'),
    },
  },
  {
    name: 'request',
    spec: validates('false', {
      messageExpression:
        "request.operation + request.kind.kind + request.resource.resource + request.namespace + request.name + string(request.dryRun) + request.userInfo.groups.join(',')",
    }),
  },
  {
    name: 'authorizer',
    spec: validates(
      "!authorizer.group('').resource('pods').namespace('default').check('create').allowed()",
      { reason: 'Unauthorized' },
    ),
  },
  {
    name: 'authorizer of the request',
    spec: validates("authorizer.requestResource.check('create').allowed() == false"),
  },
  {
    name: 'namespace',
    spec: validates('false', {
      messageExpression: 'namespaceObject.metadata.name + namespaceObject.status.phase',
    }),
  },
  {
    name: 'sorted',
    spec: validates('false', {
      messageExpression: "['ccc', 'a', 'bb'].sortBy(x, size(x)).join(',')",
    }),
  },
  { name: 'costs too much', spec: validates(nest(6)) },
  {
    name: 'excludes by name',
    spec: validates('false'),
    matches: { excludeResourceRules: [{ ...rule, resourceNames: ['one'] }] },
  },
  {
    name: 'excludes another name',
    spec: validates('false'),
    matches: { excludeResourceRules: [{ ...rule, resourceNames: ['other'] }] },
  },
  {
    name: 'binding excludes',
    spec: validates('false'),
    binding: { matchResources: { excludeResourceRules: [{ ...rule, resources: ['*'] }] } },
  },
  {
    name: 'binding of other namespaces',
    spec: validates('false'),
    binding: { matchResources: { namespaceSelector: { matchLabels: { other: 'yes' } } } },
  },
  { name: 'parameter by name', ...loud({ name: 'first' }) },
  { name: 'parameter not there', ...loud({ name: 'nope' }) },
  { name: 'parameter not needed', ...loud({ name: 'nope', parameterNotFoundAction: 'Allow' }) },
  { name: 'parameters by label', ...loud({ selector: { matchLabels: { limits: 'yes' } } }) },
  { name: 'parameters by no label', ...loud({ selector: { matchLabels: { limits: 'no' } } }) },
  {
    name: 'parameters by no label, allowed'.replace(',', ''),
    ...loud({ selector: { matchLabels: { limits: 'no' } }, parameterNotFoundAction: 'Allow' }),
  },
  {
    name: 'parameters of another namespace',
    ...loud({ selector: {}, namespace: 'differential-nowhere' }),
  },
  {
    name: 'parameter of a custom kind',
    spec: { paramKind: custom, ...validates('size(object.data) > params.spec.least') },
    binding: { paramRef: { name: 'limit', parameterNotFoundAction: 'Deny' } },
  },
  {
    name: 'parameter of the cluster',
    spec: { paramKind: clusterWide, ...validates("params.metadata.name == 'x'") },
    binding: { paramRef: { name: namespace, parameterNotFoundAction: 'Deny' } },
  },
  {
    name: 'parameter of the cluster in a namespace',
    spec: { paramKind: clusterWide, ...validates('true') },
    binding: { paramRef: { name: namespace, namespace, parameterNotFoundAction: 'Deny' } },
  },
  {
    name: 'parameters nobody serves',
    spec: { paramKind: { apiVersion: 'x.y/v1', kind: 'Foo' }, ...validates('params.x == 1') },
    binding: { paramRef: { name: 'nope', parameterNotFoundAction: 'Deny' } },
  },
  {
    name: 'parameters without a reference',
    spec: { paramKind: parameters, ...validates('params == null') },
  },
  { name: 'last', spec: validates('false') },
];

const applies = (expression: string, more: object = {}): object => ({
  mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
  ...more,
});
const patches = (expression: string, more: object = {}): object => ({
  mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
  ...more,
});
const asService: readonly Partial<Request>[] = [{ path: `${root}/services?dryRun=All` }];

const mutating: readonly Case[] = [
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

/** Two policies for one object, in whatever order: what the second adds lets the first act when it is asked again. */
const againName = nameOf('again');
const again = [
  applies("'second' in object.data ? Object{data: {'saw': 'it'}} : Object{}"),
  applies("Object{data: {'second': 'b'}}"),
].map((spec, at) => {
  const objectSelector = { matchLabels: { [label]: againName } };
  const matchConstraints = { resourceRules: [rule], objectSelector };
  return {
    metadata: { name: `${againName}-${at}` },
    spec: { matchConstraints, ...spec, reinvocationPolicy: 'IfNeeded' },
  };
});

const post = (path: string, body: { readonly metadata: { readonly name: string } }): Request => ({
  ...{ name: `made: ${body.metadata.name}`, method: 'POST', path, body },
});

function made(sort: 'validating' | 'mutating', each: Case): readonly Request[] {
  const { spec, binding, matches } = each;
  const metadata = { name: nameOf(each.name) };
  const matchConstraints = {
    resourceRules: [rule],
    objectSelector: { matchLabels: { [label]: metadata.name } },
    ...matches,
  };
  const own =
    sort === 'validating' ? { validationActions: ['Deny'] } : { reinvocationPolicy: 'Never' };
  const [forPolicy, forBinding] = sort === 'validating' ? [{}, own] : [own, {}];
  const path = `${group}/${sort}admissionpolicies`;
  return [
    post(path, { metadata, spec: { matchConstraints, ...forPolicy, ...spec } } as never),
    post(path.replace(/ies$/, 'ybindings'), {
      ...{ metadata, spec: { policyName: metadata.name, ...forBinding, ...binding } },
    }),
  ];
}

const sentFor = ({ name, sent = [{}] }: Case): readonly Request[] =>
  sent.map((each) => ({
    name: `sent: ${name}`,
    method: 'POST',
    path: `${root}/configmaps?dryRun=All`,
    body: each.path?.includes('/services') ? service(name) : configMap(name),
    ...each,
  }));

const gone = (path: string): Request => ({ name: `gone: ${path}`, method: 'DELETE', path });
const definition = {
  metadata: { name: 'differentiallimits.policies.example.com' },
  spec: {
    group: 'policies.example.com',
    scope: 'Namespaced',
    names: { plural: 'differentiallimits', kind: 'DifferentialLimit' },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { least: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
};
const limitsPath = `/apis/policies.example.com/v1/namespaces/${namespace}/differentiallimits`;
const parameter = (name: string, a: string): Request =>
  post(`${root}/configmaps`, {
    ...{ metadata: { name, labels: { limits: 'yes' } } as { name: string }, data: { a } },
  } as never);

const list: RequestList = {
  name: 'admission policies',
  requests: [
    post('/api/v1/namespaces', { metadata: { name: namespace } }),
    post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition),
    { name: 'the kind is served', method: 'GET', path: limitsPath, until: 200 },
    {
      ...{ name: 'a limit', method: 'POST', path: limitsPath, until: 201 },
      body: { ...custom, metadata: { name: 'limit' }, spec: { least: 5 } },
    },
    ...[parameter('first', '1'), parameter('second', '2'), parameter('third', '3')],
    ...mutating.flatMap((each) => made('mutating', each)),
    ...again.flatMap(({ metadata, spec }) => [
      post(`${group}/mutatingadmissionpolicies`, { metadata, spec } as never),
      post(`${group}/mutatingadmissionpolicybindings`, {
        ...{ metadata, spec: { policyName: metadata.name } },
      } as never),
    ]),
    ...validating.flatMap((each) => made('validating', each)),
    ...sentFor({ name: 'last', spec: {} }).map((each) => ({ ...each, until: 422 })),
    ...[...validating, ...mutating].flatMap(sentFor),
    ...sentFor({ name: 'again', spec: {} }),
    ...[...validating.map(({ name }) => nameOf(name))].flatMap((name) => [
      gone(`${group}/validatingadmissionpolicybindings/${name}`),
      gone(`${group}/validatingadmissionpolicies/${name}`),
    ]),
    ...[
      ...mutating.map(({ name }) => nameOf(name)),
      ...again.map(({ metadata }) => metadata.name),
    ].flatMap((name) => [
      gone(`${group}/mutatingadmissionpolicybindings/${name}`),
      gone(`${group}/mutatingadmissionpolicies/${name}`),
    ]),
    gone(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`),
    ...['first', 'second', 'third'].map((name) => gone(`${root}/configmaps/${name}`)),
    gone(`/api/v1/namespaces/${namespace}`),
  ],
};
export default list;
