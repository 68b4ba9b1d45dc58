import type { Value } from '../values/value.ts';

interface Node {
  readonly id: number;
  /** Where it stands in the text, in code points. */
  readonly at: number;
}

export interface Entry extends Node {
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
}

export interface Field extends Node {
  readonly name: string;
  readonly value: Expr;
  readonly optional: boolean;
}

/** What macros become: a loop over a range with a variable that gathers. */
export interface Fold extends Node {
  readonly kind: 'fold';
  readonly range: Expr;
  readonly variable: string;
  readonly second: string | undefined;
  readonly gathers: string;
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

/** An expression, read and with its macros expanded. */
export type Expr =
  | (Node & { readonly kind: 'literal'; readonly value: Value })
  | (Node & { readonly kind: 'ident'; readonly name: string })
  | (Node & {
      readonly kind: 'select';
      readonly operand: Expr;
      readonly field: string;
      /** `has(a.b)`: asks whether it is there. */
      readonly test: boolean;
    })
  | (Node & {
      readonly kind: 'call';
      readonly name: string;
      readonly target: Expr | undefined;
      readonly args: readonly Expr[];
    })
  | (Node & {
      readonly kind: 'list';
      readonly elements: readonly Expr[];
      readonly optional: ReadonlySet<number>;
    })
  | (Node & { readonly kind: 'map'; readonly entries: readonly Entry[] })
  | (Node & { readonly kind: 'struct'; readonly name: string; readonly fields: readonly Field[] })
  | Fold;

/** `a.b.c` as one name, undefined when it is not made of names alone. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.test) return undefined;
  const before = qualifiedName(expr.operand);
  return before === undefined ? undefined : `${before}.${expr.field}`;
}

/** The variable that macros gather in; no text can name it. */
export const gathered = '@result';
