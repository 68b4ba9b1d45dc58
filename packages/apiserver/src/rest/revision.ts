import { type FieldError, invalid } from '@coxswain/api';
import type { Revision } from '@coxswain/storage';

/** A resourceVersion of a request as a number. Throws 422 with upstream's words. */
export function revisionOf(text: string): Revision {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const reason = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  const error: FieldError = {
    type: 'FieldValueInvalid',
    field: 'resourceVersion',
    value: text,
    detail: `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${reason}`,
  };
  // Upstream's storage reports it without a path or kind.
  throw invalid({ group: '', resource: '', kind: '' }, [error]);
}
