import { compareElements, goScalar } from './element.ts';
import type { Element } from './element.ts';
import { leaf, settled, union } from './field-set.ts';
import type { FieldSet, FieldSetDraft } from './field-set.ts';

/** A FieldsV1 that is no field set. */
export class FieldSetError extends Error {}

/**
 * The set that a FieldsV1 writes, whatever the order and spelling of its entries. Gives the very
 * object where it is already in order. Throws FieldSetError.
 */
export function decodeFields(fields: unknown): FieldSet {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw new FieldSetError('expected an object of path elements');
  return decodeSet(fields as Record<string, unknown>, false) ?? leaf;
}

/** An element of an unknown kind is passed over with all below it, so that newer writers do no harm. */
function decodeSet(
  fields: Readonly<Record<string, unknown>>,
  inner: boolean,
): FieldSet | undefined {
  let last: Element | undefined;
  let inOrder = true;
  let same = true;
  const self = inner && fields['.'] !== undefined;
  const entries: [Element, FieldSet][] = [];
  for (const key in fields) {
    if (key === '.') {
      same &&= inner && last === undefined;
      continue;
    }
    const element = decodeElement(key);
    const below = element === undefined ? undefined : decodeBelow(fields[key]);
    if (element === undefined || below === undefined) {
      same = false;
      continue;
    }
    same &&= element === key && below === fields[key];
    inOrder &&= last === undefined || compareElements(last, element) < 0;
    last = element;
    entries.push([element, below]);
  }
  if (same && inOrder && (entries.length > 0 || !self)) return fields as FieldSet;
  if (!inOrder) return inAnyOrder(entries, self);
  const draft: FieldSetDraft = self ? { '.': leaf } : {};
  for (const [element, below] of entries) draft[element] = below;
  return settled(draft, self);
}

function decodeBelow(fields: unknown): FieldSet | undefined {
  if (fields === null) return leaf;
  if (typeof fields !== 'object' || Array.isArray(fields))
    throw new FieldSetError('expected an object of path elements');
  const below = fields as Record<string, unknown>;
  for (const _ in below) return decodeSet(below, true) ?? leaf;
  return below as FieldSet;
}

function inAnyOrder(entries: readonly (readonly [Element, FieldSet])[], self: boolean): FieldSet {
  let set = leaf;
  for (const [element, below] of entries) set = union(set, { [element]: below });
  return self ? { '.': leaf, ...set } : set;
}

function decodeElement(key: string): Element | undefined {
  if (key.length < 2) throw new FieldSetError('key must be 2 characters long:');
  if (key[1] !== ':') throw new FieldSetError(`missing colon: ${key}`);
  switch (key[0]) {
    case 'f':
      return key;
    case 'i':
      if (!/^[+-]?\d+$/.test(key.slice(2))) throw new FieldSetError(`invalid index: ${key}`);
      return `i:${Number(key.slice(2))}`;
    case 'k':
      return decodeKeys(key);
    case 'v':
      return `v:${goScalar(parse(key))}`;
    default:
      return undefined;
  }
}

function decodeKeys(key: string): Element {
  const keys = parse(key);
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys))
    throw new FieldSetError(`expected an object of keys: ${key}`);
  const names = Object.entries(keys).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `k:{${names.map(([name, value]) => `${goScalar(name)}:${goScalar(value)}`).join(',')}}`;
}

function parse(key: string): unknown {
  try {
    return JSON.parse(key.slice(2));
  } catch (cause) {
    throw new FieldSetError(`invalid path element: ${key}`, { cause });
  }
}
