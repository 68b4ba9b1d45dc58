import { badRequest } from '../status/index.ts';
import { failed } from './errors.ts';
import { goText, goType } from './json.ts';
import type { JsonObject } from './json.ts';

/** The words of a strategic merge patch that are no fields. */
export const directive = '$patch';
export const retainKeys = '$retainKeys';
export const deletesItems = '$deleteFromPrimitiveList';
export const ordersItems = '$setElementOrder';

/** The field that `$deleteFromPrimitiveList/name` or `$setElementOrder/name` speaks of. */
export function targetOf(name: string, prefix: string): string {
  const slash = name.indexOf('/');
  if (slash >= 0 && name.slice(0, slash) === prefix) return name.slice(slash + 1);
  throw badRequest(
    prefix === deletesItems
      ? 'invalid patch format of primitive list'
      : 'invalid patch format of setElementOrder list',
  );
}

export const badArgument = (expected: string, actual: unknown): Error =>
  failed(
    `expected a ${expected}, but received a ${actual === null || actual === undefined ? '%!s(<nil>)' : goType(actual)}`,
  );

export const noMergeKey = (item: JsonObject, key: string): Error =>
  failed(`map: ${goText(item)} does not contain declared merge key: ${key}`);
