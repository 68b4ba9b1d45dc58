import type { FieldError } from '@coxswain/api';
import { isSame } from '../../rest/equal.ts';
import { compilePattern } from './pattern.ts';
import { effectiveFormat, formatOf } from './formats.ts';
import { numberBreaches } from './numbers.ts';
import { breach, type Breach, plain, type Result, result } from './breach.ts';
import { canonicalText } from './lists.ts';
import { isIntOrString, isRecord, itemsOf, type Json, type Schema, valuesOf } from './schema.ts';

/** The value as it was before the change, where it can be told which one that was. */
export interface Old {
  readonly value: unknown;
  /** The schema by which old and new are matched. */
  readonly schema: Schema | undefined;
}

interface Place {
  readonly path: string;
  readonly old: Old | undefined;
}

/** What breaks the schema, in upstream's words; what was so before the change is let be. */
export function validate(
  value: unknown,
  schema: Schema,
  old?: Old,
  base = '',
): readonly FieldError[] {
  return check(value, schema, { path: '', old }).breaches.map((each) => asFieldError(each, base));
}

/** One value; breaches that an unchanged value has had before do not count. */
function check(value: unknown, schema: Schema, place: Place): Result {
  const found = checkPlain(value, schema, place);
  const { old } = place;
  if (found.breaches.length > 0 && old && isUnchanged(value, old)) found.breaches.length = 0;
  return found;
}

const isUnchanged = (value: unknown, old: Old): boolean =>
  value === null || value === undefined
    ? old.value === null || old.value === undefined
    : old.value !== null && isSame(value, old.value);

function checkPlain(value: unknown, schema: Schema, place: Place): Result {
  const all = result();
  const typed = checkType(value, schema, place.path);
  if (typed) merge(all, typed);
  if (value === null || value === undefined) {
    merge(all, checkEnum(null, schema, place.path));
    return all;
  }
  if (typed) all.matches++;
  merge(all, checkJunctors(value, schema, place));
  all.matches++;
  if (typeof value === 'string') {
    merge(all, checkText(value, schema, place.path));
    all.matches++;
    const format = formatOf(effectiveFormat(schema));
    if (format) {
      if (!format(value))
        all.breaches.push(
          breach('type', place.path, `must be of type ${schema.format}: ${quote(value)}`, value),
        );
      all.matches++;
    }
  } else if (typeof value === 'number') {
    all.breaches.push(...numberBreaches(value, schema, place.path));
    all.matches += 2;
  } else if (Array.isArray(value)) {
    merge(all, checkList(value, schema, place));
    all.matches++;
  }
  merge(all, checkEnum(value, schema, place.path));
  all.matches++;
  if (isRecord(value)) {
    merge(all, checkObject(value, schema, place));
    all.matches++;
  }
  all.matches++;
  return all;
}

function merge(into: Result, from: Result): void {
  into.breaches.push(...from.breaches);
  into.matches += from.matches;
}

const quote = (text: string): string => JSON.stringify(text);

/** The JSON type of a value, as schemas name it. */
function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkType(value: unknown, schema: Schema, path: string): Result | undefined {
  const types = isIntOrString(schema) ? ['integer', 'string'] : schema.type ? [schema.type] : [];
  const format = effectiveFormat(schema);
  if (types.length === 0 && !format) return undefined;
  const wrong = (given: string, wanted = types.join(',')): Result =>
    result(breach('type', path, `must be of type ${wanted}: ${quote(given)}`, given));
  if (value === null || value === undefined)
    return types.length > 0 && schema.nullable !== true ? wrong('null') : result(undefined, 1);
  const given = jsonType(value);
  const isNumber = types.includes('number') || types.includes('integer');
  const fits = types.includes(given) || (given === 'integer' && types.includes('number'));
  const isTextual = given === 'string' || given === 'array';
  if (!isTextual && format && !fits) {
    const ownFormat = given === 'integer' ? 'int64' : given === 'number' ? 'float64' : '';
    if (ownFormat !== format) return wrong(ownFormat, format);
  }
  if (!isNumber && format && isTextual) return result(undefined, 1);
  return fits ? result(undefined, 1) : wrong(given);
}

function checkEnum(value: unknown, schema: Schema, path: string): Result {
  const { enum: values = [] } = schema;
  if (values.length === 0) return result();
  if (value !== null && values.some((each) => isSame(each, value))) return result();
  return result({ ...breach('enum', path, '', value), values });
}

function checkText(text: string, schema: Schema, path: string): Result {
  const { maxLength, minLength, pattern } = schema;
  if (maxLength !== undefined || minLength !== undefined) {
    const length = Array.from(text).length;
    if (maxLength !== undefined && length > maxLength)
      return result({ ...breach('too long', path, '', text), max: maxLength });
    if (minLength !== undefined && length < minLength)
      return result(breach('other', path, `should be at least ${minLength} chars long`, text));
  }
  if (!pattern) return result();
  const form = compilePattern(pattern);
  if (typeof form === 'string') {
    const shown = `${pattern}, but pattern is invalid: ${form}`;
    return result(breach('other', path, `should match '${shown}'`, text));
  }
  return form.test(text)
    ? result()
    : result(breach('other', path, `should match '${pattern}'`, text));
}

function checkList(list: readonly unknown[], schema: Schema, place: Place): Result {
  const { path } = place;
  const all = result(undefined, 1);
  const items = itemsOf(schema);
  if (items)
    for (const [i, item] of list.entries())
      merge(all, check(item, items, { path: `${path}[${i}]`, old: oldItem(item, place.old) }));
  const { minItems, maxItems } = schema;
  const { length } = list;
  if (minItems !== undefined && length < minItems)
    all.breaches.push(breach('other', path, `should have at least ${minItems} items`, length));
  if (maxItems !== undefined && length > maxItems)
    all.breaches.push({ ...breach('too many', path, '', length), max: maxItems });
  return all;
}

/** Items of old lists are known again by their keys alone. */
function oldItem(item: unknown, old: Old | undefined): Old | undefined {
  if (!old || !Array.isArray(old.value) || old.schema?.['x-kubernetes-list-type'] !== 'map')
    return undefined;
  if (!isRecord(item)) return undefined;
  const names = old.schema['x-kubernetes-list-map-keys'] ?? [];
  const keyOf = (each: Json): string => canonicalText(names.map((name) => each[name] ?? null));
  const wanted = keyOf(item);
  const found = old.value.find((each) => isRecord(each) && keyOf(each) === wanted);
  return found && { value: found, schema: itemsOf(old.schema) };
}

function oldField(name: string, old: Old | undefined): Old | undefined {
  if (!old || !isRecord(old.value) || !Object.hasOwn(old.value, name)) return undefined;
  const schema = old.schema?.properties?.[name] ?? valuesOf(old.schema);
  return schema && { value: old.value[name], schema };
}

function checkObject(object: Json, schema: Schema, place: Place): Result {
  const { path } = place;
  const all = result();
  const { minProperties, maxProperties, additionalProperties, required = [] } = schema;
  const names = Object.keys(object);
  const count = names.length;
  if (minProperties !== undefined && count < minProperties)
    all.breaches.push(
      breach('other', path, `should have at least ${minProperties} properties`, count),
    );
  if (maxProperties !== undefined && count > maxProperties)
    all.breaches.push({ ...breach('too many', path, '', count), max: maxProperties });
  for (const name of names) {
    const property = schema.properties?.[name];
    const values = valuesOf(schema);
    const isKnown = schema.properties !== undefined && Object.hasOwn(schema.properties, name);
    if (!isKnown && additionalProperties === false)
      all.breaches.push({
        ...breach('other', path, '', name),
        text: `${path}.${name} in body is a forbidden property`,
      });
    const own = isKnown ? property : values;
    if (!own) continue;
    const isMeta = path === '' && (name === 'kind' || name === 'apiVersion');
    const old = isMeta ? undefined : oldField(name, place.old);
    const at = isKnown && path === '' ? name : `${path}.${name}`;
    merge(all, check(object[name], own, { path: at, old }));
  }
  for (const name of required)
    if (!Object.hasOwn(object, name)) all.breaches.push(breach('required', `${path}.${name}`, ''));
  return all;
}

/** anyOf, oneOf, allOf, not: the clause that fits best says what is wrong. */
function checkJunctors(value: unknown, schema: Schema, place: Place): Result {
  const all = result(undefined, 1);
  const path = quote(place.path);
  const run = (clauses: readonly Schema[]): readonly Result[] =>
    clauses.map((clause) => checkPlain(value, clause, place));
  const isGood = ({ breaches }: Result): boolean => breaches.length === 0;
  const best = (results: readonly Result[]): Result =>
    results.reduce((a, b) => (b.matches > a.matches ? b : a));
  // Upstream spells an int-or-string out as such a choice; its type has said so already.
  const { anyOf = [], oneOf = [], allOf = [], not } = schema;
  if (anyOf.length > 0) {
    const results = run(anyOf);
    const good = results.find(isGood);
    if (!good) all.breaches.push(plain(`${path} must validate at least one schema (anyOf)`));
    merge(all, good ?? best(results));
  }
  if (oneOf.length > 0) {
    const results = run(oneOf);
    const good = results.filter(isGood);
    if (good.length === 1) merge(all, good[0]!);
    else {
      const found =
        good.length === 0 ? 'Found none valid' : `Found ${good.length} valid alternatives`;
      all.breaches.push(plain(`${path} must validate one and only one schema (oneOf). ${found}`));
      if (good.length === 0) merge(all, best(results));
    }
  }
  if (allOf.length > 0) {
    const results = run(allOf);
    for (const each of results) merge(all, each);
    const good = results.filter(isGood).length;
    const none = good === 0 ? '. None validated' : '';
    if (good !== allOf.length)
      all.breaches.push(plain(`${path} must validate all the schemas (allOf)${none}`));
  }
  if (not && isGood(checkPlain(value, not, place)))
    all.breaches.push(plain(`${path} must not validate the schema (not)`));
  return all;
}

function asFieldError(found: Breach, base: string): FieldError {
  const name = found.path.replace(/^\./, '');
  const field = (name && base ? `${base}.${name}` : name || base) || '<nil>';
  const text = found.text ?? `${found.path} in body ${found.detail}`;
  const value = found.value ?? '';
  switch (found.sort) {
    case 'required':
      return { type: 'FieldValueRequired', field, detail: '' };
    case 'enum': {
      const values = found.values!.map((each) =>
        quote(typeof each === 'string' ? each : JSON.stringify(each)),
      );
      const detail = `supported values: ${values.join(', ')}`;
      return { type: 'FieldValueNotSupported', field, value: found.value, detail };
    }
    case 'too long':
      return {
        type: 'FieldValueTooLong',
        field,
        detail: `may not be more than ${found.max} ${found.max === 1 ? 'byte' : 'bytes'}`,
      };
    case 'too many':
      return {
        type: 'FieldValueTooMany',
        field,
        value,
        detail: `must have at most ${found.max} ${found.max === 1 ? 'item' : 'items'}`,
      };
    case 'type':
      return { type: 'FieldValueTypeInvalid', field, value, detail: text };
    case 'other':
      return { type: 'FieldValueInvalid', field, value, detail: text };
  }
}
