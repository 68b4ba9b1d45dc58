import { builtInKinds } from '../kinds/index.ts';
import { prefixOf } from '../rest/catalog.ts';

/** A resource by what its keys begin with; custom resources stand under their group. */
export interface Kept {
  readonly group: string;
  readonly resource: string;
  readonly id: string;
}

let builtIn: ReadonlyMap<string, Kept> | undefined;

const builtInPrefixes = (): ReadonlyMap<string, Kept> =>
  (builtIn ??= new Map(
    builtInKinds.map(({ resource: own, storedAs }) => {
      const { group, resource } = storedAs?.resource ?? own;
      const id = prefixOf({ ...own, group, resource }, false);
      return [id, { group, resource, id }];
    }),
  ));

/** Whose object stands under `key`. */
export function resourceOf(key: string): Kept {
  const first = key.indexOf('/', '/registry/'.length) + 1;
  const known = builtInPrefixes().get(key.slice(0, first));
  if (known) return known;
  const id = key.slice(0, key.indexOf('/', first) + 1);
  const [, , group = '', resource = ''] = id.split('/');
  return builtInPrefixes().get(id) ?? { group, resource, id };
}
