import {
  type KubeObject,
  MutatingWebhookConfigurations,
  type Resource,
  type Selector,
  selectorOf,
  ValidatingWebhookConfigurations,
} from '@coxswain/api';
import type {
  MutatingWebhook,
  ValidatingWebhook,
} from '@coxswain/api/types/admissionregistration-v1';
import type { Objects } from '../../authz/objects.ts';
import { compileConditions, type Conditions } from '../policy/match-conditions.ts';

/** One webhook of a configuration, made ready for asking whether it wants a request. */
export interface Hook<W extends ValidatingWebhook = ValidatingWebhook> {
  /** Names it among all, also when two have the same name. */
  readonly id: string;
  readonly configuration: string;
  readonly webhook: W;
  readonly namespaces: Selector;
  readonly objects: Selector;
  /** Compiled when they are asked for the first time. */
  readonly conditions?: () => Conditions;
}

interface Configuration<W> extends KubeObject {
  readonly webhooks?: readonly W[] | undefined;
}

/** All webhooks of one kind of configuration, in the order in which they are asked; read anew when one has changed. */
export class Hooks<W extends ValidatingWebhook> implements Disposable {
  readonly #followed: Disposable;
  readonly #byName = new Map<string, Configuration<W>>();
  #inOrder: readonly Hook<W>[] | undefined;

  constructor(objects: Objects, resource: Resource<Configuration<W>>) {
    this.#followed = objects.follow(resource, (now, before) => {
      const { name } = (now ?? before)!.metadata;
      if (now) this.#byName.set(name!, now);
      else this.#byName.delete(name!);
      this.#inOrder = undefined;
    });
  }

  get all(): readonly Hook<W>[] {
    return (this.#inOrder ??= [...this.#byName.keys()]
      .toSorted((a, b) => (a < b ? -1 : 1))
      .flatMap((name) => hooksOf(name, this.#byName.get(name)!.webhooks ?? [])));
  }

  [Symbol.dispose](): void {
    this.#followed[Symbol.dispose]();
  }
}

function hooksOf<W extends ValidatingWebhook>(
  configuration: string,
  webhooks: readonly W[],
): readonly Hook<W>[] {
  const seen = new Map<string, number>();
  return webhooks.map((webhook) => {
    const { name, namespaceSelector, objectSelector } = webhook;
    const nth = seen.get(name) ?? 0;
    seen.set(name, nth + 1);
    return {
      id: `${configuration}/${name}/${nth}`,
      ...{ configuration, webhook },
      namespaces: selectorOf(namespaceSelector),
      objects: selectorOf(objectSelector),
      conditions: lazily(() => compileConditions(webhook.matchConditions)),
    };
  });
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export const mutatingHooks = (objects: Objects): Hooks<MutatingWebhook> =>
  new Hooks<MutatingWebhook>(objects, MutatingWebhookConfigurations);

export const validatingHooks = (objects: Objects): Hooks<ValidatingWebhook> =>
  new Hooks<ValidatingWebhook>(objects, ValidatingWebhookConfigurations);
