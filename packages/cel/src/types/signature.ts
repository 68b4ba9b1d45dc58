import type { CelType } from './type.ts';
import * as types from './type.ts';

const named: Readonly<Record<string, CelType>> = {
  dyn: types.dyn,
  any: types.anyType,
  null: types.nullType,
  bool: types.bool,
  int: types.int,
  uint: types.uint,
  double: types.double,
  string: types.string,
  bytes: types.bytes,
  timestamp: types.timestamp,
  duration: types.duration,
  type: types.typeOf(),
};

/** Names that stand for types which are opaque to the checker; all other long names are objects. */
const opaqueNames = new Set(['net.IP', 'net.CIDR']);

export interface Signature {
  readonly member: boolean;
  readonly params: readonly CelType[];
  readonly result: CelType;
}

function split(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')') depth--;
    if (text[at] !== ',' || depth) continue;
    parts.push(text.slice(from, at).trim());
    from = at + 1;
  }
  const last = text.slice(from).trim();
  return last ? [...parts, last] : parts;
}

/** Reads a type as tables of functions write it: `map(K, list(string))`, one capital for a parameter. */
export function readType(text: string): CelType {
  const open = text.indexOf('(');
  if (open > 0) {
    const parameters = split(text.slice(open + 1, -1)).map(readType);
    const name = text.slice(0, open);
    if (name === 'optional') return types.optionalOf(parameters[0]!);
    return { kind: name as CelType['kind'], parameters };
  }
  if (/^[A-Z]$/.test(text)) return types.parameter(text);
  if (opaqueNames.has(text)) return types.opaqueType(text);
  return named[text] ?? types.objectType(text);
}

/** Reads `(int, int) int`, or `string.(string) bool` for a call on a receiver. */
export function readSignature(text: string): Signature {
  const dot = text.indexOf('.(');
  const member = dot > 0;
  const open = member ? dot + 1 : 0;
  let depth = 0;
  let close = open;
  do {
    if (text[close] === '(') depth++;
    if (text[close] === ')') depth--;
    close++;
  } while (depth);
  const params = split(text.slice(open + 1, close - 1)).map(readType);
  if (member) params.unshift(readType(text.slice(0, dot)));
  return { member, params, result: readType(text.slice(close).trim()) };
}
