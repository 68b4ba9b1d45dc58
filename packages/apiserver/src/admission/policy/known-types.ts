import { type SchemaNode, structType, typeOf } from '@coxswain/api';
import { type CelType, type SchemaLike, typeFromSchema } from '@coxswain/cel';
import type { Kind } from '../../kinds/kind.ts';

type Properties = NonNullable<SchemaLike['properties']>;

const object: SchemaLike = { type: 'object' };
const text: SchemaLike = { type: 'string' };
const moment: SchemaLike = { type: 'string', format: 'date-time' };
/** A type that is more than one type of JSON, which expressions see nothing of. */
const unseen: SchemaLike = {};

const scalars: Readonly<Record<string, SchemaLike>> = {
  ...{ boolean: { type: 'boolean' }, float64: { type: 'number' }, quantity: unseen },
  ...{ int32: { type: 'integer' }, int64: { type: 'integer' } },
  ...{ bytes: { type: 'string', format: 'byte' }, time: moment, microTime: moment },
  intOrString: { 'x-kubernetes-int-or-string': true },
};

/** The schema of a type of the schema table; a type within itself is an object of which nothing is known. */
function schemaOf(node: SchemaNode, around: readonly SchemaNode[] = []): SchemaLike {
  switch (node.kind) {
    case 'scalar':
      return scalars[node.form] ?? (node.values ? { ...text, enum: node.values } : text);
    case 'list':
      return { type: 'array', items: schemaOf(node.item, around) };
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(node.value, around) };
    case 'any':
      return node.form === 'json' ? unseen : object;
    case 'either':
      return unseen;
    case 'struct': {
      if (around.includes(node)) return object;
      const within = [...around, node];
      const properties: Properties = Object.fromEntries(
        node.fields.map((field) => [field.name, schemaOf(field.node, within)]),
      );
      return { type: 'object', properties };
    }
  }
}

const metadata = (): SchemaLike => schemaOf(structType('meta', 'ObjectMeta'));

/** The schema of a custom resource with what every object has, in it and in the objects it embeds. */
function published(schema: SchemaLike, isObject = false): SchemaLike {
  const { properties, items, additionalProperties: more } = schema;
  const own = Object.entries(properties ?? {}).map(([name, each]) => [name, published(each)]);
  const has = isObject || schema['x-kubernetes-embedded-resource'] === true;
  const common: Properties = has ? { apiVersion: text, kind: text, metadata: metadata() } : {};
  return {
    ...schema,
    ...((has || properties) && { properties: { ...Object.fromEntries(own), ...common } }),
    ...(items && { items: published(items) }),
    ...(typeof more === 'object' && { additionalProperties: published(more) }),
  };
}

/** What is known of the objects of a kind that is served; undefined when its definition does not say. */
export function knownType(
  { resource: { kind }, openApi }: Pick<Kind, 'resource' | 'openApi'>,
  apiVersion: string,
): CelType | undefined {
  const node = typeOf(apiVersion, kind);
  if (node) return typeFromSchema(schemaOf(node), true, kind);
  const custom = openApi as SchemaLike | undefined;
  return typeFromSchema(custom?.properties ? published(custom, true) : object, true, kind);
}
