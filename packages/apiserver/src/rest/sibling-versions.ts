import { type Convert, type KubeObject, objectTypeOf, typeOf } from '@coxswain/api';
import type { Catalog, Served } from './catalog.ts';
import type { Call } from './engine.ts';

const converters = new WeakMap<Served, Convert | undefined>();

/** How the call's object looks in the other versions in which it is served; undefined where there are none. */
export function convertOf({ served, engine }: Call): Convert | undefined {
  if (served.kind.custom) return served.kind.custom.convert;
  if (!converters.has(served)) converters.set(served, siblings(served, engine.catalog));
  return converters.get(served);
}

function siblings(served: Served, catalog: Catalog): Convert | undefined {
  const kin = catalog.all().filter(({ cache }) => cache && cache === served.cache);
  if (kin.length < 2) return undefined;
  const by = new Map(kin.map((each) => [each.apiVersion, each]));
  return (from, apiVersion) => {
    if (from.apiVersion === apiVersion) return from;
    const [source, target] = [by.get(from.apiVersion), by.get(apiVersion)];
    const node = target && typeOf(apiVersion, target.resource.kind);
    if (!source || !node) return undefined;
    const stored = source.store(from.object as unknown as KubeObject);
    return { apiVersion, type: objectTypeOf(node), object: target.read(stored) as never };
  };
}
