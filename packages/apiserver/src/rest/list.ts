import { type KubeObject } from '@coxswain/api';
import type { Cached } from '../watch-cache/index.ts';
import type { Verb } from './engine.ts';
import { everything, negotiate } from './negotiate.ts';
import { listResponse } from './pieces.ts';

/** Objects of one resource, in order of their keys. */
export const list: Verb = async (call) => {
  const { engine, served, namespace, request } = call;
  negotiate(request.headers.accept, everything);
  await engine.cache.level();
  const cache = served.cache!;
  const prefix = namespace ? `${cache.prefix}${namespace}/` : cache.prefix;
  const cached: Cached[] = [];
  cache.walk(prefix, (key, each) => {
    if (!key.startsWith(prefix)) return false;
    cached.push(each);
    return true;
  });
  const { kind } = served.resource;
  const metadata = { resourceVersion: String(engine.cache.revision) };
  return listResponse(served, {
    kind: `${kind}List`,
    apiVersion: served.apiVersion,
    metadata,
    cached,
  });
};
export type Matches = (object: KubeObject) => boolean;
