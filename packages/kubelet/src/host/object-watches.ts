import { ApiError, ConfigMaps, type KubeObject, type Resource, Secrets } from '@coxswain/api';
import type { ConfigMap, Secret } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import { type Client, runWatch } from '@coxswain/client';
import type { References } from '../pods/environment.ts';

interface Watched {
  readonly end: AbortController;
  readonly pods: Map<string, () => void>;
  seen: string | undefined; // resourceVersion
}

/** ConfigMaps and Secrets that pods of this node refer to: read afresh, and watched one by one where a volume shows them. */
export class ObjectWatches implements References, Disposable {
  readonly #client: Client;
  readonly #world: World;
  readonly #signal: AbortSignal;
  readonly #watched = new Map<string, Watched>();

  constructor(client: Client, world: World, signal: AbortSignal) {
    this.#client = client;
    this.#world = world;
    this.#signal = signal;
  }

  configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.#read(ConfigMaps, namespace, name);
  }

  secret(namespace: string, name: string): Promise<Secret | undefined> {
    return this.#read(Secrets, namespace, name);
  }

  /** Reads for a volume of a pod; `wake` runs when the object has changed, come or gone since. */
  async configMapFor(
    podUid: string,
    namespace: string,
    name: string,
    wake: () => void,
  ): Promise<ConfigMap | undefined> {
    const object = await this.configMap(namespace, name);
    if (!object?.immutable) this.#watch(ConfigMaps, namespace, name, podUid, object, wake);
    return object;
  }

  async secretFor(
    podUid: string,
    namespace: string,
    name: string,
    wake: () => void,
  ): Promise<Secret | undefined> {
    const object = await this.secret(namespace, name);
    if (!object?.immutable) this.#watch(Secrets, namespace, name, podUid, object, wake);
    return object;
  }

  /** The pod is gone: watches that only it needed end. */
  forget(podUid: string): void {
    for (const [key, watched] of this.#watched) {
      watched.pods.delete(podUid);
      if (watched.pods.size > 0) continue;
      watched.end.abort();
      this.#watched.delete(key);
    }
  }

  [Symbol.dispose](): void {
    for (const { end } of this.#watched.values()) end.abort();
    this.#watched.clear();
  }

  async #read<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string,
    name: string,
  ): Promise<T | undefined> {
    try {
      return await this.#client.get(resource, name, { namespace, signal: this.#signal });
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  #watch(
    resource: Resource,
    namespace: string,
    name: string,
    podUid: string,
    object: KubeObject | undefined,
    wake: () => void,
  ): void {
    const key = `${resource.resource}/${namespace}/${name}`;
    const known = this.#watched.get(key);
    if (known) {
      known.pods.set(podUid, wake);
      known.seen = object?.metadata.resourceVersion;
      return;
    }
    const end = new AbortController();
    const watched: Watched = {
      end,
      pods: new Map([[podUid, wake]]),
      seen: object?.metadata.resourceVersion,
    };
    this.#watched.set(key, watched);
    const news = (resourceVersion: string | undefined): void => {
      if (resourceVersion === watched.seen) return;
      watched.seen = resourceVersion;
      for (const wakePod of watched.pods.values()) wakePod();
    };
    const sink = {
      replace: (items: readonly KubeObject[]): void => news(items[0]?.metadata.resourceVersion),
      apply: (events: readonly { readonly type: string; readonly object: KubeObject }[]): void => {
        const last = events.findLast(({ type }) => type !== 'BOOKMARK');
        if (last) news(last.type === 'DELETED' ? undefined : last.object.metadata.resourceVersion);
      },
    };
    const selection = { namespace, fields: `metadata.name=${name}` };
    const signal = AbortSignal.any([end.signal, this.#signal]);
    runWatch(this.#client, resource, selection, sink, this.#world, signal).catch(
      (error: unknown) => {
        if (!signal.aborted)
          this.#world.log.error('watch of a referenced object ended', error, { key });
      },
    );
  }
}
