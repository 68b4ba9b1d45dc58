import {
  deduced,
  type MergeField,
  type MergeList,
  type MergeMap,
  type MergeType,
  mergeTypeOf,
  structType,
  untyped,
} from '@coxswain/api';
import {
  isEmbedded,
  isIntOrString,
  itemsOf,
  metaFields,
  preservesUnknown,
  propertyOf,
  type Schema,
  valuesOf,
} from './schema.ts';

/** How custom resources merge, as their schema says. */
export function mergeTypeOfResource(schema: Schema | undefined): MergeType {
  const root = schema ?? {};
  return { map: mapOf({ ...root, 'x-kubernetes-embedded-resource': true }, false, !schema) };
}

function typeOfSchema(schema: Schema, inherited: boolean): MergeType {
  const preserves = inherited || preservesUnknown(schema);
  if (isIntOrString(schema)) return anything(schema, preserves);
  switch (schema.type ?? '') {
    case 'object':
      return { map: mapOf(schema, preserves) };
    case 'array':
      return { list: listOf(schema, preserves) };
    case 'boolean':
      return { scalar: 'boolean' };
    case 'integer':
    case 'number':
      return { scalar: 'numeric' };
    case 'string':
      return { scalar: schema.format === 'int-or-string' ? 'untyped' : 'string' };
    default:
      return anything(schema, preserves);
  }
}

const anything = (schema: Schema, preserves: boolean): MergeType => ({
  scalar: 'untyped',
  list: listOf(schema, preserves),
  map: mapOf(schema, preserves),
});

function mapOf(schema: Schema, inherited: boolean, isOpen = false): MergeMap {
  const preserves = inherited || preservesUnknown(schema);
  const names = Object.keys(schema.properties ?? {});
  const own = isEmbedded(schema) ? names.filter((name) => !metaFields.has(name)) : names;
  const fields = own.map((name) => field(name, typeOfSchema(schema.properties![name]!, preserves)));
  if (isEmbedded(schema))
    fields.push(
      field('apiVersion', { scalar: 'string' }),
      field('kind', { scalar: 'string' }),
      field('metadata', mergeTypeOf(structType('meta', 'ObjectMeta'))),
    );
  return {
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    fields: new Map(fields.map((each) => [each.name, each])),
    element: elementOf(schema, preserves, isOpen || fields.length === 0),
  };
}

const field = (name: string, type: MergeType): MergeField => ({
  name,
  path: `f:${name}`,
  type,
  unowned: false,
});

/** The type of what is not named; undefined where nothing else may be. */
function elementOf(schema: Schema, preserves: boolean, isOpen: boolean): MergeType | undefined {
  const values = valuesOf(schema);
  if (values) return typeOfSchema(values, preserves);
  if (schema.additionalProperties === undefined) return preserves || isOpen ? deduced : undefined;
  return schema.additionalProperties === true ? deduced : undefined;
}

function listOf(schema: Schema, preserves: boolean): MergeList {
  const items = itemsOf(schema);
  const type = schema['x-kubernetes-list-type'];
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []).toSorted().map((name) => {
    const fixed = propertyOf(items, name)?.default;
    return fixed === undefined || fixed === null ? { name } : { name, default: fixed };
  });
  return {
    items: type === 'map' ? 'keys' : type === 'set' ? 'set' : 'atomic',
    keys: type === 'map' ? keys : [],
    element: items ? typeOfSchema(items, preserves) : untyped,
  };
}
