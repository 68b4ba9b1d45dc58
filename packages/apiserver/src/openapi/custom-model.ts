import { type Resource, structType } from '@coxswain/api';
import { type Definition, type Model, modelOf } from './definitions.ts';
import { type Dialect, refTo, type Schema } from './schema.ts';

/** The models of a custom resource: its own schema, if any, with what every object has. */
export function customModel(
  { group, version, kind }: Resource,
  own: Schema | undefined,
): { readonly object: Model; readonly list: Model } {
  const name = `${group.split('.').toReversed().join('.')}.${version}.${kind}`;
  const extension = (of: string): Pick<Schema, 'x-kubernetes-group-version-kind'> => ({
    'x-kubernetes-group-version-kind': [{ group, kind: of, version }],
  });
  const object: Model = {
    name,
    define: (dialect) =>
      own?.properties
        ? withMeta({ ...inDialect(own, dialect), ...extension(kind) }, 'ObjectMeta', dialect)
        : { schema: { type: 'object', ...own, ...extension(kind) }, uses: [] },
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
  const properties = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    ...schema.properties,
    metadata: dialect === 'v3' ? { allOf: [{ $ref }] } : { $ref },
  };
  return { schema: { ...schema, type: 'object', properties }, uses: [model] };
}

/** Words of a structural schema that OpenAPI v2, as upstream writes it, does not take. */
const v3Only = new Set(['allOf', 'anyOf', 'default', 'not', 'nullable', 'oneOf']);

function inDialect(schema: Schema, dialect: Dialect): Schema {
  return dialect === 'v3' ? schema : lowered(schema);
}

/** The schema with less in it, so that clients of v2 refuse nothing that the server takes. */
function lowered(schema: Schema): Schema {
  const all = schema as Readonly<Record<string, unknown>>;
  // In v2 these would forbid what they leave open.
  const isOpen = all.nullable === true || all['x-kubernetes-preserve-unknown-fields'] === true;
  const kept: Record<string, unknown> = {};
  for (const [word, value] of Object.entries(all)) {
    if (v3Only.has(word)) continue;
    if (isOpen && (word === 'properties' || word === 'items' || word === 'required')) continue;
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
  return kept as Schema;
}
