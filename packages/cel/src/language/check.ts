import type { Environment } from '../environment.ts';
import type { Overload } from '../run/overload.ts';
import type { Bindings } from '../types/assign.ts';
import { assign, assignAll, mostGeneral, substitute } from '../types/assign.ts';
import type { CelType } from '../types/type.ts';
import * as t from '../types/type.ts';
import type { Expr, Fold } from './ast.ts';
import { qualifiedName } from './ast.ts';
import type { CompileIssue } from './source.ts';

/** What the checker knows of an expression, by the ids of its nodes. */
export interface Checked {
  readonly expr: Expr;
  readonly types: ReadonlyMap<number, CelType>;
  readonly overloads: ReadonlyMap<number, readonly Overload[]>;
  /** Nodes that name a variable (`a.b` may be one). */
  readonly names: ReadonlyMap<number, string>;
  /** Calls on a receiver that are calls of a function with a long name. */
  readonly calls: ReadonlyMap<number, string>;
  readonly issues: readonly CompileIssue[];
}

/** Types every node, and says what does not fit, in the words of upstream's checker. */
export function check(expr: Expr, env: Environment): Checked {
  const checker = new Checker(env);
  checker.visit(expr);
  return checker.done(expr);
}

type Kind<K extends Expr['kind']> = Expr & { readonly kind: K };
const unqualified = (name: string): string => (name.startsWith('.') ? name.slice(1) : name);

class Checker {
  readonly #env: Environment;
  readonly #types = new Map<number, CelType>();
  readonly #overloads = new Map<number, readonly Overload[]>();
  readonly #names = new Map<number, string>();
  readonly #calls = new Map<number, string>();
  readonly #issues: CompileIssue[] = [];
  readonly #scopes: Map<string, CelType>[] = [];
  #bindings: Bindings = new Map();
  #fresh = 0;

  constructor(env: Environment) {
    this.#env = env;
  }

  done(expr: Expr): Checked {
    for (const [id, type] of this.#types)
      this.#types.set(id, substitute(this.#bindings, type, true));
    return {
      expr,
      types: this.#types,
      overloads: this.#overloads,
      names: this.#names,
      calls: this.#calls,
      issues: this.#issues,
    };
  }

  visit(expr: Expr): CelType {
    const type = this.#typeOf(expr);
    this.#types.set(expr.id, type);
    return type;
  }

  #report({ at }: { readonly at: number }, message: string): CelType {
    this.#issues.push({ at, message });
    return t.errorType;
  }

  #undeclared(at: { readonly at: number }, name: string): CelType {
    return this.#report(at, `undeclared reference to '${name}' (in container '')`);
  }

  #lookup(name: string): CelType | undefined {
    for (const scope of this.#scopes.toReversed()) {
      const found = scope.get(name);
      if (found) return found;
    }
    const plain = unqualified(name);
    const known = this.#env.variables.get(plain);
    if (known) return known;
    const struct = this.#env.structs(plain);
    return struct && t.typeOf(struct.type);
  }

  #free(): CelType {
    return t.parameter(`_var${this.#fresh++}`);
  }

  #assign(a: CelType, b: CelType): boolean {
    const found = assign(this.#bindings, a, b);
    if (found) this.#bindings = found;
    return found !== undefined;
  }

  #settled(type: CelType): CelType {
    return substitute(this.#bindings, type, false);
  }

  #typeOf(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value);
      case 'ident':
        return this.#ident(expr);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      case 'fold':
        return this.#fold(expr);
    }
  }

  #ident(expr: Kind<'ident'>): CelType {
    const found = this.#lookup(expr.name);
    if (!found) return this.#undeclared(expr, expr.name);
    this.#names.set(expr.id, unqualified(expr.name));
    return found;
  }

  #select(expr: Kind<'select'>): CelType {
    const name = qualifiedName(expr);
    const known = name === undefined ? undefined : this.#lookup(name);
    if (known) {
      this.#names.set(expr.id, unqualified(name!));
      return known;
    }
    const type = this.#field(expr, expr.operand, expr.field, false);
    return expr.test ? t.bool : this.#settled(type);
  }

  #field(expr: Expr, operand: Expr, field: string, optional: boolean): CelType {
    const whole = this.#settled(this.visit(operand));
    const target = t.unwrapped(whole);
    const type = this.#fieldOf(expr, target, field);
    return optional || t.isOptional(whole) ? t.optionalOf(type) : type;
  }

  #fieldOf(expr: Expr, target: CelType, field: string): CelType {
    switch (target.kind) {
      case 'map':
        return target.parameters![1]!;
      case 'object':
        return this.#structField(expr, target, field);
      case 'param':
        this.#assign(t.dyn, target);
        return t.dyn;
      case 'dyn':
      case 'any':
      case 'error':
        return t.dyn;
      default:
        this.#report(expr, `type '${t.writeType(target)}' does not support field selection`);
        return t.dyn;
    }
  }

  #structField(at: { readonly at: number }, type: CelType, field: string): CelType {
    const struct = this.#env.structs(type.name!);
    const found = struct ? struct.field(field) : type.fields?.get(field)?.type;
    if (found) return found;
    // What only functions open is not known by its name either.
    const isKnown = struct !== undefined || type.fields !== undefined;
    const wrong = isKnown
      ? `undefined field '${field}'`
      : `unexpected failed resolution of '${type.name}'`;
    return this.#report(at, wrong);
  }

  #call(expr: Kind<'call'>): CelType {
    const { name, target, args } = expr;
    if (name === '_?._') {
      const [operand, field] = args;
      this.#types.set(field!.id, t.string);
      return this.#settled(
        this.#field(expr, operand!, (field as Kind<'literal'>).value as string, true),
      );
    }
    for (const arg of args) this.visit(arg);
    if (!target) return this.#plainCall(expr, unqualified(name));
    const prefix = qualifiedName(target);
    const long = prefix === undefined ? undefined : unqualified(`${prefix}.${name}`);
    if (long !== undefined && this.#env.functions.has(long)) {
      this.#calls.set(expr.id, long);
      return this.#resolve(expr, long, undefined);
    }
    this.visit(target);
    if (!this.#env.functions.has(name)) return this.#undeclared(expr, name);
    return this.#resolve(expr, name, target);
  }

  #plainCall(expr: Kind<'call'>, name: string): CelType {
    if (!this.#env.functions.has(name)) return this.#undeclared(expr, expr.name);
    if (name === '_&&_' || name === '_||_') return this.#logical(expr);
    return this.#resolve(expr, name, undefined);
  }

  #logical(expr: Kind<'call'>): CelType {
    let wrong = false;
    for (const arg of expr.args) {
      const type = this.#types.get(arg.id)!;
      if (this.#assign(type, t.bool)) continue;
      wrong = true;
      this.#mismatch(arg, t.bool, type);
    }
    this.#overloads.set(expr.id, this.#env.functions.get(expr.name)!);
    return wrong ? t.errorType : t.bool;
  }

  #mismatch(at: { readonly at: number }, expected: CelType, found: CelType): CelType {
    return this.#report(
      at,
      `expected type '${t.writeType(expected)}' but found '${t.writeType(found)}'`,
    );
  }

  #resolve(expr: Kind<'call'>, name: string, target: Expr | undefined): CelType {
    const given = [...(target ? [target] : []), ...expr.args].map((arg) =>
      this.#types.get(arg.id)!,
    );
    const fitting: Overload[] = [];
    let result: CelType | undefined;
    for (const overload of this.#env.functions.get(name)!) {
      if (overload.member !== (target !== undefined)) continue;
      const fresh = this.#instance(overload);
      const found = assignAll(this.#bindings, given, fresh.slice(1));
      if (!found) continue;
      this.#bindings = found;
      fitting.push(overload);
      const own = this.#settled(fresh[0]!);
      if (!result) result = own;
      else if (!t.isDyn(result) && !t.sameType(own, result)) result = t.dyn;
    }
    if (result) {
      this.#overloads.set(expr.id, fitting);
      return result;
    }
    const shown = given.map((type) => t.writeType(substitute(this.#bindings, type, true)));
    const receiver = target ? `${shown.shift()!}.` : '';
    return this.#report(
      expr,
      `found no matching overload for '${name}' applied to '${receiver}(${shown.join(', ')})'`,
    );
  }

  /** Result and parameters of an overload, with type parameters of this call's own. */
  #instance({ params, result }: Overload): readonly CelType[] {
    const own = new Map<string, CelType>();
    const rename = (type: CelType): CelType => {
      if (type.kind === 'param') {
        if (!own.has(type.name!)) own.set(type.name!, this.#free());
        return own.get(type.name!)!;
      }
      return type.parameters?.length ? { ...type, parameters: type.parameters.map(rename) } : type;
    };
    return [result, ...params].map(rename);
  }

  #join(at: Expr, before: CelType | undefined, type: CelType): CelType {
    if (!before) return type;
    return this.#assign(before, type)
      ? mostGeneral(before, type)
      : this.#mismatch(at, before, type);
  }

  #given(expr: Expr, optional: boolean): CelType {
    const type = this.visit(expr);
    if (!optional) return type;
    if (!t.isOptional(type) && !t.isDyn(type)) this.#mismatch(expr, t.optionalOf(type), type);
    return t.unwrapped(type);
  }

  #list({ elements, optional }: Kind<'list'>): CelType {
    let type: CelType | undefined;
    for (const [at, element] of elements.entries())
      type = this.#join(element, type, this.#given(element, optional.has(at)));
    return t.listOf(type ?? this.#free());
  }

  #map({ entries }: Kind<'map'>): CelType {
    let key: CelType | undefined;
    let value: CelType | undefined;
    for (const entry of entries) {
      key = this.#join(entry.key, key, this.visit(entry.key));
      value = this.#join(entry.value, value, this.#given(entry.value, entry.optional));
    }
    return t.mapOf(key ?? this.#free(), value ?? this.#free());
  }

  #struct(expr: Kind<'struct'>): CelType {
    const found = this.#lookup(expr.name);
    if (!found) return this.#undeclared(expr, expr.name);
    const type = found.parameters?.[0];
    if (found.kind !== 'type' || !type)
      return this.#report(expr, `'${t.runtimeTypeName(found)}' is not a type`);
    if (type.kind !== 'object')
      return this.#report(expr, `'${t.runtimeTypeName(type)}' is not a message type`);
    for (const field of expr.fields) {
      const value = this.#given(field.value, field.optional);
      const declared = this.#structField(field, type, field.name);
      if (!this.#assign(declared, value))
        this.#report(
          field,
          `expected type of field '${field.name}' is '${t.writeType(declared)}' but provided type is '${t.writeType(value)}'`,
        );
    }
    return type;
  }

  #fold(expr: Fold): CelType {
    const range = this.#settled(this.visit(expr.range));
    const gathers = this.visit(expr.init);
    const [first, second] = this.#elements(expr, range);
    const inner = new Map([[expr.variable, first]]);
    if (expr.second !== undefined) inner.set(expr.second, second);
    this.#scopes.push(new Map([[expr.gathers, gathers]]), inner);
    this.#expect(expr.condition, t.bool);
    this.#expect(expr.step, gathers);
    this.#scopes.pop();
    const result = this.#settled(this.visit(expr.result));
    this.#scopes.pop();
    return result;
  }

  #expect(expr: Expr, type: CelType): void {
    const found = this.visit(expr);
    if (!this.#assign(type, found)) this.#mismatch(expr, type, found);
  }

  #elements({ range: expr, second }: Fold, range: CelType): readonly [CelType, CelType] {
    switch (range.kind) {
      case 'list':
        return second === undefined
          ? [range.parameters![0]!, t.dyn]
          : [t.int, range.parameters![0]!];
      case 'map':
        return [range.parameters![0]!, range.parameters![1]!];
      case 'dyn':
      case 'any':
      case 'error':
      case 'param':
        this.#assign(t.dyn, range);
        return [t.dyn, t.dyn];
      default:
        this.#report(
          expr,
          `expression of type '${t.writeType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return [t.errorType, t.errorType];
    }
  }
}

function literalType(value: Kind<'literal'>['value']): CelType {
  if (value === null) return t.nullType;
  if (typeof value === 'boolean') return t.bool;
  if (typeof value === 'bigint') return t.int;
  if (typeof value === 'number') return t.double;
  if (typeof value === 'string') return t.string;
  return value instanceof Uint8Array ? t.bytes : t.uint;
}
