import type { Value } from '../values/value.ts';
import { CelError, isList, isMap, none, Optional, Uint } from '../values/value.ts';

const shown = (key: Value): string => (key instanceof Uint ? String(key.value) : String(key));

/** `value.field`; throws when there is no such key. */
export function selected(value: Value, field: string): Value {
  if (value === null || !isMap(value)) {
    if (value === null) throw new CelError(`no such key: ${field}`);
    throw new CelError('no such overload');
  }
  const found = value.get(field);
  if (found === undefined) throw new CelError(`no such key: ${field}`);
  return found;
}

/** `value.?field`: none in none, and where there is no such key. */
export function optionalField({ value }: Optional, field: string): Value {
  if (value === undefined || value === null) return none;
  if (!isMap(value)) throw new CelError('no such overload');
  const found = value.get(field);
  return found === undefined ? none : new Optional(found);
}

/** Where in a list an index points; undefined when it is not whole. */
function place(index: Value): number | undefined {
  if (typeof index === 'bigint') return Number(index);
  if (index instanceof Uint) return Number(index.value);
  return typeof index === 'number' && Number.isInteger(index) ? index : undefined;
}

/** `value[index]` of lists, maps and what optionals hold of them. */
export function element(value: Value, index: Value): Value {
  if (value instanceof Optional) return optionalElement(value, index);
  if (isList(value)) {
    const at = place(index);
    if (at === undefined)
      throw new CelError(
        `unsupported index type '${typeof index === 'number' ? 'double' : typeof index}' in list`,
      );
    const found = at < 0 ? undefined : value[at];
    if (found === undefined) throw new CelError(`index out of bounds: ${at}`);
    return found;
  }
  if (value === null || !isMap(value)) throw new CelError('no such overload');
  const found = value.get(index);
  if (found === undefined) throw new CelError(`no such key: ${shown(index)}`);
  return found;
}

/** `value[?index]`: none where there is nothing. */
export function optionalElement(value: Value, index: Value): Value {
  const target = value instanceof Optional ? value.value : value;
  if (target === undefined) return none;
  if (isList(target)) {
    const at = place(index);
    const found = at === undefined || at < 0 ? undefined : target[at];
    return found === undefined ? none : new Optional(found);
  }
  if (target === null || !isMap(target)) throw new CelError('no such overload');
  const found = target.get(index);
  return found === undefined ? none : new Optional(found);
}
