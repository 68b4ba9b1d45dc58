import { scalarText } from './scalar.ts';

/** The YAML text of a canonical object as sigs.k8s.io/yaml prints it: keys sorted, lists not indented. */
export function encodeYaml(object: unknown): string {
  const lines = block(plainOf(object), '', 0);
  return `${lines.startsWith('\n') ? lines.slice(1) : lines}\n`;
}

/** What JSON would print of the value. */
const plainOf = (value: unknown): unknown => {
  const own = (value as { toJSON?: () => unknown } | null | undefined)?.toJSON;
  return typeof own === 'function' ? own.call(value) : value;
};

/** The value behind its key or dash: on the same line after a space, or from the next line on. */
function block(value: unknown, indent: string, column: number): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `\n${sequence(value, indent)}`;
  if (typeof value === 'object' && value !== null) {
    const entries = mapping(value as Record<string, unknown>, indent);
    return entries === '' ? '{}' : `\n${entries}`;
  }
  if (typeof value === 'string') return scalarText(value, { indent: `${indent}  `, column });
  return typeof value === 'number' ? numberText(value) : String(value);
}

function sequence(items: readonly unknown[], indent: string): string {
  const inner = `${indent}  `;
  return items
    .map((item) => {
      const plain = plainOf(item);
      const isNested = typeof plain === 'object' && plain !== null;
      const text = block(plain, isNested ? inner : indent, inner.length);
      // The first line of a nested block stands behind the dash.
      return `${indent}- ${text.startsWith('\n') ? text.slice(1 + inner.length) : text}`;
    })
    .join('\n');
}

const simpleKeyMax = 128;

function mapping(object: Readonly<Record<string, unknown>>, indent: string): string {
  const lines: string[] = [];
  for (const key of Object.keys(object).toSorted(compareKeys)) {
    const value = plainOf(object[key]);
    if (value === undefined) continue;
    const name = scalarText(key);
    const head =
      name.length > simpleKeyMax ? `${indent}? ${name}\n${indent}:` : `${indent}${name}:`;
    const text = block(
      value,
      Array.isArray(value) ? indent : isFilledObject(value) ? `${indent}  ` : indent,
      head.length - head.lastIndexOf('\n'),
    );
    lines.push(text.startsWith('\n') ? head + text : `${head} ${text}`);
  }
  return lines.join('\n');
}

const isFilledObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const numberText = (value: number): string => String(value).replace(/e([-+])(\d)$/, 'e$10$2');

const isLetter = (found: string): boolean => /\p{L}/u.test(found);
const isDigit = (found: string | undefined): boolean =>
  found !== undefined && /\p{Nd}/u.test(found);

/** go-yaml's order of keys: runs of digits by their number, letters after other characters. */
function compareKeys(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)];
  const at = a.findIndex((found, index) => found !== b[index]);
  if (at < 0 || at >= b.length) return a.length - b.length;
  const [letterA, letterB] = [isLetter(a[at]!), isLetter(b[at]!)];
  if (letterA !== letterB) return letterB ? -1 : 1;
  if (letterA) return a[at]! < b[at]! ? -1 : 1;
  const [numberA, numberB] = [numberAt(a, b, at), numberAt(b, a, at)];
  if (numberA.value !== numberB.value) return numberA.value < numberB.value ? -1 : 1;
  if (numberA.end !== numberB.end) return numberA.end - numberB.end;
  return a[at]! < b[at]! ? -1 : 1;
}

/** The number that starts at a place; digits before it count where a zero stands there. */
function numberAt(
  text: readonly string[],
  other: readonly string[],
  at: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  if (text[at] === '0' || other[at] === '0')
    for (let before = at - 1; isDigit(text[before]); before--)
      if (text[before] !== '0') {
        value = 1;
        break;
      }
  let end = at;
  for (; isDigit(text[end]); end++) value = value * 10 + Number(text[end]);
  return { value, end };
}
