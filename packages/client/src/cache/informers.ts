import type { KubeObject, Resource } from '@coxswain/api';
import type { World } from '@coxswain/base';
import type { Client } from '../client.ts';
import type { Cache } from './cache.ts';
import { runWatch, type Selection } from './watch-machine.ts';
import { WatchedCache } from './watched-cache.ts';

/** One watch and one cache for each resource and selection, however many in this process ask for it. */
export interface Informers extends AsyncDisposable {
  /** The shared cache; the first to ask starts its watch. Who needs metadata only gets whole objects where a cache of them is there. */
  of<T extends KubeObject>(resource: Resource<T>, selection?: Selection): Cache<T>;
  /** Stops one watch, e.g. when its resource is no longer served. The cache stays as it is. */
  stop(resource: Resource, selection?: Selection): Promise<void>;
  /** Every cache asked for so far has held all objects once. */
  synced(signal: AbortSignal): Promise<void>;
}

interface Informer {
  readonly cache: WatchedCache<any>;
  readonly end: AbortController;
  readonly running: Promise<void>;
}

/** `watchSecondsMin`: how long a watch is asked for, where that is not what many servers would like. */
export function createInformers(client: Client, world: World, watchSecondsMin?: number): Informers {
  const informers = new Map<string, Informer>();
  const start = (resource: Resource, selection: Selection): Informer => {
    const cache = new WatchedCache(resource);
    const end = new AbortController();
    const running = runWatch(
      ...([client, resource, selection, cache, world, end.signal, watchSecondsMin] as const),
    ).catch((error) => {
      world.log.error('watch ended', error, { resource: resource.resource });
    });
    return { cache, end, running };
  };
  const end = async (informer: Informer): Promise<void> => {
    informer.end.abort();
    await informer.running;
  };
  return {
    of(resource, selection = {}) {
      const id = idOf(resource, selection);
      const whole = selection.metadataOnly && idOf(resource, { ...selection, metadataOnly: false });
      let informer = (whole ? informers.get(whole) : undefined) ?? informers.get(id);
      if (!informer) informers.set(id, (informer = start(resource, selection)));
      return informer.cache;
    },
    async stop(resource, selection = {}) {
      const informer = informers.get(idOf(resource, selection));
      informers.delete(idOf(resource, selection));
      if (informer) await end(informer);
    },
    async synced(signal) {
      await Promise.all([...informers.values()].map(({ cache }) => cache.whenSynced(signal)));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...informers.values()].map(end));
      informers.clear();
    },
  };
}

function idOf({ group, version, resource }: Resource, selection: Selection): string {
  const { namespace = '', labels = '', fields = '', metadataOnly = false } = selection;
  return [group, version, resource, namespace, labels, fields, metadataOnly].join('|');
}
