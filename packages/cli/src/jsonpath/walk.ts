import { goText } from '../printers/go-text.ts';
import type { Path, Piece, Step } from './parse.ts';

export interface WalkOptions {
  /** A field that is nowhere gives nothing instead of an error. */
  readonly allowMissing: boolean;
}

type Values = readonly unknown[];

/** The values of each action and text of a template, in order. Throws upstream's words where a step does not fit. */
export function resultsOf(
  pieces: readonly Piece[],
  data: unknown,
  options: WalkOptions,
): readonly Values[] {
  const results: Values[] = [];
  for (const piece of pieces)
    switch (piece.piece) {
      case 'text':
        results.push([piece.text]);
        break;
      case 'path':
        results.push(walk(piece.path, [data], options));
        break;
      case 'range':
        for (const value of walk(piece.path, [data], options))
          results.push(...resultsOf(piece.body, value, options));
        break;
      case 'end':
        throw new Error('not in range, nothing to end');
    }
  return results;
}

const walk = (path: Path, values: Values, options: WalkOptions): Values =>
  path.reduce<Values>((present, step) => stepped(step, present, options), values);

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields in the order of their names: Go's own order is random. */
function childrenOf(value: unknown): Values {
  if (Array.isArray(value)) return value;
  if (isMap(value))
    return Object.keys(value)
      .toSorted()
      .map((key) => value[key]);
  return [];
}

function stepped(step: Step, values: Values, options: WalkOptions): Values {
  switch (step.step) {
    case 'value':
      return typeof step.value === 'string' ? [step.value] : values.map(() => step.value);
    case 'field':
      return fieldOf(step.name, values, options);
    case 'slice':
      return values.flatMap((value) => (value === null ? [] : sliced(step, value)));
    case 'filter':
      return values.flatMap((value) => filtered(step, value, options));
    case 'each':
      return values.flatMap(childrenOf);
    case 'deep':
      return descendants(values);
    case 'union':
      return step.paths.flatMap((path) => walk(path, values, options));
    case 'word':
      throw new Error(`unrecognized identifier ${step.word}`);
  }
}

function fieldOf(name: string, values: Values, { allowMissing }: WalkOptions): Values {
  if (values.length === 0) return [];
  const found = values.flatMap((value) =>
    isMap(value) && Object.hasOwn(value, name) ? [value[name]] : [],
  );
  if (found.length === 0 && !allowMissing) throw new Error(`${name} is not found`);
  return found;
}

const descendants = (values: Values): Values =>
  values.flatMap((value) => {
    const children = childrenOf(value);
    return children.length === 0 ? [] : [value, ...descendants(children)];
  });

function sliced(step: Step & { step: 'slice' }, value: unknown): Values {
  if (!Array.isArray(value)) throw new Error(`${goTypeOf(value)} is not array or slice`);
  const { length } = value;
  const start = step.from ?? 0;
  const from = start < 0 ? start + length : start;
  const derived = start + 1;
  const end = step.isIndex ? derived : (step.to ?? length);
  const to = end < 0 || (end === 0 && step.isIndex) ? end + length : end;
  if (from === to) return [];
  if (from >= length || from < 0)
    throw new Error(`array index out of bounds: index ${from}, length ${length}`);
  if (to > length || to < 0)
    throw new Error(`array index out of bounds: index ${to - 1}, length ${length}`);
  if (from > to) throw new Error(`starting index ${from} is greater than ending index ${to}`);
  if (step.by !== undefined && step.by <= 0) throw new Error('step must be > 0');
  return value.slice(from, to).filter((_, at) => at % (step.by ?? 1) === 0);
}

const goTypeOf = (value: unknown): string =>
  isMap(value)
    ? 'map[string]interface {}'
    : typeof value === 'number'
      ? 'int64'
      : typeof value === 'boolean'
        ? 'bool'
        : 'string';

function filtered(step: Step & { step: 'filter' }, value: unknown, options: WalkOptions): Values {
  if (!Array.isArray(value))
    throw new Error(`${goText(value)} is not array or slice and cannot be filtered`);
  return value.filter((item) => {
    if (step.operator === 'exists')
      return walk(step.left, [item], { allowMissing: true }).length > 0;
    const lefts = walk(step.left, [item], options);
    if (lefts.length === 0) return false;
    const rights = walk(step.right, [item], options);
    if (rights.length === 0) return false;
    if (lefts.length > 1 || rights.length > 1)
      throw new Error('can only compare one element at a time');
    return compared(step.operator, lefts[0], rights[0]);
  });
}

function compared(operator: string, left: unknown, right: unknown): boolean {
  const order = orderOf(left, right);
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
    default:
      throw new Error(`unrecognized filter operator ${operator}`);
  }
}

function orderOf(left: unknown, right: unknown): number {
  if (typeof left !== typeof right) throw new Error('incompatible types for comparison');
  if (typeof left === 'boolean') return Number(left) - Number(right);
  if (typeof left === 'string' || typeof left === 'number')
    return left === right ? 0 : left < (right as typeof left) ? -1 : 1;
  throw new Error('invalid type for comparison');
}
