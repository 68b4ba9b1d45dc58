import type { CelType } from './type.ts';
import { dyn, isDyn, sameType } from './type.ts';

/** What type parameters stand for, by name. */
export type Bindings = ReadonlyMap<string, CelType>;

const nullable = new Set(['opaque', 'object', 'any', 'duration', 'timestamp', 'null']);
const wild = (type: CelType): boolean => isDyn(type) || type.kind === 'error';

/** The bindings with which each of `a` takes the one of `b`, undefined when there are none. */
export function assignAll(
  bindings: Bindings,
  a: readonly CelType[],
  b: readonly CelType[],
): Bindings | undefined {
  if (a.length !== b.length) return undefined;
  const found = new Map(bindings);
  return a.every((each, at) => fits(found, each, b[at]!)) ? found : undefined;
}

/** The bindings with which the two types are one, undefined when there are none. */
export const assign = (bindings: Bindings, a: CelType, b: CelType): Bindings | undefined =>
  assignAll(bindings, [a], [b]);

function fits(found: Map<string, CelType>, a: CelType, b: CelType): boolean {
  if (b.kind === 'param') {
    const known = found.has(b.name!);
    if (bind(found, a, b)) return true;
    if (known) return false;
  }
  if (a.kind === 'param') return bind(found, b, a);
  if (wild(a) || wild(b)) return true;
  if (a.kind === 'null') return nullable.has(b.kind);
  if (b.kind === 'null') return nullable.has(a.kind);
  if (a.kind === 'type') return b.kind === 'type';
  if (a.kind !== b.kind || a.name !== b.name) return false;
  const left = a.parameters ?? [];
  const right = b.parameters ?? [];
  return left.length === right.length && left.every((each, at) => fits(found, each, right[at]!));
}

/** Whether `param` may stand for `type`; widens what it stood for to the more general of both. */
function bind(found: Map<string, CelType>, type: CelType, param: CelType): boolean {
  if (sameType(type, param)) return true;
  const before = found.get(param.name!);
  if (!before) {
    if (occurs(found, param, type)) return false;
    found.set(param.name!, type);
    return true;
  }
  if (sameType(type, before)) return true;
  if (!fits(found, type, before)) return false;
  const wider = mostGeneral(type, before);
  if (!occurs(found, param, wider)) found.set(param.name!, wider);
  return true;
}

function occurs(found: Map<string, CelType>, param: CelType, within: CelType): boolean {
  if (sameType(param, within)) return true;
  if (within.kind === 'param') {
    const next = found.get(within.name!);
    return next !== undefined && occurs(found, param, next);
  }
  return (within.parameters ?? []).some((each) => occurs(found, param, each));
}

/** The one of two assignable types that says less. */
export const mostGeneral = (a: CelType, b: CelType): CelType => (saysLess(a, b) ? a : b);

function saysLess(a: CelType, b: CelType): boolean {
  if (isDyn(a) || a.kind === 'param') return true;
  if (isDyn(b) || b.kind === 'param') return false;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'type') return true;
  const left = a.parameters ?? [];
  const right = b.parameters ?? [];
  if (a.name !== b.name || left.length !== right.length) return false;
  return left.every((each, at) => saysLess(each, right[at]!));
}

/** The type with parameters replaced by what they stand for; by dyn at the end, when `settle`. */
export function substitute(bindings: Bindings, type: CelType, settle: boolean): CelType {
  if (type.kind === 'param') {
    const known = bindings.get(type.name!);
    if (known) return substitute(bindings, known, settle);
    return settle ? dyn : type;
  }
  if (!type.parameters?.length) return type;
  const parameters = type.parameters.map((each) => substitute(bindings, each, settle));
  return parameters.every((each, at) => each === type.parameters![at])
    ? type
    : { ...type, parameters };
}
