import type { TokenReview } from '@coxswain/api/types/authentication-v1';
import type { Clock } from '@coxswain/base';
import {
  TtlCache,
  type WebhookClient,
  type WebhookTarget,
  withRetries,
} from '../webhook-client/index.ts';
import type { TokenAuthenticator, TokenUser } from './token.ts';

/** `--authentication-token-webhook-*`. */
export interface TokenWebhook {
  readonly target: WebhookTarget;
  readonly version: 'v1' | 'v1beta1';
  readonly cacheTtlMs: number;
}

const answersMax = 4096;
const timeoutMs = 30_000;
const group = 'authentication.k8s.io';
const expects = { kind: 'TokenReview', apiVersions: [`${group}/v1`, `${group}/v1beta1`] };
const never = new AbortController().signal;
const encoder = new TextEncoder();

/** Asks a server outside whom a token speaks for; what it says is kept for a while, under the token's digest. */
export function webhookTokens(
  { target, version, cacheTtlMs }: TokenWebhook,
  client: WebhookClient,
  clock: Clock,
  ownAudiences: readonly string[],
): TokenAuthenticator {
  const known = new TtlCache<{ readonly user: TokenUser | undefined }>(clock, answersMax);
  const ask = async (
    token: string,
    audiences: readonly string[],
  ): Promise<TokenUser | undefined> => {
    const spec = { token, ...(audiences.length > 0 && { audiences }) };
    const kind = { kind: 'TokenReview', apiVersion: `${group}/${version}`, metadata: {} };
    const answer = await withRetries(clock, never, () =>
      client.post(
        target,
        { ...kind, spec, status: { user: {} } },
        { timeoutMs, signal: never, expects },
      ),
    );
    return userOf(answer as TokenReview, audiences, ownAudiences);
  };
  return {
    name: 'webhook-token',
    async check(token, audiences) {
      const key = await digestOf(`${audiences.join(' ')} ${token}`);
      const found = known.get(key);
      if (found) return found.user;
      const user = await ask(token, audiences);
      known.set(key, { user }, cacheTtlMs);
      return user;
    },
  };
}

async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(text));
  return new Uint8Array(digest).toHex();
}

/** Undefined: nobody, or for other audiences. Throws what the webhook says is wrong. */
function userOf(
  { status = {} }: TokenReview,
  wanted: readonly string[],
  ownAudiences: readonly string[],
): TokenUser | undefined {
  const got = status.audiences?.length ? status.audiences : ownAudiences;
  const audiences = wanted.filter((each) => got.includes(each));
  if (wanted.length > 0 && audiences.length === 0) return undefined;
  if (status.authenticated !== true) {
    if (status.error) throw new Error(status.error);
    return undefined;
  }
  const { username = '', uid, groups, extra } = status.user ?? {};
  return {
    user: {
      name: username,
      groups: [...(groups ?? [])],
      ...(uid && { uid }),
      ...(extra && { extra: extra as Record<string, readonly string[]> }),
    },
    audiences,
  };
}
