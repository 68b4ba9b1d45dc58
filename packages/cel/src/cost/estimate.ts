import type { Expr, Fold } from '../language/ast.ts';
import type { Checked } from '../language/check.ts';
import type { CelType } from '../types/type.ts';
import { dyn } from '../types/type.ts';
import { sizeOf } from '../values/value.ts';
import { type Argument, type Estimate, estimateCall } from './calls.ts';
import type { Range } from './range.ts';
import { either, exactly, plus, times, unknown } from './range.ts';

/**
 * How large a value may be, by where it comes from: a variable, then names of fields, `@items`, `@keys` or `@values`; no path
 * when it comes from nowhere that has a schema.
 */
export type SizeHint = (path: readonly string[] | undefined, type: CelType) => Range | undefined;

/** The least and the most that one run of a checked expression may cost. */
export function estimateCost({ checked }: { readonly checked: Checked }, hint: SizeHint): Range {
  return new Estimator(checked, hint).cost(checked.expr);
}

interface Local {
  readonly path: readonly string[] | undefined;
  readonly size: Range | undefined;
}

const createCosts = { list: 10, map: 30, struct: 40 } as const;
const gathers = (path: readonly string[] | undefined): boolean =>
  path?.[0]?.startsWith('@') === true;

class Estimator {
  readonly #checked: Checked;
  readonly #hint: SizeHint;
  readonly #paths = new Map<number, readonly string[]>();
  readonly #sizes = new Map<number, Range>();
  readonly #elements = new Map<number, Range>();
  readonly #locals: (readonly [name: string, local: Local])[] = [];

  constructor(checked: Checked, hint: SizeHint) {
    this.#checked = checked;
    this.#hint = hint;
  }

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case 'literal':
        return exactly(0);
      case 'ident':
        return this.#ident(expr.id, this.#checked.names.get(expr.id) ?? expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return plus(
          exactly(createCosts.map),
          ...expr.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]),
        );
      case 'struct':
        return plus(
          exactly(createCosts.struct),
          ...expr.fields.map(({ value }) => this.cost(value)),
        );
      case 'fold':
        return this.#fold(expr);
    }
  }

  #type(expr: Expr): CelType {
    return this.#checked.types.get(expr.id) ?? dyn;
  }

  #ident(id: number, name: string): Range {
    const local = this.#locals.findLast(([each]) => each === name)?.[1];
    this.#paths.set(id, local ? (local.path ?? []) : [name]);
    if (local?.size) this.#sizes.set(id, local.size);
    return exactly(1);
  }

  #select(expr: Expr & { kind: 'select' }): Range {
    const named = this.#checked.names.get(expr.id);
    if (named !== undefined) return this.#ident(expr.id, named);
    const operand = this.cost(expr.operand);
    if (expr.test) return operand;
    this.#paths.set(expr.id, [...(this.#paths.get(expr.operand.id) ?? []), expr.field]);
    const { kind } = this.#type(expr.operand);
    return kind === 'map' || kind === 'object' || kind === 'param'
      ? plus(operand, exactly(1))
      : operand;
  }

  #path(expr: Expr): readonly string[] | undefined {
    const path = this.#paths.get(expr.id);
    return !path?.length || gathers(path) ? undefined : path;
  }

  #size(expr: Expr): Range {
    return this.#known(expr) ?? this.#hint(this.#path(expr), this.#type(expr)) ?? this.#bound(expr);
  }

  /** Numbers and the like are one; of all else nothing is known. */
  #bound(expr: Expr): Range {
    const scalar = /^(bool|int|uint|double|null|timestamp|duration)$/.test(this.#type(expr).kind);
    return scalar ? exactly(1) : unknown;
  }

  #known(expr: Expr): Range | undefined {
    const known = this.#sizes.get(expr.id);
    if (known) return known;
    if (expr.kind === 'literal') return exactly(sizeOf(expr.value) ?? 1);
    if (expr.kind === 'list') return exactly(expr.elements.length);
    return expr.kind === 'map' ? exactly(expr.entries.length) : undefined;
  }

  #list(expr: Expr & { kind: 'list' }): Range {
    const costs = expr.elements.map((each) => this.cost(each));
    const sizes = expr.elements.map((each) => this.#size(each));
    this.#elements.set(expr.id, sizes.length ? sizes.reduce(either) : exactly(0));
    return plus(exactly(createCosts.list), ...costs);
  }

  #argument(expr: Expr): Argument {
    const type = this.#type(expr);
    const path = this.#path(expr);
    const [of] = type.parameters ?? [];
    return {
      type,
      size: this.#size(expr),
      element: of && (() => this.#hint(path && [...path, '@items'], of) ?? unknown),
      literal: expr.kind === 'literal' ? expr.value : undefined,
    };
  }

  #call(expr: Expr & { kind: 'call' }): Range {
    const { target, args } = expr;
    const long = this.#checked.calls.get(expr.id);
    const isMember = target !== undefined && long === undefined;
    const given = isMember ? [target, ...args] : args;
    const costs = given.map((arg) => this.cost(arg));
    const name = long ?? expr.name;
    if (name === 'dyn') return this.#passed(expr, given[0]!, costs[0]!);
    const [first = exactly(0), second = exactly(0), third = exactly(0)] = costs;
    if (name === '_&&_' || name === '_||_') return { min: first.min, max: plus(first, second).max };
    const overloads = this.#checked.overloads.get(expr.id) ?? [];
    if (!overloads.length) return exactly(0);
    const known = given.map((arg) => this.#argument(arg));
    const found = overloads.map(({ id }) => estimateCall(name, id, known, isMember));
    this.#remember(expr, given, found);
    if (name === '_?_:_') return plus(first, either(second, third));
    return plus(found.map(({ cost }) => cost).reduce(either), ...costs);
  }

  #passed(expr: Expr, arg: Expr, cost: Range): Range {
    const size = this.#sizes.get(arg.id);
    if (size) this.#sizes.set(expr.id, size);
    return plus(cost, exactly(1));
  }

  #remember(
    expr: Expr & { kind: 'call' },
    given: readonly Expr[],
    found: readonly Estimate[],
  ): void {
    const sizes = found.flatMap(({ size }) => (size ? [size] : []));
    if (sizes.length) this.#sizes.set(expr.id, sizes.reduce(either));
    if (expr.name !== '_[_]') return;
    const [operand] = given;
    const element = this.#elements.get(operand!.id);
    if (element) this.#sizes.set(expr.id, element);
    const step = this.#type(operand!).kind === 'map' ? '@values' : '@items';
    this.#paths.set(expr.id, [...(this.#paths.get(operand!.id) ?? []), step]);
  }

  #fold(expr: Fold): Range {
    const costs = [this.cost(expr.range), this.cost(expr.init)];
    const { range } = expr;
    const path = this.#paths.get(range.id) ?? [];
    const isList = this.#type(range).kind === 'list';
    const element = this.#elements.get(range.id);
    const values: Local = { path: [...path, isList ? '@items' : '@values'], size: element };
    const keys: Local = { path: [...path, isList ? '@indices' : '@keys'], size: undefined };
    const isBind = range.kind === 'list' && range.elements.length === 0;
    const init: Local = { path: this.#paths.get(expr.init.id), size: this.#known(expr.init) };
    const before = this.#locals.length;
    this.#locals.push([expr.gathers, isBind ? init : { path: ['@result'], size: undefined }]);
    if (isBind) {
      costs.push(this.cost(expr.result));
      this.#locals.length = before;
      return plus(...costs);
    }
    if (expr.second === undefined) this.#locals.push([expr.variable, isList ? values : keys]);
    else this.#locals.push([expr.variable, keys], [expr.second, values]);
    const round = plus(this.cost(expr.condition), this.cost(expr.step));
    this.#locals.length = before + 1;
    costs.push(this.cost(expr.result));
    this.#locals.length = before;
    const rounds = this.#size(range);
    if (expr.init.kind === 'list' || expr.init.kind === 'map') this.#sizes.set(expr.id, rounds);
    return plus(...costs, times(rounds, round));
  }
}
