import { type Resource, structType } from '@coxswain/api';
import { type Definition, type Model, modelOf } from './definitions.ts';
import { common } from './describe.ts';
import { type Dialect, refTo, type Schema } from './schema.ts';

/** The models of a custom resource: its own schema, if any, with what every object has. */
export function customModel(
  { group, version, kind }: Resource,
  own: Schema | undefined,
  selectable: readonly string[] = [],
): { readonly object: Model; readonly list: Model } {
  const name = `${group.split('.').toReversed().join('.')}.${version}.${kind}`;
  const extension = (of: string): Schema => ({
    'x-kubernetes-group-version-kind': [{ group, kind: of, version }],
    ...(selectable.length > 0 && {
      'x-kubernetes-selectable-fields': selectable.map((fieldPath) => ({ fieldPath })),
    }),
  });
  const object: Model = {
    name,
    define: (dialect) =>
      own && !(dialect === 'v2' && own['x-kubernetes-preserve-unknown-fields'])
        ? withMeta({ ...inDialect(own, dialect), ...extension(kind) }, 'ObjectMeta', dialect)
        : { schema: { type: 'object', ...extension(kind) }, uses: [] },
  };
  const list: Model = {
    name: `${name}List`,
    define(dialect) {
      const items: Schema = { type: 'array', items: { $ref: refTo(name, dialect) } };
      const schema: Schema = {
        description: `A list of ${kind} objects.`,
        type: 'object',
        required: ['items'],
        properties: { items },
        ...extension(`${kind}List`),
      };
      const { schema: complete, uses } = withMeta(schema, 'ListMeta', dialect);
      return { schema: complete, uses: [...uses, object] };
    },
  };
  return { object, list };
}

function withMeta(schema: Schema, type: 'ObjectMeta' | 'ListMeta', dialect: Dialect): Definition {
  const model = modelOf(structType('meta', type))!;
  const $ref = refTo(model.name, dialect);
  const described = (field: string): Pick<Schema, 'description'> => ({
    description: common[field]!,
  });
  const properties = {
    ...schema.properties,
    apiVersion: { ...described('apiVersion'), type: 'string' },
    kind: { ...described('kind'), type: 'string' },
    metadata: { ...described(type), ...(dialect === 'v3' ? { allOf: [{ $ref }] } : { $ref }) },
  };
  return { schema: { ...schema, type: 'object', properties }, uses: [model] };
}

/** Words of a structural schema that OpenAPI v2, as upstream writes it, does not take. */
const v3Only = new Set(['allOf', 'anyOf', 'default', 'not', 'nullable', 'oneOf']);

function inDialect(schema: Schema, dialect: Dialect): Schema {
  return dialect === 'v3' ? raised(schema) : lowered(schema);
}

/** A change of all schemas within. */
function within(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, change(each)]),
      ),
    }),
    ...(items && { items: change(items) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: change(additionalProperties),
    }),
  };
}

/** A resource within the resource has what every resource has. */
function embedded(schema: Schema, dialect: Dialect): Schema {
  if (schema['x-kubernetes-embedded-resource'] !== true) return schema;
  const { properties } = withMeta(schema, 'ObjectMeta', dialect).schema;
  const required = [...(schema.required ?? [])];
  for (const name of ['kind', 'apiVersion']) if (!required.includes(name)) required.push(name);
  return { ...schema, properties: properties!, required };
}

/** The schema with what Kubernetes means by its words spelt out for readers of OpenAPI v3. */
function raised(schema: Schema): Schema {
  const inner = embedded(within(schema, raised), 'v3');
  const isEither = inner['x-kubernetes-int-or-string'] === true;
  const all = inner as { readonly anyOf?: readonly Schema[]; readonly allOf?: readonly Schema[] };
  const either = [{ type: 'integer' }, { type: 'string' }];
  const hasEither = [all.anyOf, (all.allOf?.[0] as typeof all | undefined)?.anyOf].some(
    (each) => JSON.stringify(each) === JSON.stringify(either),
  );
  if (!isEither || hasEither) return inner;
  if (!all.anyOf) return { ...inner, anyOf: either } as Schema;
  return { ...inner, allOf: [{ anyOf: either } as Schema, ...(all.allOf ?? [])] };
}

/** The schema with less in it, so that clients of v2 refuse nothing that the server takes. */
function lowered(schema: Schema): Schema {
  const all = schema as Readonly<Record<string, unknown>>;
  // In v2 these would forbid what they leave open.
  const isOpen = all.nullable === true || all['x-kubernetes-preserve-unknown-fields'] === true;
  const kept: Record<string, unknown> = {};
  for (const [word, value] of Object.entries(all)) {
    if (v3Only.has(word)) continue;
    if (isOpen && (word === 'properties' || word === 'items')) continue;
    if (isOpen && word === 'type' && all.nullable !== true) continue;
    if (all.nullable === true && (word === 'type' || word === 'additionalProperties')) continue;
    kept[word] = value;
  }
  const { properties, items, additionalProperties } = kept as Schema;
  if (properties)
    kept.properties = Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, lowered(each)]),
    );
  if (items) kept.items = lowered(items);
  if (typeof additionalProperties === 'object')
    kept.additionalProperties = lowered(additionalProperties);
  return isOpen ? (kept as Schema) : embedded(kept as Schema, 'v2');
}
