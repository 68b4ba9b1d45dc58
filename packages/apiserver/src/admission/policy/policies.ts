import type { KubeObject, Resource } from '@coxswain/api';
import type { Objects } from '../../authz/objects.ts';

/** A policy with what puts it into force. */
export interface Enforced<P, B, C> {
  readonly policy: P;
  readonly compiled: C;
  readonly bindings: readonly B[];
}

interface Bound extends KubeObject {
  readonly spec: { readonly policyName?: string | undefined };
}

/** Policies that have bindings, by name; each is compiled once, when it is first needed. */
export class Policies<P extends KubeObject, B extends Bound, C> implements Disposable {
  readonly #policies = new Map<string, P>();
  readonly #bindings = new Map<string, B>();
  readonly #compiled = new Map<string, C>();
  readonly #followed: readonly Disposable[];
  readonly #compile: (policy: P) => C;
  #enforced: readonly Enforced<P, B, C>[] | undefined;

  constructor(
    objects: Objects,
    policies: Resource<P>,
    bindings: Resource<B>,
    compile: (policy: P) => C,
  ) {
    this.#compile = compile;
    this.#followed = [
      objects.follow(policies, (now, before) => {
        const name = (now ?? before)!.metadata.name!;
        this.#compiled.delete(name);
        this.#keep(this.#policies, name, now);
      }),
      objects.follow(bindings, (now, before) =>
        this.#keep(this.#bindings, (now ?? before)!.metadata.name!, now),
      ),
    ];
  }

  get all(): readonly Enforced<P, B, C>[] {
    return (this.#enforced ??= [...this.#policies.keys()]
      .toSorted()
      .flatMap((name) => this.#one(name)));
  }

  [Symbol.dispose](): void {
    for (const each of this.#followed) each[Symbol.dispose]();
  }

  #keep<T>(map: Map<string, T>, name: string, now: T | undefined): void {
    if (now) map.set(name, now);
    else map.delete(name);
    this.#enforced = undefined;
  }

  #one(name: string): readonly Enforced<P, B, C>[] {
    const bindings = [...this.#bindings.values()]
      .filter(({ spec }) => spec.policyName === name)
      .toSorted((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));
    if (!bindings.length) return [];
    const policy = this.#policies.get(name)!;
    const compiled = this.#compiled.get(name) ?? this.#compile(policy);
    this.#compiled.set(name, compiled);
    return [{ policy, compiled, bindings }];
  }
}
