import { forbidden } from '@coxswain/api';
import type { Authorizer } from '../../authz/authorizer.ts';
import { Authority } from '../policy/authority.ts';
import { matchConditions } from '../policy/match-conditions.ts';
import type { Hook } from './hooks.ts';
import type { Seen } from './review.ts';

/**
 * Whether the webhook's matchConditions let the request come to it. What cannot be told is a refusal (403), or, where
 * the webhook is to fail open, a no.
 */
export async function meetsConditions(
  authorizers: readonly Authorizer[],
  { webhook, conditions }: Hook,
  seen: Seen,
  signal: AbortSignal,
): Promise<boolean> {
  if (!webhook.matchConditions?.length) return true;
  const { admission } = seen;
  const authority = new Authority(authorizers, admission, signal);
  const { matches, error } = await matchConditions(conditions?.() ?? [], { seen, authority });
  if (error === undefined) return matches;
  if (webhook.failurePolicy === 'Ignore') return false;
  throw forbidden({ ...admission.resource, name: admission.name }, error);
}
