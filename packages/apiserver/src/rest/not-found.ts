import type { Response } from '../chain/station.ts';

const encoder = new TextEncoder();

/** A plain line of text, as upstream answers outside the API. */
export const textResponse = (code: number, text: string): Response => ({
  as: 'bytes',
  code,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: encoder.encode(text),
});

/** What upstream answers to a path that it does not know. */
export const pageNotFound = (): Response => textResponse(404, '404 page not found\n');
