const html: Readonly<Record<string, string>> = {
  ...{ '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' },
  ...{ '\u2028': '\\u2028', '\u2029': '\\u2029' },
};

const textOf = (text: string): string =>
  JSON.stringify(text)
    .replaceAll(/[<>&\u2028\u2029]/g, (found) => html[found]!)
    .replaceAll('\\b', '\\u0008')
    .replaceAll('\\f', '\\u000c');

/** How the fields of an object stand: a map's by name, a struct's as they are. */
export type FieldOrder = 'map' | 'struct';

/** The fields that are there, in the order that they are written in. */
export const fieldsOf = (object: object, order: FieldOrder): readonly [string, unknown][] =>
  Object.entries(object)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (order === 'struct' ? 0 : a < b ? -1 : 1));

/** JSON as Go's encoder writes it: `<`, `>` and `&` escaped; indented when `indent` is given. */
export function goJson(
  value: unknown,
  indent = '',
  margin = '',
  order: FieldOrder = 'map',
): string {
  if (typeof value === 'string') return textOf(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = margin + indent;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const colon = indent ? ': ' : ':';
  const parts = Array.isArray(value)
    ? value.map((item) => goJson(item, indent, inner, order))
    : fieldsOf(value, order).map(
        ([key, item]) => `${textOf(key)}${colon}${goJson(item, indent, inner, order)}`,
      );
  if (parts.length === 0) return `${open}${close}`;
  return indent
    ? `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`
    : `${open}${parts.join(',')}${close}`;
}
