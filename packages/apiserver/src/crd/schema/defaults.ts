import { isRecord, itemsOf, type OwnJson, propertyOf, type Schema, valuesOf } from './schema.ts';

const hasDefault = (schema: Schema): boolean =>
  schema.default !== undefined && schema.default !== null;

/** A null where the schema allows none, and has a default instead. */
const isBareNull = (value: unknown, schema: Schema | undefined): boolean =>
  value === null && schema !== undefined && schema.nullable !== true;

/** The schema of one field of an object: its own, or that of all values. */
const fieldSchema = (schema: Schema | undefined, name: string): Schema | undefined =>
  propertyOf(schema, name) ?? valuesOf(schema);

/** Fills absent fields from the schema. `value` is the caller's own. */
export function fillDefaults(value: unknown, schema: Schema | undefined): void {
  if (!schema || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    for (const [i, item] of value.entries()) {
      if (isBareNull(item, items)) value[i] = structuredClone(items!.default ?? null);
      fillDefaults(value[i], items);
    }
    return;
  }
  const object = value as OwnJson;
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    if (
      hasDefault(property) &&
      (!Object.hasOwn(object, name) || isBareNull(object[name], property))
    )
      object[name] = structuredClone(property.default);
  for (const name of Object.keys(object)) {
    const property = fieldSchema(schema, name);
    if (!propertyOf(schema, name) && isBareNull(object[name], property))
      object[name] = structuredClone(property!.default ?? null);
    fillDefaults(object[name], property);
  }
}

/** Takes out nulls that the schema neither allows nor has a default for. `value` is the caller's own. */
export function dropNulls(value: unknown, schema: Schema | undefined): void {
  if (Array.isArray(value)) for (const item of value) dropNulls(item, itemsOf(schema));
  if (!isRecord(value)) return;
  for (const [name, each] of Object.entries(value)) {
    const property = fieldSchema(schema, name);
    if (isBareNull(each, property) && !hasDefault(property!)) Reflect.deleteProperty(value, name);
    else dropNulls(each, property);
  }
}

/** Whether the schema fills in anything anywhere. */
export const hasDefaults = (schema: Schema | undefined): boolean =>
  schema !== undefined &&
  (hasDefault(schema) ||
    Object.values(schema.properties ?? {}).some(hasDefaults) ||
    hasDefaults(valuesOf(schema)) ||
    hasDefaults(itemsOf(schema)));
