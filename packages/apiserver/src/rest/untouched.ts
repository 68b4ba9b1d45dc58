import type { KubeObject } from '@coxswain/api';
import type { Call } from './engine.ts';

/** Fields of an object, by their names. */
export type Untouched = Readonly<Record<string, object>>;

/**
 * The fields of `next` that are the very values of the stored object `before`: they have been decoded and defaulted, so that
 * nothing has to be done about them. Only its metadata where more than the status is new, since defaults may follow from
 * one field to another.
 */
export function untouched(
  { served }: Call,
  next: object,
  before: KubeObject | undefined,
): Untouched | undefined {
  if (!before || served.kind.storedAs || served.kind.custom) return undefined;
  const old = before as unknown as Readonly<Record<string, unknown>>;
  const kept: Record<string, object> = {};
  let isNew = false;
  for (const name in next) {
    const value: unknown = Reflect.get(next, name);
    if (value !== old[name]) isNew ||= name !== 'status' && name !== 'metadata';
    else if (typeof value === 'object' && value !== null) kept[name] = value;
  }
  const { metadata } = kept;
  return isNew ? metadata && { metadata } : kept;
}
