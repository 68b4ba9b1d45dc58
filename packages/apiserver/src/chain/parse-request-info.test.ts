import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequestInfo } from './parse-request-info.ts';
import type { RequestInfo } from './request-info.ts';

const core: Partial<RequestInfo> = { isResource: true, group: '', version: 'v1' };
const cases: readonly (readonly [call: string, expected: Partial<RequestInfo>])[] = [
  ['GET /', { isResource: false, verb: 'get' }],
  ['GET /apis/apps/v1', { isResource: false, verb: 'get' }],
  ['GET /api/v1/pods', { ...core, verb: 'list', resource: 'pods' }],
  ['GET /api/v1/pods?watch=1', { ...core, verb: 'watch', resource: 'pods' }],
  ['GET /api/v1/pods?watch=false', { ...core, verb: 'list', resource: 'pods' }],
  ['GET /api/v1/watch/pods', { ...core, verb: 'watch', resource: 'pods' }],
  [
    'GET /api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dx&watch=true',
    {
      ...core,
      verb: 'watch',
      resource: 'pods',
      namespace: 'a',
      name: 'x',
      fieldSelector: 'metadata.name=x',
    },
  ],
  [
    'GET /api/v1/namespaces/a',
    { ...core, verb: 'get', resource: 'namespaces', namespace: 'a', name: 'a' },
  ],
  [
    'PUT /api/v1/namespaces/a/finalize',
    {
      ...core,
      verb: 'update',
      resource: 'namespaces',
      namespace: 'a',
      name: 'a',
      subresource: 'finalize',
    },
  ],
  [
    'GET /api/v1/namespaces/a/pods/p/proxy/x/y',
    {
      ...core,
      verb: 'get',
      resource: 'pods',
      namespace: 'a',
      name: 'p',
      subresource: 'proxy',
      rest: '/x/y',
    },
  ],
  [
    'DELETE /apis/apps/v1/namespaces/a/deployments?labelSelector=x',
    {
      isResource: true,
      group: 'apps',
      version: 'v1',
      verb: 'deletecollection',
      resource: 'deployments',
      namespace: 'a',
      labelSelector: 'x',
    },
  ],
  [
    'POST /api/v1/namespaces/a/pods/p/binding',
    {
      ...core,
      verb: 'create',
      resource: 'pods',
      namespace: 'a',
      name: 'p',
      subresource: 'binding',
    },
  ],
];
const nothing: RequestInfo = {
  isResource: false,
  verb: '',
  group: '',
  version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  path: '',
  rest: '',
  labelSelector: '',
  fieldSelector: '',
};

for (const [call, expected] of cases)
  test(call, () => {
    const [method = '', target = ''] = call.split(' ');
    const [path = '', query] = target.split('?');
    const info = parseRequestInfo(method, path, new URLSearchParams(query));
    assert.deepEqual(info, { ...nothing, path, ...expected });
  });
