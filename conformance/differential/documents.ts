/** What a server says of itself: discovery in all its forms, paths that are none, methods that are not taken. */
import type { Served } from './every-kind.ts';
import type { Request, RequestList } from './request.ts';

const aggregated =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

export function documents(served: readonly Served[]): RequestList {
  const versions = [...new Set(served.map(({ group, version }) => `${group}/${version}`))];
  const roots = versions.map((each) => (each.startsWith('/') ? '/api/v1' : `/apis/${each}`));
  const groups = [...new Set(roots.filter((root) => root !== '/api/v1').map(groupOf))];
  const get = (path: string, more: Partial<Request> = {}): Request => ({
    ...{ name: `GET ${path}`, method: 'GET', path },
    ...more,
  });
  const configMaps = '/api/v1/namespaces/default/configmaps';
  return {
    name: 'documents',
    requests: [
      ...['/api', '/apis', ...groups, ...roots].map((path) => get(path)),
      ...['/api', '/apis'].map((path) => get(path, { name: `${path} in one`, accept: aggregated })),
      ...['/healthz', '/livez', '/readyz', '/healthz/ping', '/livez/ping', '/livez/none'].map(
        (path) => get(path),
      ),
      ...['/nothing', '/api/v2', '/apis/none', '/apis/apps/v2', '/api/v1/nothings'].map((path) =>
        get(path),
      ),
      get('/api/v1/namespaces/default/pods/none/nothing'),
      get('/api/v1/namespaces/default/nodes'),
      get('/apis/apps/v1/namespaces/default/deployments/none/nothing'),
      get(configMaps, { name: 'another form', accept: 'text/html' }),
      get(configMaps, { name: 'a form of none', accept: 'image/png' }),
      get(configMaps, {
        name: 'a list as one',
        accept: 'application/json;as=Table;v=v9;g=meta.k8s.io',
      }),
      ...listOptions.map((query) => get(`${configMaps}?${query}`)),
      ...(['PUT', 'PATCH', 'OPTIONS', 'HEAD'] as const).map((method) => ({
        ...{ name: `${method} of a collection`, method, path: configMaps },
      })),
      { name: 'POST to an object', method: 'POST', path: `${configMaps}/one`, body: {} },
      { name: 'DELETE of namespaces', method: 'DELETE', path: '/api/v1/namespaces' },
      ...callers.map(({ user, groups: of = [] }, index) => ({
        ...{ name: `as ${user} (${index})`, method: 'GET' as const },
        ...{ path: '/api/v1/namespaces/default/secrets', as: { user, groups: of } },
      })),
      {
        name: 'a write of somebody else',
        method: 'POST',
        path: configMaps,
        body: { metadata: { name: 'x' } },
        as: { user: 'bob' },
      },
      ...['/metrics', '/version', '/openapi/v2', '/logs/'].map((path) =>
        get(path, { name: `${path} as nobody`, as: { user: 'bob' } }),
      ),
      ...reviews,
    ],
  };
}

const groupOf = (root: string): string => root.split('/').slice(0, 3).join('/');

const listOptions = [
  'limit=-1',
  'limit=x',
  'continue=x',
  'resourceVersion=x',
  'resourceVersion=-1',
  'resourceVersion=999999999',
  'resourceVersionMatch=Exact',
  'resourceVersionMatch=Some&resourceVersion=1',
  'resourceVersionMatch=Exact&resourceVersion=0',
  'sendInitialEvents=true',
  'labelSelector=a%3D%3D%3D',
  'labelSelector=a+in+(b',
  'labelSelector=-a',
  'fieldSelector=x',
  'fieldSelector=metadata.name%3E1',
  'timeoutSeconds=x',
  'watch=1&sendInitialEvents=true&timeoutSeconds=1',
  'watch=1&resourceVersionMatch=Exact&resourceVersion=1&timeoutSeconds=1',
  'watch=1&fieldSelector=a%3Db&timeoutSeconds=1',
  'watch=1&labelSelector=a%3D%3D%3D',
  'allowWatchBookmarks=x',
];

const callers = [
  { user: 'bob' },
  { user: 'bob', groups: ['system:authenticated'] },
  { user: 'system:anonymous', groups: ['system:unauthenticated'] },
  { user: 'system:serviceaccount:default:default', groups: ['system:serviceaccounts'] },
  { user: 'system:node:n1', groups: ['system:nodes'] },
  { user: 'system:kube-scheduler' },
  { user: 'system:kube-controller-manager' },
];

const review = (
  name: string,
  kind: string,
  resource: string,
  group: string,
  spec: object,
): Request => ({
  ...{ name, method: 'POST', path: `/apis/${group}/v1/${resource}` },
  body: { apiVersion: `${group}/v1`, kind, spec },
});
const authorization = 'authorization.k8s.io';
const subject = (name: string, spec: object): Request =>
  review(name, 'SubjectAccessReview', 'subjectaccessreviews', authorization, spec);
const pods = { namespace: 'default', verb: 'get', resource: 'pods' };

const reviews: readonly Request[] = [
  subject('may bob', { user: 'bob', resourceAttributes: pods }),
  subject('may the scheduler', { user: 'system:kube-scheduler', resourceAttributes: pods }),
  subject('may nobody', { resourceAttributes: pods }),
  subject('both attributes', { user: 'bob', resourceAttributes: pods, nonResourceAttributes: {} }),
  subject('no attributes', { user: 'bob' }),
  subject('a path', { user: 'bob', nonResourceAttributes: { path: '/healthz', verb: 'get' } }),
  review('may I', 'SelfSubjectAccessReview', 'selfsubjectaccessreviews', authorization, {
    resourceAttributes: pods,
  }),
  review('what may I', 'SelfSubjectRulesReview', 'selfsubjectrulesreviews', authorization, {
    namespace: 'default',
  }),
  review(
    'what may I nowhere',
    'SelfSubjectRulesReview',
    'selfsubjectrulesreviews',
    authorization,
    {},
  ),
  review('who am I', 'SelfSubjectReview', 'selfsubjectreviews', 'authentication.k8s.io', {}),
  review('whose token', 'TokenReview', 'tokenreviews', 'authentication.k8s.io', { token: 'none' }),
  review('no token', 'TokenReview', 'tokenreviews', 'authentication.k8s.io', {}),
];
