import {
  type Case,
  clusterWide,
  custom,
  namespace,
  nest,
  no,
  parameters,
  validates,
  loud,
  rule,
} from './parts.ts';

/** Policies that refuse and warn. */
export const validating: readonly Case[] = [
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
