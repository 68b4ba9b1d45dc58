import type { Entry, Expr } from './ast.ts';
import { gathered } from './ast.ts';

/** A macro's arguments are not what it takes. */
export class MacroError extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

type Call = Expr & { readonly kind: 'call' };
type NewId = () => number;

/** Makes nodes that stand where the macro does. */
interface Make {
  readonly node: () => { id: number; at: number };
  readonly literal: (value: boolean | bigint) => Expr;
  readonly ident: (name: string) => Expr;
  readonly call: (name: string, ...args: Expr[]) => Expr;
  readonly on: (target: Expr, name: string, ...args: Expr[]) => Expr;
  readonly list: (...elements: Expr[]) => Expr;
  readonly map: (...entries: Entry[]) => Expr;
}

function maker({ at }: Call, id: NewId): Make {
  const node = () => ({ id: id(), at });
  const call = (target: Expr | undefined, name: string, args: Expr[]): Expr => ({
    ...node(),
    kind: 'call',
    name,
    target,
    args,
  });
  return {
    node,
    literal: (value) => ({ ...node(), kind: 'literal', value }),
    ident: (name) => ({ ...node(), kind: 'ident', name }),
    call: (name, ...args) => call(undefined, name, args),
    on: (target, name, ...args) => call(target, name, args),
    list: (...elements) => ({ ...node(), kind: 'list', elements, optional: new Set() }),
    map: (...entries) => ({ ...node(), kind: 'map', entries }),
  };
}

interface Loop {
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

/** How each macro gathers, from the expressions that follow its variables. */
type Shape = (make: Make, rest: readonly Expr[]) => Loop;

const accu = (make: Make): Expr => make.ident(gathered);

const all: Shape = (make, [predicate]) => ({
  init: make.literal(true),
  condition: make.call('@not_strictly_false', accu(make)),
  step: make.call('_&&_', accu(make), predicate!),
  result: accu(make),
});

const exists: Shape = (make, [predicate]) => ({
  init: make.literal(false),
  condition: make.call('@not_strictly_false', make.call('!_', accu(make))),
  step: make.call('_||_', accu(make), predicate!),
  result: accu(make),
});

const existsOne: Shape = (make, [predicate]) => ({
  init: make.literal(0n),
  condition: make.literal(true),
  step: make.call('_?_:_', predicate!, make.call('_+_', accu(make), make.literal(1n)), accu(make)),
  result: make.call('_==_', accu(make), make.literal(1n)),
});

const filtered = (make: Make, filter: Expr | undefined, step: Expr): Expr =>
  filter ? make.call('_?_:_', filter, step, accu(make)) : step;

const asList: Shape = (make, rest) => ({
  init: make.list(),
  condition: make.literal(true),
  step: filtered(
    make,
    rest.length > 1 ? rest[0] : undefined,
    make.call('_+_', accu(make), make.list(rest.at(-1)!)),
  ),
  result: accu(make),
});

const asMap =
  (insert: (make: Make, transform: Expr, key: string) => Expr) =>
  (key: string): Shape =>
  (make, rest) => ({
    init: make.map(),
    condition: make.literal(true),
    step: filtered(make, rest.length > 1 ? rest[0] : undefined, insert(make, rest.at(-1)!, key)),
    result: accu(make),
  });

const transformMap = asMap((make, transform, key) =>
  make.call('cel.@mapInsert', accu(make), make.ident(key), transform),
);
const transformMapEntry = asMap((make, transform) =>
  make.call('cel.@mapInsert', accu(make), transform),
);

function variable(expr: Expr, wrong = 'argument must be a simple name'): string {
  if (expr.kind !== 'ident') throw new MacroError(expr.at, wrong);
  if (expr.name === gathered || expr.name === '__result__')
    throw new MacroError(expr.at, 'iteration variable overwrites accumulator variable');
  return expr.name;
}

function loop(call: Call, id: NewId, variables: readonly string[], shape: Shape): Expr {
  const make = maker(call, id);
  const rest = call.args.slice(variables.length);
  return {
    ...make.node(),
    kind: 'fold',
    range: call.target!,
    variable: variables[0]!,
    second: variables[1],
    gathers: gathered,
    ...shape(make, rest),
  };
}

const one =
  (shape: Shape, wrong?: string): Expand =>
  (call, id) =>
    loop(call, id, [variable(call.args[0]!, wrong)], shape);

const noName = 'argument is not an identifier';
const map = one(asList, noName);

const filter: Expand = (call, id) => {
  const name = variable(call.args[0]!, noName);
  return loop(call, id, [name], (make, [predicate]) => ({
    init: make.list(),
    condition: make.literal(true),
    step: filtered(make, predicate, make.call('_+_', accu(make), make.list(call.args[0]!))),
    result: accu(make),
  }));
};

const two =
  (shapeOf: (key: string) => Shape): Expand =>
  (call, id) => {
    const names = call.args.slice(0, 2).map((each) => variable(each));
    if (names[0] === names[1])
      throw new MacroError(call.args[1]!.at, `duplicate variable name: ${names[0]}`);
    return loop(call, id, names, shapeOf(names[0]!));
  };

const has: Expand = ({ args, at }, id) => {
  const arg = args[0]!;
  if (arg.kind !== 'select' || arg.test)
    throw new MacroError(arg.at, 'invalid argument to has() macro');
  return { ...arg, id: id(), at, test: true };
};

/** `result` where `name` is what `init` makes: a loop that goes round no time. */
const bound = (make: Make, name: string, init: Expr, result: Expr): Expr => ({
  ...make.node(),
  kind: 'fold',
  range: make.list(),
  variable: '#unused',
  second: undefined,
  gathers: name,
  init,
  condition: make.literal(false),
  step: make.ident(name),
  result,
});

/** `cel.bind(v, init, e)`: of selectors of devices alone. */
const bind: Expand = (call, id) => {
  const [name, init, result] = call.args;
  if (name!.kind !== 'ident')
    throw new MacroError(name!.at, 'cel.bind() variable names must be simple identifiers');
  return bound(maker(call, id), name!.name, init!, result!);
};

/** `x.optMap(v, e)`: e of what x holds, when it holds something. */
const optMap =
  (wrap: boolean): Expand =>
  (call, id) => {
    const [name, body] = call.args;
    if (name!.kind !== 'ident')
      throw new MacroError(
        name!.at,
        `${wrap ? 'optMap' : 'optFlatMap'}() variable name must be a simple identifier`,
      );
    const make = maker(call, id);
    const target = call.target!;
    const found = bound(make, name!.name, make.on(copy(target, id), 'value'), body!);
    const yes = wrap ? make.call('optional.of', found) : found;
    return make.call('_?_:_', make.on(target, 'hasValue'), yes, make.call('optional.none'));
  };

/** `list.sortBy(v, e)`: sorted by what e makes of each element; what is sorted is found once. */
const sortBy: Expand = (call, id) => {
  const target = call.target!;
  if (!['list', 'select', 'ident', 'fold', 'call'].includes(target.kind))
    throw new MacroError(
      target.at,
      'sortBy can only be applied to a list, identifier, comprehension, call or select expression',
    );
  const make = maker(call, id);
  const input = '@__sortBy_input__';
  const keys = map({ ...call, target: make.ident(input) }, id);
  return bound(make, input, target, make.on(make.ident(input), '@sortByAssociatedKeys', keys));
};

function copy(expr: Expr, id: NewId): Expr {
  const again = (each: Expr): Expr => copy(each, id);
  const node = { id: id(), at: expr.at };
  switch (expr.kind) {
    case 'select':
      return { ...expr, ...node, operand: again(expr.operand) };
    case 'call':
      return {
        ...expr,
        ...node,
        target: expr.target && again(expr.target),
        args: expr.args.map(again),
      };
    case 'list':
      return { ...expr, ...node, elements: expr.elements.map(again) };
    case 'map':
      return {
        ...expr,
        ...node,
        entries: expr.entries.map((entry) => ({
          ...entry,
          id: id(),
          key: again(entry.key),
          value: again(entry.value),
        })),
      };
    case 'struct':
      return {
        ...expr,
        ...node,
        fields: expr.fields.map((field) => ({ ...field, id: id(), value: again(field.value) })),
      };
    case 'fold':
      return {
        ...expr,
        ...node,
        range: again(expr.range),
        init: again(expr.init),
        condition: again(expr.condition),
        step: again(expr.step),
        result: again(expr.result),
      };
    default:
      return { ...expr, ...node };
  }
}

type Expand = (call: Call, id: NewId) => Expr;

export type Macros = Readonly<Record<string, Expand>>;

/** What an environment may have beside them: called on a name, by both names and the number of arguments. */
export const binding: Macros = { 'cel.bind:3': bind };

/** By name and number of arguments; all but `has` are called on a receiver. */
const macros: Macros = {
  'all:2': one(all),
  'exists:2': one(exists),
  'exists_one:2': one(existsOne),
  'existsOne:2': one(existsOne),
  'map:2': map,
  'map:3': map,
  'filter:2': filter,
  'all:3': two(() => all),
  'exists:3': two(() => exists),
  'exists_one:3': two(() => existsOne),
  'existsOne:3': two(() => existsOne),
  'transformList:3': two(() => asList),
  'transformList:4': two(() => asList),
  'transformMap:3': two(transformMap),
  'transformMap:4': two(transformMap),
  'transformMapEntry:3': two(transformMapEntry),
  'transformMapEntry:4': two(transformMapEntry),
  'sortBy:2': sortBy,
  'optMap:2': optMap(true),
  'optFlatMap:2': optMap(false),
};

/** What a call stands for when it is a macro; throws MacroError when its arguments are wrong. */
export function expandMacro(call: Call, id: NewId, more?: Macros): Expr | undefined {
  const { name, target, args } = call;
  if (!target) return name === 'has' && args.length === 1 ? has(call, id) : undefined;
  const key = `${name}:${args.length}`;
  if (Object.hasOwn(macros, key)) return macros[key]!(call, id);
  return more && target.kind === 'ident' ? more[`${target.name}.${key}`]?.(call, id) : undefined;
}
