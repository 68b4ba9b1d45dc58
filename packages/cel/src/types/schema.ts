import { limits } from '../limits.ts';
import { escapeName } from './names.ts';
import type { CelField, CelType } from './type.ts';
import * as t from './type.ts';

/** What is read of a schema of OpenAPI v3; names as there. */
export interface SchemaLike {
  readonly type?: string;
  readonly format?: string;
  readonly items?: SchemaLike;
  readonly properties?: Readonly<Record<string, SchemaLike>>;
  readonly additionalProperties?: SchemaLike | boolean;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

const stringMax = limits.requestBytes - 2;
const positive = (value: number): number => Math.max(0, value);
const bounded = (type: CelType, maxElements: number, minSize: number): CelType => ({
  ...type,
  maxElements,
  minSize,
});

/** The type that expressions see of a schema; undefined when they see nothing of it. `isRoot`: of a whole resource. */
export function typeFromSchema(
  schema: SchemaLike,
  isRoot = false,
  name = 'object',
): CelType | undefined {
  if (schema['x-kubernetes-int-or-string'])
    return {
      ...bounded(
        t.dyn,
        schema.maxLength === undefined ? stringMax : positive(schema.maxLength) * 4,
        1,
      ),
      intOrString: true,
    };
  switch (schema.type) {
    case 'array':
      return listType(schema, name);
    case 'object':
      return objectOrMap(isRoot ? withMeta(schema) : schema, name);
    case 'string':
      return stringType(schema);
    case 'boolean':
      return { ...t.bool, minSize: 4 };
    case 'number':
      return { ...t.double, minSize: 1 };
    case 'integer':
      return { ...t.int, minSize: 1 };
    default:
      return undefined;
  }
}

const nested = (schema: SchemaLike, name: string): CelType | undefined =>
  typeFromSchema(schema, schema['x-kubernetes-embedded-resource'] === true, name);

function listType(schema: SchemaLike, name: string): CelType | undefined {
  const items = schema.items && nested(schema.items, `${name}.@idx`);
  if (!items) return undefined;
  const most = schema.maxItems ?? Math.floor(stringMax / ((items.minSize ?? 0) + 1));
  const kind = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  return t.listOf(items, {
    maxElements: positive(most),
    minSize: 2,
    ...(kind === 'set' && { listType: 'set' }),
    ...(kind === 'map' &&
      keys && { listType: { keys: keys.map((key) => escapeName(key) ?? key) } }),
  });
}

function objectOrMap(schema: SchemaLike, name: string): CelType | undefined {
  const { additionalProperties: more } = schema;
  if (more !== undefined && typeof more === 'object') {
    const value = nested(more, `${name}.@elem`);
    if (!value) return undefined;
    const most = schema.maxProperties ?? Math.floor(stringMax / ((value.minSize ?? 0) + 6));
    return t.mapOf({ ...t.string, minSize: 2 }, value, { maxElements: positive(most), minSize: 2 });
  }
  const fields = new Map<string, CelField>();
  let minSize = 2;
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const type = nested(property, `${name}.${key}`);
    if (!type) continue;
    const escaped = escapeName(key);
    if (escaped !== undefined)
      fields.set(escaped, escaped === key ? { type } : { type, jsonName: key });
    if (schema.required?.includes(key) && property.default === undefined)
      minSize += key.length + (type.minSize ?? 0) + 4;
  }
  return { kind: 'object', name, fields, minSize };
}

const text: SchemaLike = { type: 'string' };

/** Every resource has its names, whatever its schema says of them. */
const withMeta = (schema: SchemaLike): SchemaLike => ({
  ...schema,
  properties: {
    ...schema.properties,
    kind: text,
    apiVersion: text,
    metadata: schema.properties?.['metadata']?.properties?.['name']
      ? schema.properties['metadata']
      : { type: 'object', properties: { name: text, generateName: text } },
  },
});

function stringType({ format, maxLength, enum: values }: SchemaLike): CelType {
  switch (format) {
    case 'byte':
      return bounded(t.bytes, maxLength === undefined ? stringMax : positive(maxLength), 2);
    case 'duration':
      return bounded(t.duration, 32, 3);
    case 'date':
      return bounded(t.timestamp, 12, 12);
    case 'date-time':
      return bounded(t.timestamp, 32, 21);
    default:
  }
  if (maxLength !== undefined) return bounded(t.string, positive(maxLength) * 4, 2);
  if (!values?.length) return bounded(t.string, stringMax, 2);
  const sizes = values.map((value) =>
    typeof value === 'string' ? new TextEncoder().encode(value).length : 0,
  );
  return bounded(t.string, Math.max(...sizes), 2);
}
