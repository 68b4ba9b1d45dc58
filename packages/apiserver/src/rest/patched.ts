import { type ApiError, encodeJson, invalid } from '@coxswain/api';

/**
 * The 422 of an object that a patch made and that its kind cannot hold. A strategic patch shows itself, as Go prints a
 * map; the others show what they made.
 */
export function unfitPatch(
  patched: () => unknown,
  document: unknown,
  isStrategic: boolean,
): (why: string) => ApiError {
  return (why) =>
    invalid({ group: '', resource: '', kind: '' }, [
      {
        type: 'FieldValueInvalid',
        field: 'patch',
        value: isStrategic ? goText(document) : encodeJson(patched()),
        detail: isStrategic ? asRestored(why) : why,
      },
    ]);
}

/** A parsed JSON value as Go's `%+v` prints it. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const names = Object.keys(value).toSorted();
  return `map[${names.map((name) => `${name}:${goText(Reflect.get(value, name))}`).join(' ')}]`;
}

const kinds: Readonly<Record<string, string>> = { object: 'map', array: 'slice', number: 'int64' };

/** Upstream fits strategic patches in without JSON, and says in other words what does not fit. */
function asRestored(why: string): string {
  const found =
    /^json: cannot unmarshal (\w+)( \S+)? into Go (?:struct field|value).* of type (\S+)$/;
  const [, given = '', , type = ''] = found.exec(why) ?? [];
  if (type === '') return why;
  const kind = kinds[given] ?? given;
  if (type.startsWith('[]')) return `cannot restore slice from ${kind}`;
  if (type.startsWith('map[')) return `cannot restore map from ${kind}`;
  if (type.includes('.')) return `cannot restore struct from: ${kind}`;
  if (type === 'string' && kind === 'int64') return 'cannot convert int64 to string';
  return `unrecognized type: ${type}`;
}
