import { groups } from '../discovery/order.ts';
import type { Served } from '../rest/catalog.ts';
import type { Engine } from '../rest/engine.ts';
import { resourceRoutes } from './resource-routes.ts';
import { groupRoute, groupVersionRoute, rootRoutes } from './root-routes.ts';
import type { Route } from './route.ts';

/** What one document of OpenAPI v3 is made of. The same `served` give the same routes. */
export interface DocumentSource {
  readonly served: readonly Served[];
  readonly routes: () => readonly Route[];
}

/** The sources of all documents, by their path: `api/v1`, `apis/apps`, `apis/apps/v1`, `version` ... */
export function documentSources(engine: Engine): ReadonlyMap<string, DocumentSource> {
  const sources = new Map<string, DocumentSource>();
  for (const [path, route] of Object.entries(rootRoutes))
    sources.set(path, { served: [], routes: () => [route] });
  for (const { name, versions } of groups(engine)) {
    if (name) sources.set(`apis/${name}`, { served: [], routes: () => [groupRoute(name)] });
    for (const { version, served } of versions)
      sources.set(name ? `apis/${name}/${version}` : `api/${version}`, {
        served,
        routes: () => [groupVersionRoute(name, version), ...served.flatMap(resourceRoutes)],
      });
  }
  return sources;
}
