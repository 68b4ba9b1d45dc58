import { type FieldError, fieldErrorText } from '@coxswain/api';
import { forbiddenField, invalidValue, required, type Rules } from '../../kinds/rules/field.ts';
import { compilePattern } from './pattern.ts';
import {
  child,
  isEmbedded,
  isIntOrString,
  itemsOf,
  keyed,
  preservesUnknown,
  properties,
  propertyOf,
  type Schema,
  typeOfSchema,
  valuesOf,
} from './schema.ts';

type Level = 'root' | 'item' | 'field';

const propertyPath = (path: string, name: string): string => keyed(child(path, 'properties'), name);
const text = (error: FieldError): string => fieldErrorText(error);

/** The rules by which a schema is structural, sorted by their texts as upstream tells them. */
export function structuralErrors(schema: Schema | undefined, path: string): readonly FieldError[] {
  if (!schema) return [];
  const errors = [...invariants(schema, 'root', path), ...completeness(schema, schema, path, path)];
  return errors.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
}

const known = new WeakMap<Schema, string | undefined>();

/** All that keeps the schema from being structural, as one text; undefined when it is. */
export function structuralBreach(schema: Schema | undefined, path: string): string | undefined {
  if (!schema) return undefined;
  if (!known.has(schema)) {
    const texts = structuralErrors(schema, path).map(text);
    known.set(schema, texts.length > 1 ? `[${texts.join(', ')}]` : texts[0]);
  }
  return known.get(schema);
}

/** Why a schema cannot be read as structural at all. */
export function unsupported(schema: Schema | undefined): string | undefined {
  if (!schema) return undefined;
  const { id, $schema, $ref, dependencies = {}, patternProperties = {}, definitions = {} } = schema;
  const not = (name: string): string => `OpenAPIV3Schema '${name}' is not supported`;
  const some = (map: object): boolean => Object.keys(map).length > 0;
  if (id) return not('id');
  if ($schema) return not('schema');
  if ($ref) return not('$ref');
  if (some(patternProperties)) return not('patternProperties');
  if (some(dependencies)) return not('dependencies');
  if (schema.additionalItems !== undefined) return not('additionalItems');
  if (some(definitions)) return not('definitions');
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  if (Array.isArray(schema.items) && schema.items.length > 0)
    return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  for (const each of within(schema)) {
    const why = unsupported(each);
    if (why) return why;
  }
  return undefined;
}

const within = (schema: Schema): readonly (Schema | undefined)[] => [
  itemsOf(schema),
  valuesOf(schema),
  schema.not,
  ...(schema.allOf ?? []),
  ...(schema.anyOf ?? []),
  ...(schema.oneOf ?? []),
  ...Object.values(schema.properties ?? {}),
];

const isPlainChoice = (anyOf: readonly Schema[] | undefined): boolean =>
  JSON.stringify(anyOf) === '[{"type":"integer"},{"type":"string"}]';

const typeMissing: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function* invariants(schema: Schema | undefined, level: Level, path: string): Rules {
  if (!schema) return;
  const type = typeOfSchema(schema);
  if (type === 'array' && !itemsOf(schema))
    yield required(child(path, 'items'), 'must be specified');
  yield* invariants(itemsOf(schema), 'item', child(path, 'items'));
  for (const [name, each] of properties(schema))
    yield* invariants(each, 'field', propertyPath(path, name));
  const hasValues = schema.additionalProperties !== undefined;
  const valuesPath = child(path, 'additionalProperties');
  if (hasValues && level === 'root')
    yield forbiddenField(valuesPath, 'must not be used at the root');
  yield* invariants(valuesOf(schema), 'field', valuesPath);
  yield* extensions(schema, path);
  const isChoice = isPlainChoice(schema.anyOf);
  yield* valueRules(schema, isChoice, isPlainChoice(schema.allOf?.[0]?.anyOf), path);
  if (isEmbedded(schema) && type !== 'object') {
    const must = 'must be object if x-kubernetes-embedded-resource is true';
    yield type
      ? invalidValue(child(path, 'type'), type, must)
      : required(child(path, 'type'), must);
  } else if (!type && !isIntOrString(schema) && !preservesUnknown(schema))
    yield required(child(path, 'type'), typeMissing[level]);
  if (isEmbedded(schema) && hasValues)
    yield forbiddenField(valuesPath, 'must not be used if x-kubernetes-embedded-resource is set');
  if (level === 'root' && type && type !== 'object')
    yield invalidValue(child(path, 'type'), type, 'must be object at the root');
  yield* metaInvariants(schema, level, path);
  if (isEmbedded(schema) && !preservesUnknown(schema) && properties(schema).length === 0)
    yield required(
      child(path, 'properties'),
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
    );
}

function* extensions(schema: Schema, path: string): Rules {
  if (!isIntOrString(schema)) return;
  const must = 'must be false if x-kubernetes-int-or-string is true';
  for (const name of ['preserve-unknown-fields', 'embedded-resource'] as const)
    if (schema[`x-kubernetes-${name}`] === true)
      yield invalidValue(child(path, `x-kubernetes-${name}`), true, must);
}

/** What every resource has may be restricted, but not described. */
function* metaInvariants(schema: Schema, level: Level, path: string): Rules {
  const isResource = level === 'root' || isEmbedded(schema);
  for (const name of ['kind', 'apiVersion']) {
    const own = propertyOf(schema, name);
    if (own && isResource && own.type !== 'string')
      yield invalidValue(child(propertyPath(path, name), 'type'), own.type ?? '', 'must be string');
  }
  const metadata = propertyOf(schema, 'metadata');
  if (!metadata) return;
  const at = propertyPath(path, 'metadata');
  if (isResource && metadata.type !== 'object')
    yield invalidValue(child(at, 'type'), metadata.type ?? '', 'must be object');
  if (level !== 'root') return;
  const { type: _t, default: _d, properties: own = {}, ...rest } = metadata;
  const others = Object.keys(own).filter((name) => name !== 'name' && name !== 'generateName');
  const isMore = Object.values(rest).some(isSet);
  if (others.length > 0 || isMore)
    yield forbiddenField(
      at,
      'must not specify anything other than name and generateName, but metadata is implicitly specified',
    );
}

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== false && value !== '' && value !== null;

function* valueRules(
  schema: Schema,
  skipsAnyOf: boolean,
  skipsInFirst: boolean,
  path: string,
): Rules {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  if (!skipsAnyOf)
    for (const [i, each] of anyOf.entries())
      yield* nested(each, false, `${child(path, 'anyOf')}[${i}]`);
  for (const [i, each] of allOf.entries())
    yield* nested(each, skipsInFirst && i === 0, `${child(path, 'allOf')}[${i}]`);
  for (const [i, each] of oneOf.entries())
    yield* nested(each, false, `${child(path, 'oneOf')}[${i}]`);
  if (not) yield* nested(not, false, child(path, 'not'));
  const compiled = pattern ? compilePattern(pattern) : undefined;
  if (typeof compiled === 'string')
    yield invalidValue(
      child(path, 'pattern'),
      pattern,
      `must be a valid regular expression, but isn't: ${compiled}`,
    );
}

/** Inside the junctors nothing is described, only restricted. */
const forbidden: readonly (readonly [keyof Schema, string])[] = [
  ['type', 'empty'],
  ['additionalProperties', 'undefined'],
  ['default', 'undefined'],
  ['title', 'empty'],
  ['description', 'empty'],
  ['nullable', 'false'],
  ['x-kubernetes-preserve-unknown-fields', 'false'],
  ['x-kubernetes-embedded-resource', 'false'],
  ['x-kubernetes-int-or-string', 'false'],
  ['x-kubernetes-list-map-keys', 'empty'],
  ['x-kubernetes-list-type', 'undefined'],
  ['x-kubernetes-map-type', 'undefined'],
  ['x-kubernetes-validations', 'empty'],
];

function* nested(schema: Schema, skipsAnyOf: boolean, path: string): Rules {
  yield* valueRules(schema, skipsAnyOf, false, path);
  const items = itemsOf(schema);
  if (items) yield* nested(items, false, child(path, 'items'));
  for (const [name, each] of properties(schema))
    yield* nested(each, false, propertyPath(path, name));
  for (const [name, what] of forbidden) {
    const value = schema[name];
    const isEmpty = Array.isArray(value) && value.length === 0;
    const counts =
      name === 'additionalProperties' ? value !== undefined && value !== false : isSet(value);
    if (counts && !isEmpty)
      yield forbiddenField(child(path, name), `must be ${what} to be structural`);
  }
  if (propertyOf(schema, 'metadata'))
    yield forbiddenField(
      propertyPath(path, 'metadata'),
      'must not be specified in a nested context',
    );
}

/** What the junctors speak of is described outside them. */
function* completeness(
  rules: Schema,
  schema: Schema | undefined,
  path: string,
  rulesPath: string,
): Rules {
  const { not, allOf = [], anyOf = [], oneOf = [] } = rules;
  if (not) yield* complete(not, schema, path, child(rulesPath, 'not'));
  for (const [name, list] of Object.entries({ allOf, anyOf, oneOf }))
    for (const [i, each] of list.entries())
      yield* complete(each, schema, path, `${child(rulesPath, name)}[${i}]`);
}

function* complete(
  rules: Schema,
  schema: Schema | undefined,
  path: string,
  rulesPath: string,
): Rules {
  const missing = (at: string, where: string): FieldError =>
    required(at, `because it is defined in ${where}`);
  if (!schema) {
    yield missing(path, rulesPath);
    return;
  }
  yield* completeness(rules, schema, path, rulesPath);
  const items = itemsOf(rules);
  if (items)
    yield* complete(items, itemsOf(schema), child(path, 'items'), child(rulesPath, 'items'));
  for (const [name, each] of properties(rules)) {
    const [at, where] = [propertyPath(path, name), propertyPath(rulesPath, name)];
    const own = propertyOf(schema, name);
    if (own) yield* complete(each, own, at, where);
    else yield missing(at, where);
  }
}
