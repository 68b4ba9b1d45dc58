import { SelfSubjectReviews } from '@coxswain/api';
import type { SelfSubjectReview } from '@coxswain/api/types/authentication-v1';
import type { Kind } from '../kind.ts';

/** Says who the caller is. */
export const selfSubjectReviewKind: Kind<SelfSubjectReview> = {
  resource: SelfSubjectReviews,
  verbs: ['create'],
  unstored: true,
  generation: false,
};
