import type { KubeObject, Resource } from '@coxswain/api';
import type { Controller, Observed } from '@coxswain/control';
import { controllerOf } from '../objects/owner.ts';

export const nowMs: number = Date.UTC(2026, 0, 1);

export interface Seen {
  readonly objects?: readonly (readonly [
    resource: Resource<any>,
    objects: readonly KubeObject[],
  ])[];
  readonly failure?: Error;
  readonly nowMs?: number;
  readonly marks?: Readonly<Record<string, number>>;
  readonly holdBackMs?: Observed['holdBackMs'];
}

/** What a plan of `controller` would see with these objects in the caches. */
export function observedBy(controller: Controller<any>, seen: Seen = {}): Observed {
  const at = seen.nowMs ?? nowMs;
  const list = <T extends KubeObject>({ resource, group }: Resource<T>): readonly T[] =>
    (seen.objects ?? [])
      .filter(([each]) => each.resource === resource && each.group === group)
      .flatMap(([, objects]) => objects) as never;
  const own = { resource: controller.reconciles, indexes: controller.indexes };
  const indexOf = (resource: Resource, name: string): ((object: never) => readonly string[]) => {
    for (const each of [own, ...controller.watches])
      if (each.resource.resource === resource.resource && each.indexes?.[name])
        return each.indexes[name];
    throw new Error(`no index ${name}`);
  };
  return {
    nowMs: at,
    random: () => 0.5,
    failure: seen.failure,
    get: (resource, name, namespace) =>
      list(resource).find(
        ({ metadata }) =>
          metadata.name === name && (!namespace || metadata.namespace === namespace),
      ),
    all: (resource, namespace) =>
      list(resource).filter(({ metadata }) => !namespace || metadata.namespace === namespace),
    owned: (resource, owner) =>
      list(resource).filter((object) => controllerOf(object)?.uid === owner.metadata.uid),
    by: (resource, index, value) => {
      const of = indexOf(resource, index);
      return list(resource).filter((object) => of(object as never).includes(value));
    },
    values: (resource, index) =>
      new Set(list(resource).flatMap((object) => indexOf(resource, index)(object as never))),
    seenMs: () => undefined,
    since: (mark) => seen.marks?.[mark] ?? at,
    holdBackMs: seen.holdBackMs ?? (() => 0),
  };
}
