import { groupVersion, type KubeObject, type Resource } from '@coxswain/api';
import type { Changed, Objects } from '../objects.ts';

const keyOf = (name: string, namespace = ''): string => `${namespace}/${name}`;

/** `Objects` that a test fills by hand. */
export class MemoryObjects implements Objects {
  readonly #kept = new Map<string, Map<string, KubeObject>>();
  readonly #followers = new Map<string, Set<Changed<any>>>();

  get<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    namespace?: string,
  ): T | undefined {
    return this.#of(resource).get(keyOf(name, namespace)) as T | undefined;
  }

  all<T extends KubeObject>(resource: Resource<T>, namespace?: string): Iterable<T> {
    const all = [...this.#of(resource).values()] as unknown as T[];
    return namespace === undefined
      ? all
      : all.filter((object) => (object.metadata.namespace ?? '') === namespace);
  }

  follow<T extends KubeObject>(resource: Resource<T>, changed: Changed<T>): Disposable {
    const followers = this.#followers.getOrInsertComputed(resource.resource, () => new Set());
    followers.add(changed);
    for (const object of this.all(resource)) changed(object, undefined);
    return { [Symbol.dispose]: () => void followers.delete(changed) };
  }

  put<T extends KubeObject>(resource: Resource<T>, object: Omit<T, 'apiVersion' | 'kind'>): T {
    const whole = {
      apiVersion: groupVersion(resource),
      kind: resource.kind,
      ...object,
    } as unknown as T;
    const { name, namespace } = whole.metadata;
    const before = this.get(resource, name, namespace);
    this.#of(resource).set(keyOf(name, namespace), whole);
    for (const changed of this.#followers.get(resource.resource) ?? []) changed(whole, before);
    return whole;
  }

  remove<T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string): void {
    const before = this.get(resource, name, namespace);
    this.#of(resource).delete(keyOf(name, namespace));
    if (before)
      for (const changed of this.#followers.get(resource.resource) ?? [])
        changed(undefined, before);
  }

  #of(resource: Resource): Map<string, KubeObject> {
    return this.#kept.getOrInsertComputed(resource.resource, () => new Map());
  }
}
