import type { Engine } from '../rest/engine.ts';

/** Adds how many objects of each resource there are, read at a scrape. */
export function storedMetrics({ world, catalog, cache, storage }: Engine): void {
  const { metrics } = world;
  const objects = metrics.gauge({
    ...{ name: 'apiserver_resource_objects', labels: ['group', 'resource'], stability: 'ALPHA' },
    help: 'Objects stored, by resource.',
  });
  const older = metrics.gauge({
    ...{ name: 'apiserver_storage_objects', labels: ['resource'], stability: 'STABLE' },
    help: 'Objects stored, by resource (Deprecated since 1.34.0: see apiserver_resource_objects).',
  });
  const revision = metrics.gauge({
    name: 'apiserver_watch_cache_resource_version',
    ...{ labels: ['group', 'resource'], stability: 'ALPHA' },
    help: 'The revision that the watch cache has reached.',
  });
  const size = metrics.gauge({
    name: 'apiserver_storage_size_bytes',
    ...{ labels: ['storage_cluster_id'], stability: 'STABLE' },
    help: 'Bytes that the store takes.',
  });
  let asking = false;
  metrics.beforeScrape(() => {
    for (const served of catalog.all()) {
      if (!served.cache) continue;
      const { group, resource } = served.cache.resource;
      objects.set(served.cache.size, group, resource);
      older.set(served.cache.size, group ? `${resource}.${group}` : resource);
      revision.set(cache.revision, group, resource);
    }
    // The store answers later: a scrape shows what it said last.
    if (asking) return;
    asking = true;
    storage
      .bytes()
      .then((bytes) => size.set(bytes, 'etcd-0'))
      .catch(() => undefined)
      .finally(() => {
        asking = false;
      });
  });
}
