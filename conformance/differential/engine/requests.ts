/** Requests to one config map, of each sort. */
import type { Request } from '../request.ts';

export const all = '/api/v1/namespaces/default/configmaps';
export const one: string = `${all}/engine`;
export const body = (metadata: object, data: unknown = { a: '1', b: '2' }): object => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'engine', ...metadata }, data },
});

export const get = (name: string, path: string, accept?: string): Request => ({
  ...{ name, method: 'GET', path, ...(accept !== undefined && { accept }) },
});
export const post = (
  name: string,
  given: unknown,
  query: string = '',
  contentType: string = 'application/json',
): Request => ({
  ...{ name, method: 'POST', path: `${all}${query}`, body: given, contentType },
});
const patch = (
  name: string,
  type: string,
  given: unknown,
  query: string = '',
  path: string = one,
): Request => ({
  ...{ name, method: 'PATCH', path: `${path}${query}`, body: given },
  contentType: `application/${type}`,
});
export const json = (name: string, operations: unknown): Request =>
  patch(name, 'json-patch+json', operations);
export const merge = (name: string, given: unknown, query: string = ''): Request =>
  patch(name, 'merge-patch+json', given, query);
export const strategic = (name: string, given: unknown, path: string = one): Request =>
  patch(name, 'strategic-merge-patch+json', given, '', path);
export const apply = (
  name: string,
  given: unknown,
  query: string = '?fieldManager=first',
): Request => patch(name, 'apply-patch+yaml', given, query);
export const remove = (
  name: string,
  given?: unknown,
  query: string = '',
  path: string = one,
): Request => ({
  ...{
    name,
    method: 'DELETE',
    path: `${path}${query}`,
    ...(given !== undefined && { body: given }),
  },
});

export const pod: object = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'engine' } },
  spec: {
    containers: [
      { name: 'a', image: 'a', ports: [{ containerPort: 80 }], env: [{ name: 'X', value: '1' }] },
      { name: 'b', image: 'b' },
    ],
  },
};
export const podPath = '/api/v1/namespaces/default/pods/engine';
