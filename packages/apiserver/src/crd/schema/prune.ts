import {
  asRoot,
  child,
  isEmbedded,
  itemsOf,
  metaFields,
  type OwnJson,
  preservesUnknown,
  propertyOf,
  type Schema,
  valuesOf,
} from './schema.ts';

/** Takes out of `object`, which is the caller's own, what the schema does not know; gives the paths of that, sorted. */
export function prune(object: OwnJson, schema: Schema | undefined, isRoot: boolean): string[] {
  const dropped: string[] = [];
  pruneValue(object, isRoot ? asRoot(schema) : schema, '', dropped);
  return dropped.toSorted();
}

function pruneValue(
  value: unknown,
  schema: Schema | undefined,
  path: string,
  dropped: string[],
): void {
  if (typeof value !== 'object' || value === null) return;
  const preserves = preservesUnknown(schema);
  if (Array.isArray(value)) {
    // Below an array that preserves, items without a schema of their own are left alone.
    const items = itemsOf(schema);
    if (preserves && !items) return;
    const inItems = preserves && !preservesUnknown(items) ? { ...items, ...preserving } : items;
    for (const [i, item] of value.entries()) pruneValue(item, inItems, `${path}[${i}]`, dropped);
    return;
  }
  for (const [name, each] of Object.entries(value)) {
    if (isEmbedded(schema) && metaFields.has(name)) continue;
    const property = propertyOf(schema, name);
    const at = child(path, name);
    if (property) pruneValue(each, property, at, dropped);
    else if (schema && schema.additionalProperties !== undefined)
      pruneValue(each, valuesOf(schema), at, dropped);
    else if (!preserves) {
      if (!metaFields.has(name) || path !== '' || !schema) dropped.push(at);
      Reflect.deleteProperty(value, name);
    }
  }
}

const preserving = { 'x-kubernetes-preserve-unknown-fields': true } as const;
