import { AsyncLocalStorage } from 'node:async_hooks';
import type { ApiCall } from '@coxswain/api';

/** One request of a component, from when it is made until its answer is heard or lost. */
export interface Request {
  readonly from: string; // the link it came by
  readonly call: ApiCall;
  readonly parts: Parts;
  /** The newest revision of the store when it was made. */
  readonly since: number;
  /** Whoever asked will never hear the answer: whether it was done is in doubt for them. */
  isLost: boolean;
}

/** The request that the running code serves: it tells which commit is whose. */
export const serving: AsyncLocalStorage<Request> = new AsyncLocalStorage<Request>();

/** What a path names. */
export interface Parts {
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  readonly object: string; // the path without its subresource
}

/** The resource, name and subresource of a path; no more than that is needed of `/apis/G/V/namespaces/N/R/NAME/SUB`. */
export function partsOf(path: string): Parts {
  const words = path.split('/');
  const root = words[1] === 'api' ? 3 : 4;
  const isPlaced = words[root] === 'namespaces' && words.length > root + 2;
  const isOwn = isPlaced && /^(status|finalize)$/.test(words[root + 2]!); // of a Namespace itself
  const at = isPlaced && !isOwn ? root + 2 : root;
  const [resource = '', name, subresource] = words.slice(at);
  const namespace = at > root ? words[root + 1] : undefined;
  return { resource, namespace, name, subresource, object: words.slice(0, at + 2).join('/') };
}

export const isWrite = ({ method }: ApiCall): boolean => method !== 'GET';
export const isWatch = ({ query }: ApiCall): boolean => query['watch'] === 'true';
