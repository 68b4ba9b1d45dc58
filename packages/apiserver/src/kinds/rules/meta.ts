import { equal } from './equal.ts';
import { invalidValue, type Rules } from './field.ts';

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** A finalizer without a domain must be one of upstream's own. */
export function* kubeFinalizer(path: string, name: string): Rules {
  if (!name.includes('/') && !standardFinalizers.includes(name))
    yield invalidValue(
      path,
      name,
      'name is neither a standard finalizer name nor is it fully qualified',
    );
}

/** Broken when the value changed. */
export function* immutable(path: string, next: unknown, before: unknown): Rules {
  if (!equal(next, before)) yield invalidValue(path, next ?? null, 'field is immutable');
}
