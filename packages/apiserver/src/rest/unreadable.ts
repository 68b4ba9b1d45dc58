import { DecodeError } from '@coxswain/api';

/**
 * Why a body cannot be read, in upstream's words: it is malformed, nested deeper than anything real, or a YAML
 * document that grows without bounds. Undefined for errors that are not the body's.
 */
export function unreadable(error: unknown): string | undefined {
  if (error instanceof DecodeError) return error.message;
  if (error instanceof RangeError && error.message.startsWith('Maximum call stack'))
    return 'exceeded max depth';
  if (error instanceof ReferenceError && error.message.startsWith('Excessive alias count'))
    return 'error converting YAML to JSON: yaml: document contains excessive aliasing';
  return undefined;
}
