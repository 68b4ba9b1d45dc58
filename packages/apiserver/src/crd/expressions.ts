import type { FieldError } from '@coxswain/api';
import type { ValidationRule } from '@coxswain/api/types/apiextensions-v1';
import {
  base,
  type Bindings,
  type CelType,
  celTypes,
  compile,
  type Environment,
  extend,
  fromJson,
  isCostExceeded,
  limits,
  Optional,
  type Program,
  type SchemaLike,
  typeFromSchema,
  uses,
} from '@coxswain/cel';
import { isSame } from '../rest/equal.ts';
import { fieldAt } from './schema/field-path.ts';
import { canonicalText } from './schema/lists.ts';
import {
  child,
  isEmbedded,
  isRecord,
  itemsOf,
  type Json,
  keyed,
  noPath,
  properties,
  type Schema,
  schemasIn,
  valuesOf,
} from './schema/schema.ts';

/** One rule of a schema, read. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program?: Program;
  /** Why the rule cannot be read. */
  readonly wrong?: string;
  readonly usesOld: boolean;
  readonly message?: Program;
  readonly messageWrong?: string;
  /** Where below the value the rule's errors stand. */
  readonly fieldPath: string;
}

interface Compiled {
  readonly type: CelType;
  readonly rules: readonly CompiledRule[];
}

const known = new WeakMap<Schema, Compiled | undefined>();
const withRules = new WeakMap<Schema, boolean>();

/** Whether there are rules anywhere in the schema. */
export function hasRules(schema: Schema): boolean {
  let found = withRules.get(schema);
  if (found === undefined) {
    found = schemasIn(schema).some((each) => !!each['x-kubernetes-validations']?.length);
    withRules.set(schema, found);
  }
  return found;
}

/** The rules of this very schema, without those within; undefined where expressions see nothing of it. */
export function compiledOf(schema: Schema, isRoot = false): Compiled | undefined {
  if (!known.has(schema)) known.set(schema, compileAll(schema, isRoot || isEmbedded(schema)));
  return known.get(schema);
}

function compileAll(schema: Schema, isResource: boolean): Compiled | undefined {
  const type = typeFromSchema(schema as SchemaLike, isResource, 'selfType');
  if (!type) return undefined;
  const environment = (old: CelType): Environment =>
    extend(base, { variables: { self: type, oldSelf: old } });
  const plain = environment(type);
  const optional = environment(celTypes.optionalOf(type));
  const rules = (schema['x-kubernetes-validations'] ?? []).map((rule) =>
    compileRule(schema, rule, rule.optionalOldSelf ? optional : plain),
  );
  return { type, rules };
}

function compileRule(schema: Schema, rule: ValidationRule, environment: Environment): CompiledRule {
  const none = { rule, usesOld: false, fieldPath: '' };
  if (!rule.rule.trim()) return none;
  const { program, message } = compile(rule.rule, environment);
  if (!program) return { ...none, wrong: message };
  if (program.type.kind !== 'bool')
    return { ...none, wrong: 'cel expression must evaluate to a bool' };
  const found = rule.fieldPath ? fieldAt(rule.fieldPath, schema) : undefined;
  return {
    ...{ rule, program, usesOld: uses(program, 'oldSelf') },
    ...compileMessage(rule, environment),
    fieldPath: found && 'path' in found ? found.path : '',
  };
}

function compileMessage(
  { messageExpression }: ValidationRule,
  environment: Environment,
): Pick<CompiledRule, 'message' | 'messageWrong'> {
  if (!messageExpression) return {};
  const prefix = 'messageExpression compilation failed: ';
  const { program, message } = compile(messageExpression, environment, { prefix });
  if (!program) return { messageWrong: message };
  return program.type.kind === 'string'
    ? { message: program }
    : { messageWrong: 'messageExpression must evaluate to a string' };
}

/** Values of before and now that belong together. */
interface Pair {
  readonly now: unknown;
  readonly old: unknown;
}

/** Where the walk is: what was here before, for rules, and what has not changed, for letting breaches be. */
interface Place {
  readonly path: string;
  readonly old: unknown;
  readonly pair: Pair | undefined;
  readonly parent: Pair | undefined;
}

/** What all rules of one object may still cost. */
interface Budget {
  left: number;
}

/** No further rule is run. */
class Spent extends Error {}

const blocking = new Set<FieldError['type']>([
  ...(['FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong'] as const),
  ...(['FieldValueTooMany', 'FieldValueTypeInvalid'] as const),
]);

/** What breaks the rules in CEL of a resource; `errors` are those of its schema, some of which leave nothing to run them on. */
export function expressionErrors(
  schema: Schema | undefined,
  now: unknown,
  old: unknown,
  errors: readonly FieldError[],
): readonly FieldError[] {
  if (!schema || !hasRules(schema)) return [];
  if (errors.some(({ type }) => blocking.has(type)))
    return [
      {
        type: 'FieldValueInvalid',
        field: noPath,
        value: null,
        detail:
          'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
      },
    ];
  const pair = old === undefined ? undefined : { now, old };
  return runRules(schema, now, { path: '', old, pair, parent: undefined }, true);
}

/** The same for one value of a schema, such as a default. */
export const valueErrors = (
  schema: Schema,
  now: unknown,
  old: unknown,
  path: string,
): readonly FieldError[] =>
  hasRules(schema)
    ? runRules(schema, now, { path, old, pair: undefined, parent: undefined }, false)
    : [];

function runRules(schema: Schema, now: unknown, place: Place, isRoot: boolean): FieldError[] {
  const found: FieldError[] = [];
  try {
    visit(schema, now, place, isRoot, { left: limits.runtimeBudget }, found);
  } catch (error) {
    if (!(error instanceof Spent)) throw error;
  }
  return found;
}

function visit(
  schema: Schema,
  now: unknown,
  place: Place,
  isRoot: boolean,
  budget: Budget,
  found: FieldError[],
): void {
  if (now === null || now === undefined || !hasRules(schema)) return;
  if (schema['x-kubernetes-validations']?.length) runOwn(schema, now, place, isRoot, budget, found);
  if (Array.isArray(now)) {
    const items = itemsOf(schema);
    if (!items) return;
    for (const [i, item] of now.entries()) {
      const old = itemBefore(item, place.old, schema);
      const at = below(place, `${place.path}[${i}]`, item, old, old !== undefined);
      visit(items, item, at, false, budget, found);
    }
  } else if (isRecord(now)) visitFields(schema, now, place, budget, found);
}

function visitFields(
  schema: Schema,
  now: Json,
  place: Place,
  budget: Budget,
  found: FieldError[],
): void {
  const before =
    isRecord(place.old) && schema['x-kubernetes-map-type'] !== 'atomic' ? place.old : {};
  const values = valuesOf(schema);
  const go = (name: string, inner: Schema, path: string): void => {
    const isType = !place.parent && (name === 'apiVersion' || name === 'kind');
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const at = below(place, path, now[name], old, old !== undefined && !isType);
    visit(inner, now[name], isType ? { ...at, parent: undefined } : at, false, budget, found);
  };
  if (values) for (const name of Object.keys(now)) go(name, values, keyed(place.path, name));
  for (const [name, property] of properties(schema))
    if (Object.hasOwn(now, name)) go(name, property, child(place.path, name));
}

function below(place: Place, path: string, now: unknown, old: unknown, isMatched: boolean): Place {
  if (!place.pair) return { path, old, pair: undefined, parent: place.parent };
  return { path, old, pair: isMatched ? { now, old } : undefined, parent: place.pair };
}

/** The item with the same keys; other lists do not know their items again. */
function itemBefore(item: unknown, old: unknown, schema: Schema): unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old) || !isRecord(item))
    return undefined;
  const names = schema['x-kubernetes-list-map-keys'] ?? [];
  const keyOf = (each: Json): string => canonicalText(names.map((name) => each[name] ?? null));
  const wanted = keyOf(item);
  return old.find((each) => isRecord(each) && keyOf(each) === wanted);
}

const outOfBudget =
  'validation failed due to running out of cost budget, no further validation rules will be run';

function runOwn(
  schema: Schema,
  now: unknown,
  place: Place,
  isRoot: boolean,
  budget: Budget,
  found: FieldError[],
): void {
  const compiled = compiledOf(schema, isRoot);
  const field = place.path || noPath;
  const tell = (detail: string): void =>
    void found.push({ type: 'FieldValueInvalid', field, value: schema.type ?? '', detail });
  if (!compiled)
    return tell(
      'rule compiler initialization error: failed to convert to declType for CEL validation rules',
    );
  const { type, rules } = compiled;
  const self = fromJson(now, type);
  const hadOld = place.old !== undefined && place.old !== null;
  const old = (): ReturnType<typeof fromJson> => fromJson(place.old, type);
  for (const each of rules) {
    if (budget.left <= 0) {
      tell(outOfBudget);
      throw new Spent();
    }
    const { rule, program, wrong, usesOld } = each;
    if (wrong) tell(`rule compile error: ${wrong}`);
    if (!program || (usesOld && !hadOld && !rule.optionalOldSelf)) continue;
    const bindings: Bindings = {
      self,
      oldSelf: () => (rule.optionalOldSelf ? new Optional(hadOld ? old() : undefined) : old()),
    };
    const outcome = program.run(bindings, limits.perCall);
    const isOver = outcome.error !== undefined && isCostExceeded(outcome.error);
    if (!isOver && outcome.cost > budget.left) {
      tell(outOfBudget);
      throw new Spent();
    }
    budget.left -= outcome.cost;
    if (outcome.error) {
      tell(failure(outcome.error.message, rule, isOver));
      if (isOver) throw new Spent();
      continue;
    }
    if (outcome.value === true || (!usesOld && isUnchanged(place))) continue;
    found.push(breachOf(each, schema, now, place.path, detailOf(each, bindings, budget)));
  }
}

const isUnchanged = ({ pair, parent }: Place): boolean => {
  const matched = pair ?? parent;
  return matched !== undefined && isSame(matched.now, matched.old);
};

const shown = ({ message, rule }: ValidationRule): string => (message || rule).trim();

function failure(message: string, rule: ValidationRule, isOver: boolean): string {
  if (message.startsWith('no such overload'))
    return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${shown(rule)}`;
  if (isOver)
    return `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${shown(rule)}`;
  return `${message} evaluating rule: ${shown(rule)}`;
}

/** What the breach says: the message that is worked out, the fixed one, or the rule itself. */
function detailOf({ message, rule }: CompiledRule, bindings: Bindings, budget: Budget): string {
  const usual = rule.message ? rule.message.trim() : `failed rule: ${rule.rule.trim()}`;
  if (!message) return usual;
  const outcome = message.run(bindings, limits.perCall);
  budget.left -= outcome.cost;
  if (outcome.error || typeof outcome.value !== 'string') return usual;
  const text = outcome.value.trim();
  const fits = new TextEncoder().encode(text).length <= limits.messageBytes;
  return text && fits && !/[\n\r]/.test(text) ? text : usual;
}

function breachOf(
  { rule, fieldPath }: CompiledRule,
  schema: Schema,
  now: unknown,
  path: string,
  detail: string,
): FieldError {
  const field = (fieldPath ? child(path, fieldPath) : path) || noPath;
  const isWhole = schema.type === 'object' || schema.type === 'array';
  const value = isWhole ? {} : { value: now };
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return { type: 'FieldValueForbidden', field, detail };
    case 'FieldValueRequired':
      return { type: 'FieldValueRequired', field, detail };
    case 'FieldValueDuplicate':
      return { type: 'FieldValueDuplicate', field, ...value, detail: '' };
    default:
      return { type: 'FieldValueInvalid', field, ...value, detail };
  }
}
