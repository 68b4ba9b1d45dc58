import type { FieldError } from '@coxswain/api';
import { structuralErrors, unsupported } from '../../crd/schema/structural.ts';
import {
  child,
  isEmbedded,
  itemsOf,
  keyed,
  metaFields,
  properties,
  type Schema,
  valuesOf,
} from '../../crd/schema/schema.ts';
import {
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type Rules,
} from '../rules/field.ts';
import { type Choices, schemaTypes } from './choices.ts';
import { defaultRules } from './default-rules.ts';
import { expressionRules } from './expression-rules.ts';
import { countWithin, type RuleCosts, totalErrors } from './rule-costs.ts';
import { fieldAt } from '../../crd/schema/field-path.ts';

/** What of the rules depends on where a schema stands. */
interface Standing {
  /** Why there may be no defaults; undefined where there may. */
  readonly noDefaults: string | undefined;
  readonly inMeta: boolean;
  readonly isRoot: boolean;
  /** The part of the schema in which old and new cannot be matched. */
  readonly unmatched: string | undefined;
  /** How often such a value may be there; undefined when nothing bounds it. */
  readonly count: number | undefined;
}

export interface SchemaContext {
  readonly choices: Choices;
  readonly isUnchanged: boolean;
}

/** What is found of the rules in CEL on the way through a schema; it is told after all else. */
interface Survey {
  readonly choices: Choices;
  readonly costs: RuleCosts;
  readonly found: FieldError[];
}

const rootFields: readonly (readonly [keyof Schema, string])[] = [
  ['id', 'ID'],
  ['$schema', 'Schema'],
  ['$ref', 'Ref'],
  ['nullable', 'Nullable'],
  ['default', 'Default'],
  ['maxProperties', 'MaxProperties'],
  ['minProperties', 'MinProperties'],
  ['enum', 'Enum'],
  ['allOf', 'AllOf'],
  ['oneOf', 'OneOf'],
  ['anyOf', 'AnyOf'],
  ['not', 'Not'],
  ['additionalProperties', 'AdditionalProperties'],
  ['patternProperties', 'PatternProperties'],
  ['dependencies', 'Dependencies'],
  ['additionalItems', 'AdditionalItems'],
  ['definitions', 'Definitions'],
  ['x-kubernetes-embedded-resource', 'XEmbeddedResource'],
  ['x-kubernetes-int-or-string', 'XIntOrString'],
  ['x-kubernetes-list-map-keys', 'XListMapKeys'],
  ['x-kubernetes-list-type', 'XListType'],
  ['x-kubernetes-map-type', 'XMapType'],
];
const allowedAtRoot =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations';

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== false && value !== '' && value !== 0 && value !== null;

/** The rules of one version's schema; `path` is that of what holds it. */
export function* schemaRules(
  schema: Schema | undefined,
  path: string,
  hasStatus: boolean,
  { choices, isUnchanged }: SchemaContext,
): Rules {
  if (!schema) return;
  const at = `${path}.openAPIV3Schema`;
  if (hasStatus) yield* rootRules(schema, path);
  if (schema.nullable)
    yield forbiddenField(`${at}.nullable`, 'nullable cannot be true at the root');
  const why = choices.structural ? unsupported(schema) : undefined;
  let wrong = 0;
  let isGood = false;
  if (choices.structural && !why) {
    const errors = structuralErrors(schema, at);
    const defaults = errors.length > 0 ? [] : [...defaultRules(schema, at, choices.prunedDefaults)];
    for (const error of [...errors, ...defaults]) yield error;
    wrong = errors.length + defaults.length;
    isGood = wrong === 0;
  }
  const survey: Survey = { choices, costs: { total: 0, heaviest: [], isUnchanged }, found: [] };
  const plain = nodeRules(schema, at, survey, isGood, {
    ...{ noDefaults: undefined, inMeta: false, isRoot: true, unmatched: undefined, count: 1 },
  });
  const own = [...plain, ...survey.found, ...totalErrors(survey.costs, at)];
  yield* own;
  if (why && own.length + wrong === 0) yield invalidValue(at, '', why);
}

/** With a status of its own, the root says only what does not change when the status is taken out of it. */
function* rootRules(schema: Schema, path: string): Rules {
  if (schema.type !== undefined && schema.type !== '' && schema.type !== 'object') {
    yield invalidValue(
      `${path}.openAPIV3Schema.type`,
      schema.type,
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
    );
    return;
  }
  if (rootFields.some(([name]) => isSet(schema[name])))
    yield invalidValue(
      `${path}.openAPIV3Schema`,
      schema,
      `only [${allowedAtRoot}] fields are allowed at the root of the schema if the status subresource is enabled`,
    );
}

const forbiddenWords: readonly (readonly [keyof Schema, string])[] = [
  ['id', 'id'],
  ['additionalItems', 'additionalItems'],
  ['patternProperties', 'patternProperties'],
  ['definitions', 'definitions'],
  ['dependencies', 'dependencies'],
  ['$ref', '$ref'],
];

function* wordRules(schema: Schema, path: string, choices: Choices, at: Standing): Rules {
  const { type } = schema;
  if (choices.knownTypes && type && !schemaTypes.has(type))
    yield notSupported(child(path, 'type'), type, [...schemaTypes]);
  if (
    isSet(schema.default) ||
    schema.default === false ||
    schema.default === 0 ||
    schema.default === ''
  )
    if (at.noDefaults !== undefined)
      yield forbiddenField(child(path, 'default'), `must not be set ${at.noDefaults}`.trim());
  for (const [word, name] of forbiddenWords) {
    const value = schema[word];
    const isEmpty =
      word !== 'dependencies' &&
      typeof value === 'object' &&
      value !== null &&
      Object.keys(value).length === 0;
    if (value !== undefined && value !== '' && !(isEmpty && word !== 'additionalItems'))
      yield forbiddenField(child(path, name), `${name} is not supported`);
  }
  if (type === 'null')
    yield forbiddenField(
      child(path, 'type'),
      'type cannot be set to null, use nullable as an alternative',
    );
  if (Array.isArray(schema.items) && schema.items.length > 0)
    yield forbiddenField(child(path, 'items'), 'items must be a schema object and not an array');
  if (at.inMeta && isEmbedded(schema))
    yield forbiddenField(
      child(path, 'x-kubernetes-embedded-resource'),
      'must not be used inside of resource meta',
    );
  if (schema.uniqueItems)
    yield forbiddenField(
      child(path, 'uniqueItems'),
      'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
    );
}

/** One schema and all within it; expressions are looked at only where the schema is good down to the leaves. */
function* nodeRules(
  schema: Schema | undefined,
  path: string,
  survey: Survey,
  readsRules: boolean,
  at: Standing,
): Rules {
  if (!schema) return;
  let isClean = true;
  for (const error of plainRules(schema, path, survey, readsRules, at)) {
    isClean = false;
    yield error;
  }
  if (isClean && readsRules && schema['x-kubernetes-validations']?.length)
    survey.found.push(...expressionRules(schema, path, at, survey.costs));
}

function* plainRules(
  schema: Schema,
  path: string,
  survey: Survey,
  readsRules: boolean,
  at: Standing,
): Rules {
  yield* wordRules(schema, path, survey.choices, at);
  const inner = { ...at, isRoot: false, count: countWithin(schema, at.count) };
  const values = valuesOf(schema);
  if (schema.additionalProperties !== undefined) {
    if (properties(schema).length > 0 && schema.additionalProperties !== true)
      yield forbiddenField(
        child(path, 'additionalProperties'),
        'additionalProperties and properties are mutual exclusive',
      );
    const noDefaults = at.inMeta
      ? 'inside additionalProperties applying to object metadata'
      : at.noDefaults;
    yield* nodeRules(values, child(path, 'additionalProperties'), survey, readsRules, {
      ...inner,
      noDefaults,
    });
  }
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic';
  for (const [name, property] of properties(schema)) {
    const isMeta = (at.isRoot || isEmbedded(schema)) && metaFields.has(name);
    yield* nodeRules(property, keyed(child(path, 'properties'), name), survey, readsRules, {
      ...inner,
      unmatched: at.unmatched ?? (isAtomic ? path : undefined),
      inMeta: at.inMeta || isMeta,
      noDefaults: isMeta && at.isRoot ? `in top-level ${name}` : at.noDefaults,
    });
  }
  yield* junctorRules(schema, path, survey, inner);
  const items = itemsOf(schema);
  if (items) {
    const isMatched = schema['x-kubernetes-list-type'] === 'map';
    const unmatched = at.unmatched ?? (isMatched ? undefined : path);
    yield* nodeRules(items, child(path, 'items'), survey, readsRules, { ...inner, unmatched });
  }
  yield* extensionRules(schema, path, survey.choices);
  yield* expressionFormRules(schema, path);
}

function* junctorRules(schema: Schema, path: string, survey: Survey, at: Standing): Rules {
  yield* nodeRules(schema.not, child(path, 'not'), survey, false, at);
  for (const name of ['allOf', 'oneOf', 'anyOf'] as const)
    for (const [i, each] of (schema[name] ?? []).entries())
      yield* nodeRules(each, `${child(path, name)}[${i}]`, survey, false, at);
  for (const [name, each] of Object.entries(schema.definitions ?? {}))
    yield* nodeRules(each, keyed(child(path, 'definitions'), name), survey, false, at);
}

function* extensionRules(schema: Schema, path: string, choices: Choices): Rules {
  const { type = '' } = schema;
  const list = schema['x-kubernetes-list-type'];
  const map = schema['x-kubernetes-map-type'];
  const listPath = child(path, 'x-kubernetes-list-type');
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    yield invalidValue(
      child(path, 'x-kubernetes-preserve-unknown-fields'),
      false,
      'must be true or undefined',
    );
  const needs = (wanted: string, word: string): ReturnType<typeof required> => {
    const must = `must be ${wanted} if ${word} is specified`;
    return type
      ? invalidValue(child(path, 'type'), type, must)
      : required(child(path, 'type'), must);
  };
  if (map !== undefined && type !== 'object') yield needs('object', 'x-kubernetes-map-type');
  if (map !== undefined && map !== 'atomic' && map !== 'granular')
    yield notSupported(child(path, 'x-kubernetes-map-type'), map, ['atomic', 'granular']);
  const items = itemsOf(schema);
  if (list !== undefined && type !== 'array') yield needs('array', 'x-kubernetes-list-type');
  else if (choices.atomicSets && list === 'set' && items) {
    const must = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    const own = items['x-kubernetes-list-type'];
    if (items.type === 'array' && own !== undefined && own !== 'atomic')
      yield invalidValue(child(path, 'items.x-kubernetes-list-type'), own, must);
    if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
      yield invalidValue(child(path, 'items.x-kubernetes-map-type'), own, must);
  }
  if (list !== undefined && list !== 'atomic' && list !== 'set' && list !== 'map')
    yield notSupported(listPath, list, ['atomic', 'set', 'map']);
  yield* listMapRules(schema, path);
  if (choices.listKeys) yield* listKeyRules(schema, path);
}

function* listMapRules(schema: Schema, path: string): Rules {
  const list = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const keysPath = child(path, 'x-kubernetes-list-map-keys');
  const itemsPath = child(path, 'items');
  if (keys.length > 0 && list !== 'map') {
    const must = 'must be map if x-kubernetes-list-map-keys is non-empty';
    const field = child(path, 'x-kubernetes-list-type');
    yield list === undefined ? required(field, must) : invalidValue(field, list, must);
  }
  if (list !== 'map') return;
  const items = itemsOf(schema);
  if (keys.length === 0)
    yield required(keysPath, 'must not be empty if x-kubernetes-list-type is map');
  if (schema.items === undefined)
    yield required(itemsPath, 'must have a schema if x-kubernetes-list-type is map');
  else if (!items)
    yield invalidValue(
      itemsPath,
      schema.items,
      'must only have a single schema if x-kubernetes-list-type is map',
    );
  if (!items) return;
  if (items.type !== 'object') {
    yield invalidValue(
      child(itemsPath, 'type'),
      items.type ?? '',
      "must be object if parent array's x-kubernetes-list-type is map",
    );
    return;
  }
  const seen = new Set<string>();
  for (const key of keys) {
    const own =
      items.properties && Object.hasOwn(items.properties, key) ? items.properties[key] : undefined;
    if (!own) yield invalidValue(keysPath, keys, 'entries must all be names of item properties');
    else if (own.type === 'array' || own.type === 'object')
      yield invalidValue(
        `${keyed(child(itemsPath, 'properties'), key)}.type`,
        items.type,
        "must be a scalar type if parent array's x-kubernetes-list-type is map",
      );
    if (seen.has(key)) yield invalidValue(keysPath, keys, 'must not contain duplicate entries');
    seen.add(key);
  }
}

/** The keys of a list's items are always there. */
export function* listKeyRules(schema: Schema, path: string): Rules {
  const items = itemsOf(schema);
  const list = schema['x-kubernetes-list-type'];
  if (!items || (list !== 'set' && list !== 'map')) return;
  if (items.nullable)
    yield forbiddenField(
      child(path, 'items.nullable'),
      `cannot be nullable when x-kubernetes-list-type is ${list}`,
    );
  if (list !== 'map') return;
  for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
    const own =
      items.properties && Object.hasOwn(items.properties, key) ? items.properties[key] : undefined;
    if (!own) continue;
    const at = keyed(child(path, 'items.properties'), key);
    const hasDefault = own.default !== undefined && own.default !== null;
    if (!items.required?.includes(key) && !hasDefault)
      yield required(
        `${at}.default`,
        'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      );
    if (own.nullable)
      yield forbiddenField(
        `${at}.nullable`,
        'this property is in x-kubernetes-list-map-keys, so it cannot be nullable',
      );
  }
}

const reasons = [
  ...['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'],
];
const breaks = /[\n\r]/;

/** What an expression looks like, before anybody reads it. */
function* expressionFormRules(schema: Schema, path: string): Rules {
  for (const [i, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const at = `${child(path, 'x-kubernetes-validations')}[${i}]`;
    const { message = '', messageExpression = '', reason, fieldPath = '' } = rule;
    const text = rule.rule.trim();
    if (!text) yield required(`${at}.rule`, 'rule is not specified');
    else if (message && !message.trim())
      yield invalidValue(`${at}.message`, message, 'must be non-empty if specified');
    else if (breaks.test(message.trim()))
      yield invalidValue(`${at}.message`, message, 'must not contain line breaks');
    else if (breaks.test(text) && !message.trim())
      yield required(`${at}.message`, 'message must be specified if rule contains line breaks');
    if (messageExpression && !messageExpression.trim())
      yield required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified');
    if (reason !== undefined && !reasons.includes(reason))
      yield notSupported(`${at}.reason`, reason, reasons);
    if (!fieldPath) continue;
    if (!fieldPath.trim())
      yield invalidValue(`${at}.fieldPath`, fieldPath, 'must be non-empty if specified');
    if (breaks.test(fieldPath))
      yield invalidValue(`${at}.fieldPath`, fieldPath, 'must not contain line breaks');
    if (!unsupported(schema) && 'wrong' in fieldAt(fieldPath, schema))
      yield invalidValue(`${at}.fieldPath`, fieldPath, 'must be a valid path');
  }
}
