import type { Signature } from '../types/signature.ts';
import { readSignature } from '../types/signature.ts';
import type { CelType } from '../types/type.ts';
import type { Value } from '../values/value.ts';
import { isList, isMap, Opaque, Optional, typeName } from '../values/value.ts';

/** What a function does with arguments that fit its signature. Throws CelError. */
export type Run = (...args: readonly Value[]) => Value;

/** One way to call a function. */
export interface Overload extends Signature {
  readonly id: string;
  readonly run: Run;
}

/** All ways to call one function. */
export interface FunctionDeclaration {
  readonly name: string;
  readonly overloads: readonly Overload[];
}

/** What tables of functions hold: upstream's id, the signature, what it does. */
export type Row = readonly [id: string, signature: string, run: (...args: never[]) => Value];

/** A function from the rows of its overloads. */
export const declare = (name: string, ...rows: readonly Row[]): FunctionDeclaration => ({
  name,
  overloads: rows.map(([id, signature, run]) => ({
    id,
    ...readSignature(signature),
    run: run as Run,
  })),
});

const byName: Readonly<Partial<Record<CelType['kind'], string>>> = {
  bool: 'bool',
  int: 'int',
  uint: 'uint',
  double: 'double',
  string: 'string',
  bytes: 'bytes',
  null: 'null_type',
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  type: 'type',
};

/** Whether a value may be the argument of that type. */
export function accepts(type: CelType, value: Value): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'any':
    case 'param':
    case 'error':
      return true;
    case 'list':
      return isList(value);
    case 'map':
      return value !== null && isMap(value);
    case 'opaque':
      if (type.name === 'optional_type') return value instanceof Optional;
      return value instanceof Opaque && value.type.name === type.name;
    case 'object':
      return typeName(value) === type.name;
    default:
      return typeName(value) === byName[type.kind];
  }
}
