import type { ServiceAccountTokens, TokenAuthenticator } from '../authn/index.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import type { Objects } from '../authz/objects.ts';
import type { RbacIndex } from '../authz/rbac-index.ts';
import type { Review } from '../rest/engine.ts';
import { selfSubjectRulesReview } from './self-subject-rules-review.ts';
import {
  localSubjectAccessReview,
  selfSubjectAccessReview,
  subjectAccessReview,
} from './subject-access-review.ts';
import { type TokenLife, tokenRequest } from './token-request.ts';
import { selfSubjectReview, tokenReview } from './user-reviews.ts';

export { reviewKind } from './review-kind.ts';
export { subjectAccessReview } from './subject-access-review.ts';
export type { TokenLife } from './token-request.ts';

export interface ReviewParts {
  readonly objects: Objects;
  readonly rbac: RbacIndex;
  readonly authorizers: readonly Authorizer[];
  readonly tokens: readonly TokenAuthenticator[];
  readonly serviceAccounts: ServiceAccountTokens;
  readonly tokenLife?: TokenLife | undefined;
}

/** What answers reviews, by `resource.group`; `serviceaccounts/token` answers that subresource. */
export function reviews(parts: ReviewParts): ReadonlyMap<string, Review> {
  const { authorizers, tokens, serviceAccounts, objects, rbac } = parts;
  return new Map<string, Review>([
    ['subjectaccessreviews.authorization.k8s.io', subjectAccessReview(authorizers)],
    ['localsubjectaccessreviews.authorization.k8s.io', localSubjectAccessReview(authorizers)],
    ['selfsubjectaccessreviews.authorization.k8s.io', selfSubjectAccessReview(authorizers)],
    ['selfsubjectrulesreviews.authorization.k8s.io', selfSubjectRulesReview(rbac)],
    ['selfsubjectreviews.authentication.k8s.io', selfSubjectReview],
    ['tokenreviews.authentication.k8s.io', tokenReview(tokens, serviceAccounts.audiences)],
    ['serviceaccounts/token', tokenRequest(serviceAccounts, objects, parts.tokenLife)],
  ]);
}
