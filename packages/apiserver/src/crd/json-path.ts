import { isRecord } from './schema/schema.ts';

/** One step of a path: a field, an index, a slice, all, or those that a filter takes. */
type Step = (value: unknown) => readonly unknown[];
/** All values at a path, in order; absent fields give none. */
export type JsonPath = (value: unknown) => readonly unknown[];

const field =
  (name: string): Step =>
  (value) => {
    if (!isRecord(value) || !Object.hasOwn(value, name)) return [];
    return [value[name]];
  };

const all: Step = (value) =>
  Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? Object.values(value) : [];

const index =
  (at: number): Step =>
  (value) =>
    Array.isArray(value) && at < value.length && at >= -value.length ? [value.at(at)] : [];

const slice =
  (from: number | undefined, to: number | undefined): Step =>
  (value) =>
    Array.isArray(value) ? value.slice(from ?? 0, to) : [];

const deep: Step = (value) =>
  typeof value === 'object' && value !== null ? [value, ...all(value).flatMap(deep)] : [];

const comparisons: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => (a as number) > (b as number),
  '>=': (a, b) => (a as number) >= (b as number),
  '<': (a, b) => (a as number) < (b as number),
  '<=': (a, b) => (a as number) <= (b as number),
};

const longestMax = 4096;

/** The path that kubectl's JSONPath `{text}` walks, without its templates; undefined where it is none. */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (text.length > longestMax) return undefined;
  const steps = parseSteps(text.replace(/^\$/, ''));
  return steps && ((value) => steps.reduce((found, step) => found.flatMap(step), [value]));
}

function parseSteps(text: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (let rest = text.trim(); rest !== '';) {
    if (rest.startsWith('..')) {
      steps.push(deep);
      rest = rest.slice(rest[2] === '[' ? 2 : 1);
      continue;
    }
    if (rest === '.') return steps;
    const name = /^\.((?:\\.|[^.[\]\s\\])+)/.exec(rest) ?? /^([^.[\]\s\\$@*]+)/.exec(rest);
    if (name) {
      const plain = name[1]!.replaceAll(/\\(.)/g, '$1');
      steps.push(plain === '*' ? all : field(plain));
      rest = rest.slice(name[0].length);
      continue;
    }
    if (!rest.startsWith('[')) return undefined;
    const end = closing(rest);
    const step = end > 0 ? parseBracket(rest.slice(1, end).trim()) : undefined;
    if (!step) return undefined;
    steps.push(step);
    rest = rest.slice(end + 1);
  }
  return steps;
}

/** Where the bracket that opens `text` closes; -1 where it does not. */
function closing(text: string): number {
  let quote = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const found = text[at]!;
    if (quote) {
      if (found === '\\') at++;
      else if (found === quote) quote = '';
    } else if (found === '"' || found === "'") quote = found;
    else if (found === '[') depth++;
    else if (found === ']' && --depth === 0) return at;
  }
  return -1;
}

function parseBracket(text: string): Step | undefined {
  if (text === '*') return all;
  if (/^-?\d+$/.test(text)) return index(Number(text));
  const [, from, to] = /^(-?\d+)?:(-?\d+)?$/.exec(text) ?? [];
  if (text.includes(':') && /^[-\d:]+$/.test(text))
    return slice(from ? Number(from) : undefined, to ? Number(to) : undefined);
  const [, , name] = /^(['"])((?:(?!\1).)*)\1$/.exec(text) ?? [];
  if (name !== undefined) return field(name);
  const [, condition] = /^\?\((.*)\)$/s.exec(text) ?? [];
  return condition === undefined ? undefined : filter(condition.trim());
}

function filter(condition: string): Step | undefined {
  const [, left = '', operator, right] =
    /^(.+?)\s*(==|!=|>=|<=|>|<)\s*(.+)$/s.exec(condition) ?? [];
  if (operator === undefined) {
    const path = operand(condition);
    return path && ((value) => all(value).filter((item) => path(item).length > 0));
  }
  const [a, b] = [operand(left), operand(right!)];
  const compare = comparisons[operator]!;
  if (!a || !b) return undefined;
  return (value) =>
    all(value).filter((item) => {
      const [x, y] = [a(item), b(item)];
      return x.length > 0 && y.length > 0 && compare(x[0], y[0]);
    });
}

/** A path from the item (`@.type`), or a constant. */
function operand(text: string): JsonPath | undefined {
  const plain = text.trim();
  if (plain.startsWith('@')) return parseJsonPath(plain.slice(1));
  const [, , inside] = /^(['"])(.*)\1$/s.exec(plain) ?? [];
  if (inside !== undefined) return () => [inside];
  if (/^-?\d+(\.\d+)?$/.test(plain)) return () => [Number(plain)];
  if (plain === 'true' || plain === 'false') return () => [plain === 'true'];
  return undefined;
}
