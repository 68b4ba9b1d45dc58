import type { Response } from '../chain/station.ts';

/** The text of a 429 of the server itself, which says so before any route is known. */
export const tooMany = 'Too many requests, please try again later.';

const encoder = new TextEncoder();

/** A plain 429 that says when to come again. */
export const refusal = (text: string): Response => ({
  as: 'bytes',
  code: 429,
  headers: {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'retry-after': '1',
  },
  body: encoder.encode(`${text}\n`),
});
