import { SelfSubjectRulesReviews } from '@coxswain/api';
import type { SelfSubjectRulesReview } from '@coxswain/api/types/authorization-v1';
import type { Kind } from '../kind.ts';

/** Says what the caller may do in one namespace. */
export const selfSubjectRulesReviewKind: Kind<SelfSubjectRulesReview> = {
  resource: SelfSubjectRulesReviews,
  verbs: ['create'],
  unstored: true,
  generation: false,
};
