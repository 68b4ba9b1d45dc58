import type { JSONSchemaProps } from '@coxswain/api/types/apiextensions-v1';

/** The schema of a custom resource, or of a part of it. */
export type Schema = JSONSchemaProps;

/** Any JSON object, and one that its holder alone owns. */
export type Json = Readonly<Record<string, unknown>>;
export type OwnJson = Record<string, unknown>;

export const isRecord = (value: unknown): value is OwnJson =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What every resource has, also one within another. */
export const metaFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** The schema of all items; undefined where there is none or, wrongly, one for each. */
export const itemsOf = (schema: Schema | undefined): Schema | undefined =>
  schema?.items && !Array.isArray(schema.items) ? (schema.items as Schema) : undefined;

/** The schema of the values of a map. */
export const valuesOf = (schema: Schema | undefined): Schema | undefined =>
  typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;

export const propertyOf = (schema: Schema | undefined, name: string): Schema | undefined =>
  schema?.properties && Object.hasOwn(schema.properties, name)
    ? schema.properties[name]
    : undefined;

export const properties = (schema: Schema): readonly (readonly [string, Schema])[] =>
  Object.entries(schema.properties ?? {});

/** Go leaves an empty text out, and with it the setting. */
export const typeOfSchema = (schema: Schema): string => schema.type ?? '';

export const preservesUnknown = (schema: Schema | undefined): boolean =>
  schema?.['x-kubernetes-preserve-unknown-fields'] === true;

export const isEmbedded = (schema: Schema | undefined): boolean =>
  schema?.['x-kubernetes-embedded-resource'] === true;

export const isIntOrString = (schema: Schema | undefined): boolean =>
  schema?.['x-kubernetes-int-or-string'] === true;

/** A root is a resource, whether its schema says so or not. */
export const asRoot = (schema: Schema | undefined): Schema =>
  isEmbedded(schema) ? schema! : { ...schema, 'x-kubernetes-embedded-resource': true };

/** The schema and all that stand within it. */
export function* schemasIn(schema: Schema | undefined): Generator<Schema, void> {
  if (!schema) return;
  yield schema;
  for (const each of Array.isArray(schema.items) ? (schema.items as readonly Schema[]) : [])
    yield* schemasIn(each);
  yield* schemasIn(itemsOf(schema));
  for (const list of [schema.allOf, schema.anyOf, schema.oneOf])
    for (const each of list ?? []) yield* schemasIn(each);
  yield* schemasIn(schema.not);
  yield* schemasIn(valuesOf(schema));
  for (const map of [schema.properties, schema.patternProperties, schema.definitions])
    for (const each of Object.values(map ?? {})) yield* schemasIn(each);
  if (typeof schema.additionalItems === 'object') yield* schemasIn(schema.additionalItems);
  for (const each of Object.values(schema.dependencies ?? {}))
    if (!Array.isArray(each)) yield* schemasIn(each as Schema);
}

/** Where a field stands below `path`, as upstream's errors write it. */
export const child = (path: string, name: string): string => (path ? `${path}.${name}` : name);
export const keyed = (path: string, key: string): string => `${path}[${key}]`;

/** Upstream prints an absent path so. */
export const noPath = '<nil>';
