import type { Macros } from './language/macros.ts';
import type { FunctionDeclaration, Overload } from './run/overload.ts';
import type { CelType } from './types/type.ts';
import { objectType, typeOf } from './types/type.ts';

/** A type that `Name{field: value}` makes. */
export interface StructType {
  readonly type: CelType;
  /** The type of a field, undefined when there is none of the name. */
  readonly field: (name: string) => CelType | undefined;
}

/** What expressions may name: variables, functions and types. Immutable: `extend` makes another. */
export interface Environment {
  readonly variables: ReadonlyMap<string, CelType>;
  readonly functions: ReadonlyMap<string, readonly Overload[]>;
  readonly structs: (name: string) => StructType | undefined;
  /** Beside those of the language. */
  readonly macros?: Macros | undefined;
}

export interface Extension {
  readonly variables?: Readonly<Record<string, CelType>>;
  readonly functions?: readonly FunctionDeclaration[];
  /** Names of types that expressions may compare with `type(x)`. */
  readonly types?: readonly string[];
  readonly structs?: (name: string) => StructType | undefined;
  readonly macros?: Macros;
}

/** Another environment with more in it; what has a name already is replaced, functions gain overloads. */
export function extend(base: Environment, more: Extension): Environment {
  const variables = new Map(base.variables);
  for (const name of more.types ?? []) variables.set(name, typeOf(objectType(name)));
  for (const [name, type] of Object.entries(more.variables ?? {})) variables.set(name, type);
  const functions = new Map(base.functions);
  for (const { name, overloads } of more.functions ?? [])
    functions.set(name, [...(functions.get(name) ?? []), ...overloads]);
  const { structs } = more;
  return {
    macros: more.macros ?? base.macros,
    variables,
    functions,
    structs: structs ? (name) => structs(name) ?? base.structs(name) : base.structs,
  };
}

export const empty: Environment = {
  variables: new Map(),
  functions: new Map(),
  structs: () => undefined,
};
