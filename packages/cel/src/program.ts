import type { Environment } from './environment.ts';
import type { Expr } from './language/ast.ts';
import { check } from './language/check.ts';
import type { Checked } from './language/check.ts';
import { checkLiterals } from './language/literals.ts';
import { parse } from './language/parser.ts';
import type { CompileIssue } from './language/source.ts';
import { writeIssues } from './language/source.ts';
import { someNode } from './language/walk.ts';
import { limits } from './limits.ts';
import type { Binding, Frame } from './run/plan.ts';
import { CostExceeded, plan } from './run/plan.ts';
import type { CelType } from './types/type.ts';
import { dyn, runtimeTypeName, sameType } from './types/type.ts';
import type { Value } from './values/value.ts';
import { CelError } from './values/value.ts';

export type Bindings = Readonly<Record<string, Binding>>;

/** What a run comes to, and what it cost in upstream's units. */
export type Outcome =
  | { readonly value: Value; readonly error?: undefined; readonly cost: number }
  | { readonly error: CelError; readonly value?: undefined; readonly cost: number };

/** An expression that fits its environment. */
export interface Program {
  readonly text: string;
  readonly type: CelType;
  /** For cost estimates and questions about the text. */
  readonly checked: Checked;
  /** Runs within `costMax` (by default upstream's limit for one call). Bindings are values, or give them when asked. */
  run(bindings: Bindings, costMax?: number): Outcome;
}

/** `message` is what upstream's server tells of it. */
export type Compiled =
  | { readonly program: Program; readonly message?: undefined }
  | { readonly message: string; readonly program?: undefined };

export interface CompileOptions {
  /** The types that the whole may have; any, when absent. */
  readonly returns?: readonly CelType[];
  /** Put before the list of issues: upstream's admission says `compilation failed: `. */
  readonly prefix?: string;
}

const failed = (text: string, prefix: string, issues: readonly CompileIssue[]): Compiled => ({
  message: prefix + writeIssues(text, issues),
});

/** Reads, checks and plans an expression. Never throws for what is wrong with it. */
export function compile(text: string, env: Environment, options: CompileOptions = {}): Compiled {
  const { returns, prefix = 'compilation failed: ' } = options;
  const { expr, issues } = parse(text, env.macros);
  if (!expr) return failed(text, prefix, issues);
  const checked = check(expr, env);
  if (checked.issues.length) return failed(text, prefix, checked.issues);
  const literals = checkLiterals(checked);
  if (literals.length) return failed(text, prefix, literals);
  const type = checked.types.get(expr.id) ?? dyn;
  if (returns && !returns.some((each) => each.kind === 'any' || sameType(each, type)))
    return { message: wrongType(returns, type) };
  return { program: programOf(text, type, checked) };
}

function wrongType(returns: readonly CelType[], type: CelType): string {
  const names = returns.map(runtimeTypeName);
  const wanted = names.length === 1 ? names[0]! : `one of [${names.join(' ')}]`;
  return `must evaluate to ${wanted} but got ${runtimeTypeName(type)}`;
}

function programOf(text: string, type: CelType, checked: Checked): Program {
  const step = plan(checked);
  return {
    text,
    type,
    checked,
    run: (bindings, costMax = limits.perCall) => {
      const frame: Frame = { bindings, known: new Map(), slots: [], cost: 0, costMax };
      try {
        return { value: step(frame), cost: frame.cost };
      } catch (cause) {
        if (cause instanceof CelError) return { error: cause, cost: frame.cost };
        if (cause instanceof RangeError)
          return {
            error: new CelError('evaluation nested too deeply', { cause }),
            cost: frame.cost,
          };
        throw cause;
      }
    },
  };
}

/** It was stopped because it cost too much. */
export const isCostExceeded = (error: CelError): boolean => error instanceof CostExceeded;

/** Whether a program looks at a variable of its environment. */
export const uses = ({ checked }: Program, variable: string): boolean =>
  someNode(checked.expr, ({ id }) => {
    const name = checked.names.get(id);
    return name === variable || (name?.startsWith(`${variable}.`) ?? false);
  });

/** Whether a program selects a field of a variable, as `variable.field` or `variable.?field`; `has(...)` counts too. */
export const selects = ({ checked }: Program, variable: string, field: string): boolean =>
  someNode(checked.expr, (node) => {
    if (node.kind === 'select') return node.field === field && isNamed(node.operand, variable);
    if (node.kind !== 'call' || node.name !== '_?._') return false;
    const [operand, name] = node.args;
    return isNamed(operand!, variable) && name?.kind === 'literal' && name.value === field;
  });

const isNamed = (expr: Expr, name: string): boolean => expr.kind === 'ident' && expr.name === name;
