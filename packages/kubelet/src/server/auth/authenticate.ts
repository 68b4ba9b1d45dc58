import { TokenReviews, type UserInfo } from '@coxswain/api';
import type { TokenReview } from '@coxswain/api/types/authentication-v1';
import type { Client } from '@coxswain/client';
import type { World } from '@coxswain/base';
import { createHash } from 'node:crypto';
import { KeptAnswers } from './kept-answers.ts';

/** What a caller shows. */
export interface Credentials {
  /** Subject of a client certificate that the authorities have signed. */
  readonly certificate: { readonly name: string; readonly groups: readonly string[] } | undefined;
  readonly authorization: string | undefined;
}

export type Authenticate = (
  credentials: Credentials,
  signal: AbortSignal,
) => Promise<UserInfo | undefined>;

/** Upstream's authentication.webhook.cacheTTL. */
const tokenMs = 120_000;
const tokensMax = 4_096;
const everybody = 'system:authenticated';

/** Finds out who calls: by certificate, or by a token that the API server reviews. Undefined: nobody that is known. */
export function delegatedAuthentication(client: Client, world: World): Authenticate {
  const kept = new KeptAnswers<UserInfo | 'nobody'>(world.clock, tokensMax);
  return async ({ certificate, authorization }, signal) => {
    if (certificate) return { ...certificate, groups: [...certificate.groups, everybody] };
    const token = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const key = createHash('sha256').update(token).digest('base64');
    let answer = kept.get(key);
    if (!answer) {
      answer = (await review(client, token, signal)) ?? 'nobody';
      kept.keep(key, answer, tokenMs);
    }
    return answer === 'nobody' ? undefined : answer;
  };
}

async function review(
  client: Client,
  token: string,
  signal: AbortSignal,
): Promise<UserInfo | undefined> {
  const object = { metadata: { name: '' }, spec: { token } };
  const { status } = await client.create<TokenReview>(TokenReviews, object, { signal });
  if (!status?.authenticated) return undefined;
  const { username = '', uid, groups = [], extra } = status.user ?? {};
  return { name: username, uid, groups, extra };
}
