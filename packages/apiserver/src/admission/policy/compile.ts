import type {
  MutatingAdmissionPolicySpec,
  ValidatingAdmissionPolicySpec,
  Variable,
} from '@coxswain/api/types/admissionregistration-v1';
import { celTypes as t, type CelType, compile } from '@coxswain/cel';
import { admissionEnvironment, jsonPatch, patchObject, variableType } from './environment.ts';
import type { Expression } from './evaluate.ts';
import { compileConditions, type Conditions } from './match-conditions.ts';

/** The environments of one policy, and its variables; a later variable sees those before it. */
export interface Compiler {
  readonly variables: ReadonlyMap<string, Expression>;
  expression(
    text: string,
    returns: readonly CelType[],
    authorizer?: boolean,
    patches?: boolean,
  ): Expression;
  conditions(list: Parameters<typeof compileConditions>[0]): Conditions;
}

/** What is known of the types: nothing, unless types are to be checked. */
export interface Known {
  readonly object?: CelType;
  readonly paramsType?: CelType;
  /** Nothing will run: issues are told as they are, and of the authorizer only its type is known. */
  readonly typesOnly?: boolean;
}

export function compilerOf(
  {
    variables = [],
    paramKind,
  }: { readonly variables?: readonly Variable[] | undefined; readonly paramKind?: unknown },
  known: Known = {},
  composes: boolean = variables.length > 0,
): Compiler {
  const params = paramKind !== undefined;
  const types = new Map<string, CelType>();
  const made = new Map<string, Expression>();
  const environment = (authorizer: boolean, patches: boolean) =>
    admissionEnvironment({
      ...known,
      params,
      authorizer,
      patches,
      ...(composes && { variables: types }),
    });
  for (const { name, expression: text } of variables) {
    const compiled = compile(text, environment(true, false), {});
    made.set(name, { text, compiled });
    types.set(name, compiled.program ? variableType(compiled.program.type) : t.dyn);
  }
  return {
    variables: made,
    expression: (text, returns, authorizer = true, patches = false) => ({
      text,
      compiled: compile(text, environment(authorizer, patches), {
        returns,
        ...(known.typesOnly && { prefix: '' }),
      }),
    }),
    conditions: (list) => compileConditions(list, environment(true, false)),
  };
}

export interface CompiledValidation {
  readonly expression: Expression;
  readonly message: Expression | undefined;
}

export interface CompiledValidating {
  readonly variables: ReadonlyMap<string, Expression>;
  readonly conditions: Conditions;
  readonly validations: readonly CompiledValidation[];
  readonly annotations: readonly (readonly [key: string, value: Expression])[];
}

/** Whatever is wrong in a policy stays in its expressions: it is told when they run. */
export function compileValidating(spec: ValidatingAdmissionPolicySpec): CompiledValidating {
  const compiler = compilerOf(spec);
  return {
    variables: compiler.variables,
    conditions: compiler.conditions(spec.matchConditions),
    validations: (spec.validations ?? []).map(({ expression, messageExpression }) => ({
      expression: compiler.expression(expression, [t.bool]),
      message: messageExpression
        ? compiler.expression(messageExpression, [t.string], false)
        : undefined,
    })),
    annotations: (spec.auditAnnotations ?? []).map(({ key, valueExpression }) => [
      key,
      compiler.expression(valueExpression, [t.string, t.nullType]),
    ]),
  };
}

export interface CompiledMutation {
  readonly patchType: string;
  readonly expression: Expression;
}

export interface CompiledMutating {
  readonly variables: ReadonlyMap<string, Expression>;
  readonly conditions: Conditions;
  readonly mutations: readonly CompiledMutation[];
}

export function compileMutating(spec: MutatingAdmissionPolicySpec): CompiledMutating {
  const compiler = compilerOf(spec, {}, true);
  return {
    variables: compiler.variables,
    conditions: compiler.conditions(spec.matchConditions),
    mutations: (spec.mutations ?? []).flatMap(
      ({ patchType, jsonPatch: patch, applyConfiguration }) => {
        const text = (patchType === 'JSONPatch' ? patch : applyConfiguration)?.expression;
        if (text === undefined) return [];
        const returns = patchType === 'JSONPatch' ? t.listOf(jsonPatch) : patchObject;
        return [{ patchType, expression: compiler.expression(text, [returns], true, true) }];
      },
    ),
  };
}
