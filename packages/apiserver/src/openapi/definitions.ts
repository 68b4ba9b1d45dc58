import type { Field, ScalarNode, SchemaNode, StructNode } from '@coxswain/api';
import { definitionName, kindsOf } from './definition-names.ts';
import { describeField, describeType, leafDescriptions } from './describe.ts';
import { byKey, type Dialect, type Json, refTo, type Schema } from './schema.ts';

/** A type with a definition of its own. */
export interface Model {
  readonly name: string;
  readonly define: (dialect: Dialect) => Definition;
}

/** A definition, and the types that it points to. */
export interface Definition {
  readonly schema: Schema;
  readonly uses: readonly Model[];
}

/** Definitions follow from the schema table alone: each is made once for each dialect. */
const models = new Map<string, Model>();

/** The model of a type of the schema table; undefined for types that are written out where they are used. */
export function modelOf(node: SchemaNode): Model | undefined {
  const name = definitionName(node);
  if (name === undefined) return undefined;
  let model = models.get(name);
  if (!model) {
    const made: Partial<Record<Dialect, Definition>> = {};
    model = { name, define: (dialect) => (made[dialect] ??= define(node, name, dialect)) };
    models.set(name, model);
  }
  return model;
}

/** A model that the schema table does not know. */
export const modelFrom = (name: string, schema: (dialect: Dialect) => Schema): Model => ({
  name,
  define: (dialect) => ({ schema: schema(dialect), uses: [] }),
});

function define(node: SchemaNode, name: string, dialect: Dialect): Definition {
  if (node.kind === 'struct') return defineStruct(node, dialect);
  const description = leafDescriptions[name.slice(name.lastIndexOf('.') + 1)];
  const form = node.kind === 'scalar' || node.kind === 'any' ? leafForms[node.form] : undefined;
  return { schema: { ...(description && { description }), ...form?.[dialect] }, uses: [] };
}

const both = (schema: Schema): Record<Dialect, Schema> => ({ v2: schema, v3: schema });
const anyObject = both({ type: 'object' });
const moment = both({ type: 'string', format: 'date-time' });

/** Types that are more than one type of JSON have no `type` in v3, and in v2 that of their usual form. */
const leafForms: Readonly<Record<string, Record<Dialect, Schema>>> = {
  time: moment,
  microTime: moment,
  quantity: { v2: { type: 'string' }, v3: { oneOf: [{ type: 'string' }, { type: 'number' }] } },
  intOrString: {
    v2: { type: 'string', format: 'int-or-string' },
    v3: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  fields: anyObject,
  raw: anyObject,
  json: both({}),
};

function defineStruct(node: StructNode, dialect: Dialect): Definition {
  const uses = new Set<Model>();
  const properties = node.fields
    .map((field): [string, Schema] => [field.name, property(node, field, dialect, uses)])
    .toSorted(byKey);
  const required = node.fields.filter((field) => field.required).map(({ name }) => name);
  const description = describeType(node);
  const kinds = node.isObject || node.package === 'meta' ? kindsOf(node) : [];
  const schema: Schema = {
    ...(description && { description }),
    type: 'object',
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(required.length > 0 && { required }),
    ...(kinds.length > 0 && {
      'x-kubernetes-group-version-kind': kinds.map((kind) => ({ ...kind })),
    }),
    ...(node.atomic && { 'x-kubernetes-map-type': 'atomic' }),
    ...unions(node),
  };
  return { schema, uses: [...uses] };
}

/** Upstream marks this type as a union without a discriminator, and that one only by its discriminator. */
const markedUnions = new Set(['PodSchedulingGroup']);
const unmarkedUnions = new Set(['Mutation']);

/** A struct with a discriminator is one union; a value of the discriminator is the Go name of a field. */
function unions({ name, fields }: StructNode): Partial<Schema> {
  const discriminator = fields.find((field) => field.discriminator)?.name;
  if (discriminator === undefined ? !markedUnions.has(name) : unmarkedUnions.has(name)) return {};
  const members = fields.filter((field) => !field.discriminator);
  const names = members.map((field) => [field.name, goName(field)] as const).toSorted(byKey);
  const choice = {
    ...(discriminator !== undefined && { discriminator }),
    'fields-to-discriminateBy': Object.fromEntries(names),
  };
  return { 'x-kubernetes-unions': [choice] };
}

/** `jsonPatch` is `JSONPatch`, as its type shows; others differ by their first letter alone. */
function goName({ name, node }: Field): string {
  const isLike = node.kind === 'struct' && node.name.toLowerCase() === name.toLowerCase();
  return isLike ? node.name : name[0]!.toUpperCase() + name.slice(1);
}

/** Types whose fields upstream says nothing of but for one: a reference that stands alone needs no `allOf`. */
const wordless = new Set(['IngressRule', 'JSONSchemaProps']);
const isWordless = (owner: StructNode, { name }: Field): boolean =>
  wordless.has(owner.name) && name !== 'default';

function property(owner: StructNode, field: Field, dialect: Dialect, uses: Set<Model>): Schema {
  const description = describeField(owner, field);
  const zero = dialect === 'v3' ? defaultOf(field) : undefined;
  const mapType = field.mapType ?? field.structType;
  const schema = place(field.node, dialect, uses);
  return {
    ...(description && { description }),
    ...((isWordless(owner, field) && zero === undefined && schema.allOf?.[0]) || schema),
    ...(zero !== undefined && { default: zero }),
    ...(field.listKeys && { 'x-kubernetes-list-map-keys': field.listKeys }),
    ...(field.listType && { 'x-kubernetes-list-type': field.listType }),
    ...(mapType && { 'x-kubernetes-map-type': mapType }),
    ...(field.mergeKey && { 'x-kubernetes-patch-merge-key': field.mergeKey }),
    ...(field.patchStrategy && { 'x-kubernetes-patch-strategy': field.patchStrategy }),
  };
}

/** The schema of a type where it is used. In v3 a reference stands in `allOf`, for words may stand beside it. */
function place(node: SchemaNode, dialect: Dialect, uses: Set<Model>): Schema {
  const model = modelOf(node);
  if (model) {
    uses.add(model);
    const $ref = refTo(model.name, dialect);
    return dialect === 'v3' ? { allOf: [{ $ref }] } : { $ref };
  }
  if (node.kind === 'list') return { type: 'array', items: element(node.item, dialect, uses) };
  if (node.kind === 'map')
    return { type: 'object', additionalProperties: element(node.value, dialect, uses) };
  // What remains are a table's cells, which are values of any kind.
  return node.kind === 'scalar' ? scalar(node) : { type: 'object' };
}

function element(node: SchemaNode, dialect: Dialect, uses: Set<Model>): Schema {
  const schema = place(node, dialect, uses);
  const zero = dialect === 'v3' ? zeroOf(node) : undefined;
  if (zero !== undefined) return { ...schema, default: zero };
  // A reference that stands alone needs no `allOf`.
  return schema.allOf?.[0] ?? schema;
}

const numbers: Readonly<Record<string, Schema>> = {
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  float64: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
};

function scalar({ form, goType, values }: ScalarNode): Schema {
  // Upstream writes Go's `int`, whose size is the machine's, as 32 bits.
  if (goType === 'int') return numbers.int32!;
  return numbers[form] ?? { type: 'string', ...(values && { enum: values.toSorted() }) };
}

/** The default that a field is said to have: its own, or Go's zero where the field is always written. */
function defaultOf({ node, pointer, omitEmpty, omitZero, default: own }: Field): Json | undefined {
  if (own !== undefined) return own as Json;
  if (pointer || (node.kind === 'scalar' && (omitEmpty || omitZero))) return undefined;
  return zeroOf(node);
}

/** Go's zero as JSON; undefined where that is null, and for types that write themselves. */
function zeroOf(node: SchemaNode): Json | undefined {
  if (node.kind === 'struct') return {};
  if (node.kind !== 'scalar') return undefined;
  switch (node.form) {
    case 'string':
      return '';
    case 'boolean':
      return false;
    case 'int32':
    case 'int64':
    case 'float64':
      return 0;
    default:
      return undefined;
  }
}
