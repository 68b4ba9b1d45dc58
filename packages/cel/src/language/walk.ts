import type { Expr } from './ast.ts';

/** Whether any part of a program satisfies a question, from the whole down to the leaves. */
export function someNode(expr: Expr, holds: (node: Expr) => boolean): boolean {
  return holds(expr) || parts(expr).some((part) => someNode(part, holds));
}

function parts(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'select':
      return [expr.operand];
    case 'call':
      return expr.target ? [expr.target, ...expr.args] : expr.args;
    case 'list':
      return expr.elements;
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return expr.fields.map(({ value }) => value);
    case 'fold':
      return [expr.range, expr.init, expr.condition, expr.step, expr.result];
    default:
      return [];
  }
}
