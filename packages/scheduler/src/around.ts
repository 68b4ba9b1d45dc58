import {
  Namespaces,
  ReplicationControllers,
  ReplicaSets,
  type Selector,
  selectorFromLabels,
  selectorOf,
  Services,
  StatefulSets,
} from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Informers } from '@coxswain/client';
import type { Surroundings } from './framework/plugin.ts';
import { type Seen, storageKnown, storageOf } from './volumes/storage-of.ts';

/** The cluster around pods and nodes, as the caches have it. */
export function surroundings(informers: Informers, seen: Seen): Omit<Surroundings, 'devices'> {
  const namespaces = informers.of(Namespaces);
  const services = informers.of(Services);
  const owners = {
    ReplicationController: informers.of(ReplicationControllers),
    ReplicaSet: informers.of(ReplicaSets),
    StatefulSet: informers.of(StatefulSets),
  };

  /** What its controller selects, where that is of a kind whose pods are spread. */
  const ofOwner = ({ metadata }: Pod): Selector | undefined => {
    const { namespace } = metadata;
    const owner = metadata.ownerReferences?.find(({ controller }) => controller);
    if (!owner) return undefined;
    if (owner.kind === 'ReplicationController') {
      const { selector } = owners.ReplicationController.get(owner.name, namespace)?.spec ?? {};
      return selector && selectorFromLabels(selector);
    }
    if (owner.kind !== 'ReplicaSet' && owner.kind !== 'StatefulSet') return undefined;
    const object = owners[owner.kind].get(owner.name, namespace);
    return object?.spec && selectorOf(object.spec.selector);
  };

  return {
    storage: storageOf(informers, seen),
    labelsOf(name) {
      const namespace = namespaces.get(name);
      return namespace && (namespace.metadata.labels ?? {});
    },
    siblingsOf(pod) {
      const { labels = {}, namespace } = pod.metadata;
      const merged: Record<string, string> = {};
      for (const { spec } of services.all(namespace)) {
        const wanted = Object.entries(spec?.selector ?? {});
        if (wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value))
          Object.assign(merged, spec!.selector);
      }
      const ofServices = selectorFromLabels(merged);
      const owned = ofOwner(pod);
      const requirements = [...ofServices.requirements, ...(owned?.requirements ?? [])];
      if (requirements.length === 0) return undefined;
      return {
        requirements,
        nothing: owned?.nothing ?? false,
        matches: (given) => ofServices.matches(given) && (owned?.matches(given) ?? true),
      };
    },
  };
}

/** Resolves once all of it is known. */
export async function whenKnown(informers: Informers, signal: AbortSignal): Promise<void> {
  const caches = [
    informers.of(Namespaces),
    informers.of(Services),
    informers.of(ReplicationControllers),
    informers.of(ReplicaSets),
    informers.of(StatefulSets),
  ];
  const known = caches.map((cache) => cache.whenSynced(signal));
  await Promise.all([...known, storageKnown(informers, signal)]);
}
