import { ApiError } from '../status/index.ts';

/** A patch that cannot be applied to the object: upstream hides the reason, which stays as the cause. */
export const unprocessable = (why: string): ApiError =>
  new ApiError(
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
    { cause: new Error(why) },
  );

/** What upstream gives no reason reaches the client as 500 with the bare message. */
export const failed = (message: string): ApiError => new ApiError(500, '', message);

export const tooLarge = (message: string): ApiError =>
  new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`);
