import { SubjectAccessReviews, type UserInfo } from '@coxswain/api';
import type { Client } from '@coxswain/client';
import type { World } from '@coxswain/base';
import type { KubeletAttributes } from './attributes.ts';
import { KeptAnswers } from './kept-answers.ts';

export type Authorize = (
  user: UserInfo,
  attributes: KubeletAttributes,
  signal: AbortSignal,
) => Promise<boolean>;

/** Upstream's authorization.webhook.cacheAuthorizedTTL and cacheUnauthorizedTTL. */
const allowedMs = 300_000;
const refusedMs = 30_000;
const decisionsMax = 8_192;

/** Asks the API server whether a user may do what a request to this node does. */
export function delegatedAuthorization(client: Client, nodeName: string, world: World): Authorize {
  const kept = new KeptAnswers<boolean>(world.clock, decisionsMax);
  const mayDo = async (
    user: UserInfo,
    verb: string,
    subresource: string,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const key = JSON.stringify([user, verb, subresource]);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const { name, uid, groups, extra } = user;
    const resourceAttributes = {
      ...{ verb, subresource, name: nodeName },
      ...{ group: '', version: 'v1', resource: 'nodes' },
    };
    const spec = { user: name, uid, groups, extra, resourceAttributes };
    const object = { metadata: { name: '' }, spec };
    const { status } = await client.create(SubjectAccessReviews, object, { signal });
    const isAllowed = status?.allowed === true;
    kept.keep(key, isAllowed, isAllowed ? allowedMs : refusedMs);
    return isAllowed;
  };
  return async (user, { verb, subresources }, signal) => {
    for (const subresource of subresources)
      if (await mayDo(user, verb, subresource, signal)) return true;
    return false;
  };
}
