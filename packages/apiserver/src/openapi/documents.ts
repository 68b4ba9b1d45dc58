import { groups } from '../discovery/order.ts';
import type { Served } from '../rest/catalog.ts';
import type { Engine } from '../rest/engine.ts';
import type { Reader } from './definition-names.ts';
import { resourceRoutes } from './resource-routes.ts';
import { groupRoute, groupVersionRoute, rootRoutes } from './root-routes.ts';
import type { Route } from './route.ts';

/** What one document of OpenAPI v3 is made of. The same `served` give the same routes. */
export interface DocumentSource {
  readonly served: readonly Served[];
  readonly reader: Reader;
  readonly routes: () => readonly Route[];
}

/** The sources of all documents, by their path: `api/v1`, `apis/apps`, `apis/apps/v1`, `version` ... */
export function documentSources(engine: Engine): ReadonlyMap<string, DocumentSource> {
  const sources = new Map<string, DocumentSource>();
  for (const [path, route] of Object.entries(rootRoutes))
    sources.set(path, { served: [], reader: path, routes: () => [route] });
  for (const { name, versions } of groups(engine)) {
    // Upstream's server of custom resources says nothing of groups and versions themselves.
    const isCustom = versions.every(({ served }) => served.every(({ kind }) => kind.custom));
    if (name && !isCustom)
      sources.set(`apis/${name}`, { served: [], reader: name, routes: () => [groupRoute(name)] });
    for (const { version, served } of versions)
      sources.set(name ? `apis/${name}/${version}` : `api/${version}`, {
        served,
        reader: isCustom ? 'custom' : `${name}/${version}`,
        routes: () => [
          ...(isCustom ? [] : [groupVersionRoute(name, version)]),
          ...served.flatMap(resourceRoutes),
        ],
      });
  }
  return sources;
}
