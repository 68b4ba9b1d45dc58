import { invalidValue, type Rules } from './field.ts';

export function* noBacksteps(field: string, path: string): Rules {
  if (path.includes('..') && path.split('/').includes('..'))
    yield invalidValue(field, path, "must not contain '..'");
}

/** A path that stays below where it starts. */
export function* descendingPath(field: string, path: string): Rules {
  if (path.startsWith('/')) yield invalidValue(field, path, 'must be a relative path');
  yield* noBacksteps(field, path);
}

/** A descending path that leaves names with two leading dots to the atomic writer. */
export function* unreservedPath(field: string, path: string): Rules {
  yield* descendingPath(field, path);
  if (path.startsWith('..') && !path.startsWith('../'))
    yield invalidValue(field, path, "must not start with '..'");
}

export function* fileMode(field: string, mode: number | undefined): Rules {
  if (mode !== undefined && (mode < 0 || mode > 0o777))
    yield invalidValue(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive');
}
