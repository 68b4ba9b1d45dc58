import { LocalSubjectAccessReviews } from '@coxswain/api';
import type { LocalSubjectAccessReview } from '@coxswain/api/types/authorization-v1';
import type { Kind } from '../kind.ts';

/** Says whether somebody may do something in one namespace. */
export const localSubjectAccessReviewKind: Kind<LocalSubjectAccessReview> = {
  resource: LocalSubjectAccessReviews,
  verbs: ['create'],
  unstored: true,
  generation: false,
};
