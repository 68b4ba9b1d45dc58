import { badRequest, type KubeObject, type UserInfo } from '@coxswain/api';
import type {
  SelfSubjectReview,
  TokenReview,
  UserInfo as ReviewedUser,
} from '@coxswain/api/types/authentication-v1';
import { checkToken, type TokenAuthenticator } from '../authn/index.ts';
import type { Answer, ReviewCall } from './review-call.ts';

const reviewed = ({ name, uid, groups, extra }: UserInfo): ReviewedUser => ({
  username: name,
  ...(uid && { uid }),
  ...(groups.length && { groups }),
  ...(extra && Object.keys(extra).length && { extra }),
});

/** Tells callers who they are. */
export function selfSubjectReview(
  object: KubeObject,
  { context: { user, nowMs } }: ReviewCall,
): KubeObject {
  const creationTimestamp = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const answered: SelfSubjectReview = {
    kind: object.kind,
    apiVersion: object.apiVersion,
    metadata: { creationTimestamp } as SelfSubjectReview['metadata'],
    status: { userInfo: reviewed(user) },
  };
  return answered;
}

/** Tells whose token it is, for servers that leave authentication to this one. */
export function tokenReview(
  tokens: readonly TokenAuthenticator[],
  defaultAudiences: readonly string[],
): Answer {
  return async (object) => {
    const review = object as TokenReview;
    const { token, audiences } = review.spec;
    if (!token) throw badRequest('token is required for TokenReview in authentication');
    const answered = async (): Promise<TokenReview['status']> => {
      try {
        const found = await checkToken(
          tokens,
          token,
          audiences?.length ? audiences : defaultAudiences,
        );
        if (!found) return { user: {}, error: 'invalid bearer token' };
        const user = { ...found.user, groups: [...found.user.groups, 'system:authenticated'] };
        return {
          authenticated: true,
          user: reviewed(user),
          ...(found.audiences && { audiences: found.audiences }),
        };
      } catch (error) {
        return { user: {}, error: error instanceof Error ? error.message : String(error) };
      }
    };
    const status = await answered();
    return { ...review, status } as KubeObject;
  };
}
