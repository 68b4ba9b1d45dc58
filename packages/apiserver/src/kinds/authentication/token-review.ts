import { TokenReviews } from '@coxswain/api';
import type { TokenReview } from '@coxswain/api/types/authentication-v1';
import type { Kind } from '../kind.ts';

/** Says whose a token is. */
export const tokenReviewKind: Kind<TokenReview> = {
  resource: TokenReviews,
  verbs: ['create'],
  unstored: true,
  generation: false,
};
