import { ApiError, badRequest } from '@coxswain/api';
import type { Revision } from '@coxswain/storage';

/** A resourceVersion of a get or a watch as a number. Throws 500, as upstream's storage is asked without a look at it. */
export function revisionOf(text: string): Revision {
  return readRevision(text, (why) => new ApiError(500, '', why));
}

/** That of a list. Throws 400. */
export const listRevisionOf = (text: string): Revision =>
  readRevision(text, (why) => badRequest(`invalid resource version: ${why}`));

function readRevision(text: string, refuse: (why: string) => ApiError): Revision {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const reason = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  const shown = JSON.stringify(text);
  throw refuse(
    `resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: ${reason}`,
  );
}
