/** What is only asked: who somebody is, and what they may do. */
import type { Request, RequestList } from '../request.ts';

const asked = (
  group: string,
  kind: string,
  resource: string,
  bodies: Readonly<Record<string, object>>,
  namespace = '',
): RequestList => ({
  name: `${resource}, asked`,
  requests: Object.entries(bodies).map(([name, fields]): Request => ({
    name,
    method: 'POST',
    path: `/apis/${group}/v1${namespace && `/namespaces/${namespace}`}/${resource}`,
    body: { apiVersion: `${group}/v1`, kind, ...fields },
  })),
});

const resourceAttributes = { verb: 'get', resource: 'pods', namespace: 'default' };
const nonResourceAttributes = { verb: 'get', path: '/healthz' };
const field = (fieldSelector: object): object => ({
  spec: { user: 'a', resourceAttributes: { ...resourceAttributes, fieldSelector } },
});
const label = (labelSelector: object): object => ({
  spec: { user: 'a', resourceAttributes: { ...resourceAttributes, labelSelector } },
});

const questions = {
  nothing: { spec: {} },
  nobody: { spec: { resourceAttributes } },
  somebody: { spec: { user: 'a', resourceAttributes } },
  'a group': { spec: { groups: ['system:masters'], nonResourceAttributes } },
  both: { spec: { user: 'a', resourceAttributes, nonResourceAttributes } },
  neither: { spec: { user: 'a' } },
  'a name': { metadata: { name: 'x' }, spec: { user: 'a', resourceAttributes } },
  labels: { metadata: { labels: { a: 'b' } }, spec: { user: 'a', nonResourceAttributes } },
  'another namespace': {
    metadata: { namespace: 'x' },
    spec: { user: 'a', resourceAttributes: { ...resourceAttributes, namespace: 'other' } },
  },
  'a status': { spec: { user: 'a', resourceAttributes }, status: { allowed: true } },
  'a raw field selector': field({ rawSelector: 'metadata.name=a' }),
  'field selectors twice': field({
    rawSelector: 'a=b',
    requirements: [{ key: 'a', operator: 'In', values: ['b'] }],
  }),
  'field selectors of nothing': field({}),
  'field selectors that cannot be': field({
    requirements: [
      { key: '', operator: '' },
      { key: 'a', operator: 'Odd' },
      { key: 'a', operator: 'In' },
      { key: 'a', operator: 'Exists', values: ['b'] },
    ],
  }),
  'a raw label selector': label({ rawSelector: 'a=b' }),
  'label selectors of nothing': label({}),
  'label selectors that cannot be': label({
    requirements: [
      { key: '', operator: '' },
      { key: 'a', operator: 'NotIn' },
    ],
  }),
};

const lists: readonly RequestList[] = [
  asked('authorization.k8s.io', 'SubjectAccessReview', 'subjectaccessreviews', questions),
  asked('authorization.k8s.io', 'SelfSubjectAccessReview', 'selfsubjectaccessreviews', {
    nothing: { spec: {} },
    pods: { spec: { resourceAttributes } },
    'a path': { spec: { nonResourceAttributes } },
    both: { spec: { resourceAttributes, nonResourceAttributes } },
    'a name': { metadata: { name: 'x' }, spec: { resourceAttributes } },
  }),
  asked(
    'authorization.k8s.io',
    'LocalSubjectAccessReview',
    'localsubjectaccessreviews',
    questions,
    'default',
  ),
  asked('authorization.k8s.io', 'SelfSubjectRulesReview', 'selfsubjectrulesreviews', {
    nothing: { spec: {} },
    'a namespace': { spec: { namespace: 'default' } },
  }),
  asked('authentication.k8s.io', 'TokenReview', 'tokenreviews', {
    nothing: { spec: {} },
    'a token that is none': { spec: { token: 'x' } },
    'a token that is none for another': { spec: { token: 'x', audiences: ['y'] } },
    'in a namespace': { metadata: { namespace: 'x' }, spec: { token: 'x' } },
    'a status': { spec: { token: 'x' }, status: { authenticated: true } },
  }),
  asked('authentication.k8s.io', 'SelfSubjectReview', 'selfsubjectreviews', {
    nothing: {},
    'a name': { metadata: { name: 'x' } },
    'a status': { status: { userInfo: { username: 'x' } } },
  }),
];

export default lists;
