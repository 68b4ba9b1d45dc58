import { ApiError } from '@coxswain/api';
import type { ApiServer, Station } from '@coxswain/apiserver';
import type { World } from '@coxswain/base';
import { type Kept, whyReview, whyReviewKind, WhyReviews } from '@coxswain/why';
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

/** An API server alone serves what upstream's does; who asks it why is told who knows. */
export const refuseWhy: Station = {
  name: 'why',
  skips: ({ info }) => info.group !== WhyReviews.group || info.resource !== WhyReviews.resource,
  async pass() {
    const text =
      'this API server runs alone and keeps no reasons: "cox why" looks at status, conditions and events from outside, and components that run alone answer "cox why --at" at ports of their own';
    throw new ApiError(404, 'NotFound', text, {
      group: WhyReviews.group,
      kind: WhyReviews.resource,
    });
  },
};
