import { SubjectAccessReviews } from '@coxswain/api';
import type { SubjectAccessReview } from '@coxswain/api/types/authorization-v1';
import type { Kind } from '../kind.ts';

/** Says whether somebody may do something. */
export const subjectAccessReviewKind: Kind<SubjectAccessReview> = {
  resource: SubjectAccessReviews,
  verbs: ['create'],
  unstored: true,
  generation: false,
};
