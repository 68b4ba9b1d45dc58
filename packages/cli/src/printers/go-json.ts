const html: Readonly<Record<string, string>> = {
  ...{ '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' },
  ...{ '\u2028': '\\u2028', '\u2029': '\\u2029' },
};

const textOf = (text: string): string =>
  JSON.stringify(text)
    .replaceAll(/[<>&\u2028\u2029]/g, (found) => html[found]!)
    .replaceAll('\\b', '\\u0008')
    .replaceAll('\\f', '\\u000c');

/** JSON as Go's encoder writes a map: keys in order, `<`, `>` and `&` escaped; indented when `indent` is given. */
export function goJson(value: unknown, indent = '', margin = ''): string {
  if (typeof value === 'string') return textOf(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = margin + indent;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const colon = indent ? ': ' : ':';
  const parts = Array.isArray(value)
    ? value.map((item) => goJson(item, indent, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => `${textOf(key)}${colon}${goJson(item, indent, inner)}`);
  if (parts.length === 0) return `${open}${close}`;
  return indent
    ? `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`
    : `${open}${parts.join(',')}${close}`;
}
