import type { UserInfo } from '@coxswain/api';
import type { RequestInfo } from '../../chain/request-info.ts';

/** A request for a resource, for tests. */
export const ask = (
  verb: string,
  resource: string,
  of: Partial<RequestInfo> = {},
): RequestInfo => ({
  ...{ isResource: true, verb, group: '', version: 'v1', resource, subresource: '', namespace: '' },
  ...{ name: '', path: '', rest: '', labelSelector: '', fieldSelector: '' },
  ...of,
});

/** A request for a path, for tests. */
export const askPath = (verb: string, path: string): RequestInfo => ({
  ...ask(verb, ''),
  isResource: false,
  path,
});

export const person = (name: string, ...groups: readonly string[]): UserInfo => ({ name, groups });
export const never: AbortSignal = new AbortController().signal;
