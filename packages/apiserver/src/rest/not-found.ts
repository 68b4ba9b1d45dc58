import { ApiError } from '@coxswain/api';
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

/** What upstream answers to a resource that none of its groups has. */
export const noSuchResource = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});

/** What upstream answers to a method that no route of a known path has. */
export const methodNotAllowed = (): ApiError =>
  new ApiError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
