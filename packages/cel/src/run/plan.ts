import type { Checked } from '../language/check.ts';
import type { Entry, Expr, Fold } from '../language/ast.ts';
import { actualCost } from '../cost/actual.ts';
import { runtimeTypeName } from '../types/type.ts';
import { equal } from '../values/equal.ts';
import { PairMap } from '../values/maps.ts';
import type { Value } from '../values/value.ts';
import { CelError, isList, isMap, Optional, typeName, TypeValue } from '../values/value.ts';
import type { Overload } from './overload.ts';
import { accepts } from './overload.ts';
import { element, optionalElement, optionalField, selected } from './select.ts';
import { StructMap } from './struct.ts';

/** A value of a variable, or how to get it; asked at most once in a run. */
export type Binding = Value | (() => Value);

/** One run of a program. */
export interface Frame {
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly known: Map<string, Value>;
  /** Variables of loops; an error stands in the place of what could not be had. */
  readonly slots: (Value | CelError)[];
  cost: number;
  readonly costMax: number;
}

/** A node made into a function. */
export type Step = (frame: Frame) => Value;

/** What cost no more than they were given. */
export class CostExceeded extends CelError {}

/** Adds to what a run has cost; throws CostExceeded past its limit. */
export function spend(frame: Frame, cost: number): void {
  frame.cost += cost;
  if (frame.cost > frame.costMax)
    throw new CostExceeded('operation cancelled: actual cost limit exceeded');
}

/** Makes a checked expression into one function of a run. */
export function plan(checked: Checked): Step {
  return new Planner(checked).step(checked.expr);
}

const failure = (cause: unknown): CelError => {
  if (cause instanceof CelError && !(cause instanceof CostExceeded)) return cause;
  throw cause;
};

/** A step's value, or the error it ends in; a run that must stop goes on stopping. */
function attempt(step: Step, frame: Frame): Value | CelError {
  try {
    return step(frame);
  } catch (cause) {
    return failure(cause);
  }
}

const values = (held: Value | CelError): Value => {
  if (held instanceof CelError) throw held;
  return held;
};

class Planner {
  readonly #checked: Checked;
  readonly #locals: (readonly [name: string, slot: number])[] = [];
  #slots = 0;

  constructor(checked: Checked) {
    this.#checked = checked;
  }

  step(expr: Expr): Step {
    switch (expr.kind) {
      case 'literal': {
        const { value } = expr;
        return () => value;
      }
      case 'ident':
        return this.#named(expr, this.#checked.names.get(expr.id) ?? expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr.entries);
      case 'struct':
        return this.#struct(expr);
      case 'fold':
        return this.#fold(expr);
    }
  }

  /** A variable, or a type by its name. */
  #named(expr: Expr, name: string): Step {
    const type = this.#checked.types.get(expr.id);
    if (type?.kind !== 'type' || this.#locals.some(([each]) => each === name))
      return this.#variable(name);
    const of = type.parameters?.[0];
    const { name: own = of ? runtimeTypeName({ ...of, parameters: [] }) : 'type' } = of ?? {};
    const value = new TypeValue(own);
    return () => value;
  }

  #variable(name: string): Step {
    const local = this.#locals.findLast(([each]) => each === name);
    if (local) {
      const [, slot] = local;
      return (frame) => {
        spend(frame, 1);
        return values(frame.slots[slot]!);
      };
    }
    return (frame) => {
      spend(frame, 1);
      const known = frame.known.get(name);
      if (known !== undefined) return known;
      const binding = frame.bindings[name];
      if (binding === undefined) throw new CelError(`no such attribute(s): ${name}`);
      const value = typeof binding === 'function' ? binding() : binding;
      frame.known.set(name, value);
      return value;
    };
  }

  #select(expr: Expr & { kind: 'select' }): Step {
    const named = this.#checked.names.get(expr.id);
    if (named !== undefined) return this.#named(expr, named);
    const operand = this.step(expr.operand);
    const { field, test } = expr;
    if (test)
      return (frame) => {
        const value = operand(frame);
        if (value instanceof Optional && value.value === undefined) return false;
        const target = value instanceof Optional ? value.value! : value;
        if (target === null || !isMap(target)) {
          if (target === null) throw new CelError(`no such key: ${field}`);
          throw new CelError('no such overload');
        }
        return target.get(field) !== undefined;
      };
    return (frame) => {
      const value = operand(frame);
      spend(frame, 1);
      return value instanceof Optional ? optionalField(value, field) : selected(value, field);
    };
  }

  #call(expr: Expr & { kind: 'call' }): Step {
    const { name, target, args } = expr;
    const long = this.#checked.calls.get(expr.id);
    const given = target && long === undefined ? [target, ...args] : args;
    const special = this.#special(name, given);
    if (special) return special;
    const steps = given.map((arg) => this.step(arg));
    const plainName = long ?? (name.startsWith('.') ? name.slice(1) : name);
    if (name === '_==_' || name === '_!=_') return comparison(name, steps[0]!, steps[1]!);
    return this.#dispatch(plainName, this.#checked.overloads.get(expr.id) ?? [], steps);
  }

  /** What does not look at all its arguments first. */
  #special(name: string, args: readonly Expr[]): Step | undefined {
    if (name === '_&&_' || name === '_||_') {
      const [left, right] = args.map((arg) => this.step(arg));
      return logical(left!, right!, name === '_||_');
    }
    if (name === '_?:_' || name === '_?_:_') {
      const [condition, yes, no] = args.map((arg) => this.step(arg));
      return (frame) => {
        const value = condition!(frame);
        if (typeof value !== 'boolean') throw new CelError('no such overload');
        return value ? yes!(frame) : no!(frame);
      };
    }
    if (name === '@not_strictly_false') {
      const step = this.step(args[0]!);
      return (frame) => {
        const value = attempt(step, frame);
        spend(frame, 1);
        return value !== false;
      };
    }
    if (name === '_?._') {
      const operand = this.step(args[0]!);
      const field = (args[1] as Expr & { kind: 'literal' }).value as string;
      return (frame) => {
        const value = operand(frame);
        spend(frame, 1);
        return optionalField(value instanceof Optional ? value : new Optional(value), field);
      };
    }
    if (name === '_[_]' || name === '_[?_]') {
      const [operand, index] = args.map((arg) => this.step(arg));
      const get = name === '_[_]' ? element : optionalElement;
      return (frame) => {
        const value = operand!(frame);
        const at = index!(frame);
        spend(frame, 1);
        return get(value, at);
      };
    }
    return this.#optional(name, args);
  }

  #optional(name: string, args: readonly Expr[]): Step | undefined {
    if ((name !== 'or' && name !== 'orValue') || args.length !== 2) return undefined;
    const [first, second] = args.map((arg) => this.step(arg));
    return (frame) => {
      const value = first!(frame);
      if (!(value instanceof Optional)) throw new CelError('no such overload');
      if (value.value === undefined) return second!(frame);
      return name === 'or' ? value : value.value;
    };
  }

  #dispatch(name: string, overloads: readonly Overload[], steps: readonly Step[]): Step {
    const id = overloads.length === 1 ? overloads[0]!.id : '';
    return (frame) => {
      const args = steps.map((step) => step(frame));
      const fitting = overloads.find(({ params }) =>
        params.every((type, at) => accepts(type, args[at]!)),
      );
      if (!fitting) {
        if (/^\W|^_/.test(name)) throw new CelError('no such overload');
        throw new CelError(`no such overload: ${name}(${args.map(typeName).join(', ')})`);
      }
      const result = fitting.run(...args);
      spend(frame, actualCost(name, id, args, result));
      return result;
    };
  }

  #list({ elements, optional }: Expr & { kind: 'list' }): Step {
    const steps = elements.map((each) => this.step(each));
    if (elements.every(({ kind }) => kind === 'literal')) {
      const list = elements.map((each) => (each as Expr & { kind: 'literal' }).value);
      return (frame) => {
        spend(frame, 10);
        return list;
      };
    }
    return (frame) => {
      const list: Value[] = [];
      for (const [at, step] of steps.entries()) {
        const value = step(frame);
        if (!optional.has(at)) list.push(value);
        else if (!(value instanceof Optional))
          throw new CelError(
            `cannot initialize optional list element from non-optional value ${typeName(value)}`,
          );
        else if (value.value !== undefined) list.push(value.value);
      }
      spend(frame, 10);
      return list;
    };
  }

  #map(entries: readonly Entry[]): Step {
    const steps = entries.map(
      ({ key, value, optional }) => [this.step(key), this.step(value), optional] as const,
    );
    return (frame) => {
      const pairs: (readonly [Value, Value])[] = [];
      for (const [keyStep, valueStep, optional] of steps) {
        const key = keyStep(frame);
        const value = given(valueStep(frame), optional, `'${typeName(key)}'`);
        if (value !== undefined) pairs.push([key, value]);
      }
      spend(frame, 30);
      return new PairMap(pairs);
    };
  }

  #struct({ name, fields }: Expr & { kind: 'struct' }): Step {
    const typeName_ = name.startsWith('.') ? name.slice(1) : name;
    const steps = fields.map(
      (field) => [field.name, this.step(field.value), field.optional] as const,
    );
    return (frame) => {
      const found = new Map<string, Value>();
      for (const [field, step, optional] of steps) {
        const value = given(step(frame), optional, field);
        if (value !== undefined) found.set(field, value);
      }
      spend(frame, 40);
      return new StructMap(typeName_, found);
    };
  }

  #fold(expr: Fold): Step {
    const range = this.step(expr.range);
    const init = this.step(expr.init);
    const gathers = this.#slots++;
    const first = this.#slots++;
    const second = this.#slots++;
    this.#locals.push([expr.gathers, gathers], [expr.variable, first]);
    if (expr.second !== undefined) this.#locals.push([expr.second, second]);
    const condition = this.step(expr.condition);
    const step = this.step(expr.step);
    this.#locals.length -= expr.second === undefined ? 1 : 2;
    const result = this.step(expr.result);
    this.#locals.length -= 1;
    const two = expr.second !== undefined;
    return (frame) => {
      const over = range(frame);
      const { slots } = frame;
      slots[gathers] = attempt(init, frame);
      for (const [key, value] of pairsOf(over, two)) {
        slots[first] = key;
        slots[second] = value;
        if (condition(frame) !== true) break;
        slots[gathers] = attempt(step, frame);
      }
      return result(frame);
    };
  }
}

function given(value: Value, optional: boolean, name: string): Value | undefined {
  if (!optional) return value;
  if (value instanceof Optional) return value.value;
  throw new CelError(
    `cannot initialize optional entry ${name} from non-optional value ${typeName(value)}`,
  );
}

function* pairsOf(range: Value, two: boolean): Iterable<readonly [Value, Value]> {
  if (isList(range)) {
    for (const [at, value] of range.entries()) yield two ? [BigInt(at), value] : [value, null];
    return;
  }
  if (range === null || !isMap(range))
    throw new CelError(`got '${typeName(range)}', expected iterable type`);
  for (const key of range.keys()) yield [key, two ? range.get(key)! : null];
}

function comparison(name: string, left: Step, right: Step): Step {
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    const id = name === '_==_' ? 'equals' : 'not_equals';
    const same = equal(a, b);
    spend(frame, actualCost(name, id, [a, b], same));
    return same === (name === '_==_');
  };
}

/** Either side settles it, whichever fails: `ends` is the value that does. */
function logical(left: Step, right: Step, ends: boolean): Step {
  return (frame) => {
    const a = attempt(left, frame);
    if (a === ends) return ends;
    const b = attempt(right, frame);
    if (b === ends) return ends;
    for (const each of [a, b]) {
      if (each instanceof CelError) throw each;
      if (typeof each !== 'boolean') throw new CelError('no such overload');
    }
    return !ends;
  };
}
