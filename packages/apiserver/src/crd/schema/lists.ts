import type { FieldError } from '@coxswain/api';
import { duplicate, invalidValue } from '../../kinds/rules/field.ts';
import {
  child,
  isRecord,
  itemsOf,
  type Json,
  keyed,
  propertyOf,
  type Schema,
  valuesOf,
} from './schema.ts';

/** Lists that are sets or maps by their schema hold nothing twice. */
export function* uniqueItems(
  value: unknown,
  schema: Schema | undefined,
  path = '',
): Generator<FieldError, void> {
  if (!schema) return;
  if (Array.isArray(value)) {
    const type = schema['x-kubernetes-list-type'];
    if (type === 'set') yield* repeated(value, value, path);
    if (type === 'map') yield* uniqueKeys(value, schema['x-kubernetes-list-map-keys'] ?? [], path);
    for (const [i, item] of value.entries())
      yield* uniqueItems(item, itemsOf(schema), `${path}[${i}]`);
  } else if (isRecord(value))
    for (const [name, each] of Object.entries(value)) {
      if (valuesOf(schema)) yield* uniqueItems(each, valuesOf(schema), keyed(path, name));
      yield* uniqueItems(each, propertyOf(schema, name), child(path, name));
    }
}

function* uniqueKeys(
  items: readonly unknown[],
  names: readonly string[],
  path: string,
): Generator<FieldError, void> {
  for (const [i, item] of items.entries())
    if (item !== null && !isRecord(item)) {
      yield invalidValue(`${path}[${i}]`, item, 'must be an object for an array of list-type map');
      return;
    }
  const keys = items.map((item) => {
    const own = (item ?? {}) as Json;
    return Object.fromEntries(
      names.filter((name) => Object.hasOwn(own, name)).map((name) => [name, own[name]]),
    );
  });
  yield* repeated(keys, keys, path);
}

/** Each value is told of once, where it stands for the second time. */
function* repeated(
  values: readonly unknown[],
  shown: readonly unknown[],
  path: string,
): Generator<FieldError, void> {
  const seen = new Map<string, number>();
  for (const [i, value] of values.entries()) {
    const text = canonicalText(value);
    const times = seen.get(text) ?? 0;
    seen.set(text, times + 1);
    if (times === 1) yield duplicate(`${path}[${i}]`, shown[i]);
  }
}

/** The same text for the same value, whatever the order of its keys. */
export const canonicalText = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    isRecord(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
