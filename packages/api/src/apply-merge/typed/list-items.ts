import { goScalar } from '../field-set/element.ts';
import type { Element } from '../field-set/element.ts';
import type { Json, MergeList } from '../merge-type.ts';

/** Why a value does not fit its type, in upstream's words, with the path that leads there. */
export class TypedError extends Error {}

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** The element that names an item of a list of items with names. Throws TypedError. */
export function itemElement(list: MergeList, item: unknown): Element {
  if (list.items === 'atomic') throw new TypedError('invalid indexing of non-associative list');
  return list.items === 'keys' ? keyedElement(list, item) : valueElement(item);
}

function keyedElement(list: MergeList, item: unknown): Element {
  if (item === null) throw new TypedError('associative list with keys may not have a null element');
  if (typeof item !== 'object' || Array.isArray(item))
    throw new TypedError('associative list with keys may not have non-map elements');
  let text = '';
  for (const key of list.keys) {
    const value = (item as Json)[key.name] ?? key.default;
    if (value === undefined) continue;
    text += text === '' ? `"${key.name}":` : `,"${key.name}":`;
    text += isScalar(value) ? goScalar(value) : JSON.stringify(value);
  }
  if (text !== '') return `k:{${text}}`;
  const names = list.keys.map(({ name }) => `"${name}"`).join(' ');
  throw new TypedError(
    `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  );
}

function valueElement(item: unknown): Element {
  if (isScalar(item) && item !== null) return `v:${goScalar(item)}`;
  throw new TypedError(
    item === null
      ? "associative list without keys has an element that's an explicit null"
      : Array.isArray(item)
        ? 'not supported: associative list with lists as elements'
        : "associative list without keys has an element that's a map type",
  );
}

/** Whether both items surely have the same element; compares without building it. */
export function sameItem(list: MergeList, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (list.items === 'set' || isScalar(a) || isScalar(b)) return false;
  let any = false;
  for (const key of list.keys) {
    const mine = (a as Json)[key.name] ?? key.default;
    if (mine !== ((b as Json)[key.name] ?? key.default)) return false;
    any ||= mine !== undefined;
  }
  return any;
}
