/** Seconds of a request, from a glance to a minute, as upstream sorts them. */
export const requestSeconds: readonly number[] = [
  ...[0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30],
  ...[45, 60],
];

/** The same for what is promised to users, which begins at 50 ms. */
export const promiseSeconds: readonly number[] = requestSeconds.slice(2);

/** Bytes of a request's body, as upstream sorts them: up to what a store takes. */
export const bodyBytes: readonly number[] = Array.from(
  { length: 31 },
  (_, step) => 50_000 + step * 100_000,
);

/** Bytes of an answer. */
export const answerBytes: readonly number[] = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Seconds of one admission plugin, and of all of them together. */
export const admissionSeconds: readonly number[] = [0.005, 0.025, 0.1, 0.5, 1, 2.5];
