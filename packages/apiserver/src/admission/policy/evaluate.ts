import type { KubeObject } from '@coxswain/api';
import {
  type Binding,
  CelError,
  type Compiled,
  fromJson,
  limits,
  type MapValue,
  type Value,
} from '@coxswain/cel';
import { reviewOf, type Seen } from '../webhook/review.ts';
import type { Authority } from './authority.ts';

/** An expression of a policy, compiled once. */
export interface Expression {
  readonly text: string;
  readonly compiled: Compiled;
}

export type Evaluated =
  | { readonly value: Value; readonly error?: undefined }
  | { readonly error: string; readonly value?: undefined };

/** All expressions together have cost too much. */
export class OutOfBudget extends Error {
  constructor() {
    super(
      'validation failed due to running out of cost budget, no further validation rules will be run',
    );
  }
}

export interface Given {
  readonly seen: Seen;
  readonly params?: KubeObject | undefined;
  readonly namespace?: KubeObject | undefined;
  readonly authority: Authority;
  readonly variables?: ReadonlyMap<string, Expression>;
}

const namespaceFields = [
  ...['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'generation'],
  ...['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'],
  ...['labels', 'annotations', 'finalizers'],
];

/** Of a Namespace, what expressions may see. */
function shown(namespace: KubeObject | undefined): unknown {
  if (!namespace) return null;
  const { metadata, spec, status } = namespace as KubeObject & { spec?: unknown; status?: unknown };
  const own = { ...metadata } as Readonly<Record<string, unknown>>;
  const kept = namespaceFields.flatMap((name) =>
    own[name] === undefined ? [] : [[name, own[name]]],
  );
  return { metadata: Object.fromEntries(kept) as unknown, spec, status };
}

function requestOf(seen: Seen): unknown {
  const { request } = reviewOf('', 'v1', seen) as { request: Readonly<Record<string, unknown>> };
  const { uid: _, object: __, oldObject: ___, ...rest } = request;
  return rest;
}

/** Expressions over one request, one policy and one parameter, with one budget for all of them. */
export class Evaluation {
  readonly #given: Given;
  readonly #bindings: Readonly<Record<string, Binding>>;
  #remaining: number;
  #composed = 0;

  constructor(given: Given, budget: number = limits.runtimeBudget) {
    this.#given = given;
    this.#remaining = budget;
    const { seen, params, namespace, authority, variables } = given;
    this.#bindings = {
      object: once(() => fromJson(seen.object)),
      oldObject: once(() => fromJson(seen.before)),
      request: once(() => fromJson(requestOf(seen))),
      namespaceObject: once(() => fromJson(shown(namespace))),
      params: once(() => fromJson(params)),
      ...authority.values,
      ...(variables && { variables: this.#variables(variables) }),
    };
  }

  /** What is left for others. */
  get remaining(): number {
    return this.#remaining;
  }

  /** Throws OutOfBudget when this expression, with the variables it looks at, costs more than is left. */
  async run({ text, compiled }: Expression): Promise<Evaluated> {
    const { program } = compiled;
    if (!program) return { error: `compilation error: ${compiled.message}` };
    const outcome = await this.#given.authority.run(() => program.run(this.#bindings));
    this.#spend(this.#composed);
    this.#composed = 0;
    this.#spend(outcome.cost);
    return outcome.error
      ? { error: `expression '${text}' resulted in error: ${outcome.error.message}` }
      : { value: outcome.value };
  }

  #spend(cost: number): void {
    if (cost > this.#remaining) throw new OutOfBudget();
    this.#remaining -= cost;
  }

  /** Composed variables: each runs when it is first looked at. */
  #variables(variables: ReadonlyMap<string, Expression>): MapValue {
    const known = new Map<string, Value | CelError>();
    return {
      kind: 'map',
      typeName: 'kubernetes.variables',
      size: variables.size,
      keys: () => [...variables.keys()],
      get: (name) => {
        const expression = variables.get(name as string);
        if (!expression) return undefined;
        if (!known.has(name as string))
          known.set(name as string, this.#variable(name as string, expression));
        const found = known.get(name as string)!;
        if (found instanceof CelError) throw found;
        return found;
      },
    };
  }

  #variable(name: string, { compiled }: Expression): Value | CelError {
    const quoted = `composited variable ${JSON.stringify(name)}`;
    if (!compiled.program) return new CelError(`${quoted} fails to compile: ${compiled.message}`);
    const { value, error, cost } = compiled.program.run(this.#bindings);
    this.#composed += cost;
    return error ? new CelError(`${quoted} fails to evaluate: ${error.message}`) : value;
  }
}

function once(make: () => Value): () => Value {
  let made: readonly [Value] | undefined;
  return () => (made ??= [make()])[0];
}
