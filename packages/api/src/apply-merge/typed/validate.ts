import { elementText } from '../field-set/element.ts';
import { formOf } from '../merge-type.ts';
import type { Json, MergeList, MergeMap, MergeScalar, MergeType } from '../merge-type.ts';
import { itemElement, TypedError } from './list-items.ts';

/** Throws TypedError, in upstream's words, where a value that was sent to be applied does not fit its type. */
export function validateTyped(type: MergeType, value: unknown): void {
  const errors: string[] = [];
  findErrors(type, value, '', errors);
  if (errors.length === 1) throw new TypedError(errors[0]);
  if (errors.length > 1)
    throw new TypedError(['errors:', ...errors.map((e) => `  ${e}`)].join('\n'));
}

const at = (path: string, message: string): string => (path ? `${path}: ${message}` : message);

function findErrors(type: MergeType, value: unknown, path: string, errors: string[]): void {
  if (value === null) return;
  switch (formOf(type, value)) {
    case 'scalar': {
      const wrong = scalarError(type.scalar!, value);
      if (wrong !== undefined) errors.push(at(path, wrong));
      return;
    }
    case 'list':
      if (Array.isArray(value)) findInList(type.list!, value, path, errors);
      else errors.push(at(path, `expected list, got &{${goText(value)}}`));
      return;
    case 'map':
      if (typeof value === 'object' && !Array.isArray(value))
        findInMap(type.map!, value as Json, path, errors);
      else errors.push(at(path, `expected map, got &{${goText(value)}}`));
  }
}

function findInList(
  list: MergeList,
  items: readonly unknown[],
  path: string,
  errors: string[],
): void {
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    let element = `i:${i}`;
    if (list.items !== 'atomic') {
      try {
        element = itemElement(list, item);
      } catch (error) {
        if (!(error instanceof TypedError)) throw error;
        errors.push(at(path, `element ${i}: ${error.message}`));
        return;
      }
      if (seen.has(element))
        errors.push(at(path, `duplicate entries for key ${elementText(element)}`));
      seen.add(element);
    }
    findErrors(list.element, item, path + elementText(element), errors);
  }
}

/** Upstream looks no further in an object once it met a field it does not know. */
function findInMap(map: MergeMap, object: Json, path: string, errors: string[]): void {
  for (const name in object) {
    if (object[name] === undefined) continue;
    const type = map.fields.get(name)?.type ?? map.element;
    if (type === undefined) {
      errors.push(at(`${path}.${name}`, 'field not declared in schema'));
      return;
    }
    findErrors(type, object[name], `${path}.${name}`, errors);
  }
}

function scalarError(scalar: MergeScalar, value: unknown): string | undefined {
  switch (scalar) {
    case 'numeric':
      return typeof value === 'number'
        ? undefined
        : `expected numeric (int or float), got ${goType(value)}`;
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goText(value)}}`;
    case 'untyped':
      return typeof value === 'object' ? `expected any scalar, got &{${goText(value)}}` : undefined;
  }
}

const sorted = (object: Json): readonly (readonly [string, unknown])[] =>
  Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** Go's name of the type that holds decoded JSON. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'float64';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    default:
      return 'map[string]interface {}';
  }
}

/** A value as Go's `%v` prints it: `map[a:1 b:[x y]]`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  return `map[${sorted(value as Json)
    .map(([name, item]) => `${name}:${goText(item)}`)
    .join(' ')}]`;
}

/** A value as Go's `%#v` prints it. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value !== 'object') return String(value);
  const fields = sorted(value as Json).map(
    ([name, item]) => `${JSON.stringify(name)}:${goSyntax(item)}`,
  );
  return `map[string]interface {}{${fields.join(', ')}}`;
}
