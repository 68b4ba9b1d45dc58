import type { ApiServer } from '@coxswain/apiserver';
import type { World } from '@coxswain/base';
import { type Kept, whyReview, whyReviewKind } from '@coxswain/why';
import { componentClient } from './components.ts';

/** Has the server answer WhyReviews by what components kept, and by what the one who asks may read. */
export function answerWhy(server: ApiServer, world: World, kept: Kept): void {
  server.addReview(
    whyReviewKind(),
    whyReview({
      ...kept,
      nowMs: () => world.clock.now(),
      clientOf: (user) => componentClient(server, user, 'why'),
    }),
  );
}
