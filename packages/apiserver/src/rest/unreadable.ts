import { DecodeError } from '@coxswain/api';

/**
 * Why a body cannot be read, in upstream's words: it is malformed, or nested deeper than anything real. Undefined for
 * errors that are not the body's.
 */
export function unreadable(error: unknown): string | undefined {
  if (error instanceof DecodeError) return error.message;
  if (error instanceof RangeError && error.message.startsWith('Maximum call stack'))
    return 'exceeded max depth';
  return undefined;
}
