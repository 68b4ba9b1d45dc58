import {
  decode,
  groupVersion,
  type KubeObject,
  type MergeType,
  objectTypeOf,
  type Resource,
  schemaless,
  typeOf,
} from '@coxswain/api';
import type { KindContext } from '../kinds/kind.ts';
import type { Catalog, Served } from './catalog.ts';
import { draftOf } from './create.ts';

/** The versions and groups by which the same stored objects are served, for admission that asks for one of its own. */
export interface Versions {
  /** All resources that show the objects of `resource`, itself included. */
  equivalents(resource: Resource): readonly Resource[];
  /** An object of `from` as `to` shows it; one that is of another kind (a Scale, options) is the same in all. */
  convert(object: KubeObject, from: Resource, to: Resource): KubeObject;
  /** What somebody outside has made of an object of `resource`, in canonical form and with defaults. Throws what does not fit. */
  canonical(object: KubeObject, resource: Resource, context: KindContext): KubeObject;
  /** The resource whose objects are of a kind; undefined when nobody serves it. */
  resourceOf(apiVersion: string, kind: string): Resource | undefined;
  /** How objects like this one of `resource` are merged. */
  mergeTypeOf(resource: Resource, object: KubeObject): MergeType;
}

export function versionsOf(catalog: Catalog): Versions {
  const served = ({ group, version, resource }: Resource): Served | undefined =>
    catalog.get(group, version, resource);
  return {
    equivalents(resource) {
      const cache = served(resource)?.cache;
      if (!cache) return [resource];
      return catalog
        .all()
        .filter((each) => each.cache === cache)
        .map((each) => each.resource);
    },
    convert(object, from, to) {
      const [source, target] = [served(from), served(to)];
      if (source === target || !source || !target || object.kind !== from.kind) return object;
      return target.read(source.store(object));
    },
    canonical(object, resource, context) {
      const type = typeOf(object.apiVersion ?? '', object.kind ?? '');
      const fit = type ? (decode(type, object) as KubeObject) : object;
      const kind = object.kind === resource.kind ? served(resource)?.kind : undefined;
      if (!kind?.defaults) return fit;
      const draft = draftOf(fit, kind);
      kind.defaults(draft, context);
      return draft as KubeObject;
    },
    resourceOf: (apiVersion, kind) =>
      catalog
        .all()
        .find((each) => each.resource.kind === kind && groupVersion(each.resource) === apiVersion)
        ?.resource,
    mergeTypeOf(resource, { apiVersion, kind }) {
      const node = typeOf(apiVersion ?? '', kind ?? '');
      if (node) return objectTypeOf(node).merge;
      return (served(resource)?.kind.custom?.type() ?? schemaless).merge;
    },
  };
}
