import { SelfSubjectAccessReviews } from '@coxswain/api';
import type { SelfSubjectAccessReview } from '@coxswain/api/types/authorization-v1';
import type { Kind } from '../kind.ts';

/** Says whether the caller may do something. */
export const selfSubjectAccessReviewKind: Kind<SelfSubjectAccessReview> = {
  resource: SelfSubjectAccessReviews,
  verbs: ['create'],
  unstored: true,
  generation: false,
};
