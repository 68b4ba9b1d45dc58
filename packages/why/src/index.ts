export type { Answer, ToldCause } from './answer.ts';
export { answer, type Question } from './ask.ts';
export { lookThrough, type Kept } from './look.ts';
export { messagesFor } from './messages/index.ts';
export { render } from './render.ts';
export { type WhyReview, whyReview, whyReviewKind, WhyReviews } from './review.ts';
