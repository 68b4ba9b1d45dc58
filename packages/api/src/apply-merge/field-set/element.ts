/**
 * A step of a path as FieldsV1 writes it: `f:name` (field), `k:{"name":"x"}` (item by its keys),
 * `v:"x"` (item by its value), `i:0` (item by its place).
 */
export type Element = string;

/** Printable ASCII but `"`, `&`, `<`, `>` and the backslash. */
const plain = /^[ !#-%'-;=?-[\]-~]*$/;
const unusual = /[^ !#-%'-;=?-[\]-~]/g;
const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escape(char: string): string {
  const known = short[char];
  if (known !== undefined) return known;
  const code = char.charCodeAt(0);
  const safe = code > 0x7e ? code !== 0x2028 && code !== 0x2029 : false;
  return safe ? char : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A string as Go's JSON writes it, with `<`, `>` and `&` escaped. */
export const goString = (text: string): string =>
  plain.test(text) ? `"${text}"` : `"${text.replaceAll(unusual, escape)}"`;

/** A scalar inside an element. */
export const goScalar = (value: unknown): string =>
  typeof value === 'string' ? goString(value) : JSON.stringify(value);

const order = 'fkvi';

/** The order of elements in FieldsV1: fields, keys, values, places; each by what it holds. */
export function compareElements(a: Element, b: Element): number {
  if (a === b) return 0;
  const kind = order.indexOf(a[0]!) - order.indexOf(b[0]!);
  if (kind !== 0) return kind;
  if (a[0] === 'f') return a < b ? -1 : 1;
  if (a[0] === 'i') return Number(a.slice(2)) - Number(b.slice(2));
  return quickly(a, b) ?? (compareParsed(a, b) || (a < b ? -1 : 1));
}

/** Decides where both differ inside one JSON string without escapes: the usual case, names. */
function quickly(a: Element, b: Element): number | undefined {
  if (a.includes('\\') || b.includes('\\')) return undefined;
  let at = 2;
  let inside = false;
  for (; at < a.length && a[at] === b[at]; at++) if (a[at] === '"') inside = !inside;
  if (!inside || at >= a.length || at >= b.length) return undefined;
  if (a[at] === '"') return -1;
  if (b[at] === '"') return 1;
  return a[at]! < b[at]! ? -1 : 1;
}

function compareParsed(a: Element, b: Element): number {
  const left: unknown = JSON.parse(a.slice(2));
  const right: unknown = JSON.parse(b.slice(2));
  if (a[0] === 'v') return compareScalars(left, right);
  const lefts = Object.entries(left as object);
  const rights = Object.entries(right as object);
  for (let i = 0; i < Math.min(lefts.length, rights.length); i++) {
    const [name, value] = lefts[i]!;
    const [otherName, otherValue] = rights[i]!;
    const result =
      name === otherName ? compareScalars(value, otherValue) : name < otherName ? -1 : 1;
    if (result !== 0) return result;
  }
  return lefts.length - rights.length;
}

const ranks = ['number', 'string', 'boolean', 'object'];

function compareScalars(a: unknown, b: unknown): number {
  const kind = ranks.indexOf(typeof a) - ranks.indexOf(typeof b);
  if (kind !== 0) return kind;
  if (a === b) return 0;
  return (a as string) < (b as string) ? -1 : 1;
}

/** The element as error texts write it: `.name`, `[name="x"]`, `[="x"]`, `[0]`. */
export function elementText(element: Element): string {
  const rest = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${rest}`;
    case 'k': {
      const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
      return `[${keys.map(([name, value]) => `${name}=${valueText(value)}`).join(',')}]`;
    }
    case 'v':
      return `[=${valueText(JSON.parse(rest))}]`;
    default:
      return `[${rest}]`;
  }
}

const valueText = (value: unknown): string =>
  value === null ? 'null' : typeof value === 'string' ? JSON.stringify(value) : String(value);
