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
import type { Pod, Service } from '@coxswain/api/types/core-v1';
import type { Informers } from '@coxswain/client';
import type { Surroundings } from './framework/plugin.ts';
import { sameEntries } from './framework/same-entries.ts';
import { type Seen, storageKnown, storageOf } from './volumes/storage-of.ts';

interface Owned {
  readonly written: object;
  readonly read: () => Selector;
}

interface Siblings {
  readonly services: readonly Service[];
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: Selector | undefined;
}

/** What all Services that select these labels select, and `owned`. */
function siblings(
  labels: Readonly<Record<string, string>>,
  services: readonly Service[],
  owned: Selector | undefined,
): Selector | undefined {
  const merged: Record<string, string> = {};
  for (const { spec } of services) {
    const wanted = Object.entries(spec?.selector ?? {});
    if (wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value))
      Object.assign(merged, spec!.selector);
  }
  const ofServices = selectorFromLabels(merged);
  const requirements = [...ofServices.requirements, ...(owned?.requirements ?? [])];
  if (requirements.length === 0) return undefined;
  return {
    requirements,
    nothing: owned?.nothing ?? false,
    matches: (given) => ofServices.matches(given) && (owned?.matches(given) ?? true),
  };
}

/** The cluster around pods and nodes, as the caches have it. */
export function surroundings(informers: Informers, seen: Seen): Omit<Surroundings, 'devices'> {
  const namespaces = informers.of(Namespaces);
  const services = informers.of(Services);
  const owners = {
    ReplicationController: informers.of(ReplicationControllers),
    ReplicaSet: informers.of(ReplicaSets),
    StatefulSet: informers.of(StatefulSets),
  };

  /** What its controller selects, as it is written there, where that is of a kind whose pods are spread. */
  const ofOwner = ({ metadata }: Pod): Owned | undefined => {
    const { namespace } = metadata;
    const owner = metadata.ownerReferences?.find(({ controller }) => controller);
    if (owner?.kind === 'ReplicationController') {
      const { selector } = owners.ReplicationController.get(owner.name, namespace)?.spec ?? {};
      return selector && { written: selector, read: () => selectorFromLabels(selector) };
    }
    if (owner?.kind !== 'ReplicaSet' && owner?.kind !== 'StatefulSet') return undefined;
    const selector = owners[owner.kind].get(owner.name, namespace)?.spec?.selector;
    return selector && { written: selector, read: () => selectorOf(selector) };
  };

  /** The last answer for a controller's pods, and what else it was made of. */
  const known = new WeakMap<object, Siblings>();

  return {
    storage: storageOf(informers, seen),
    labelsOf(name) {
      const namespace = namespaces.get(name);
      return namespace && (namespace.metadata.labels ?? {});
    },
    siblingsOf(pod) {
      const { labels = {}, namespace } = pod.metadata;
      const there = services.all(namespace);
      const owned = ofOwner(pod);
      const last = owned && known.get(owned.written);
      if (last?.services === there && sameEntries(last.labels, labels)) return last.selector;
      const selector = siblings(labels, there, owned?.read());
      if (owned) known.set(owned.written, { services: there, labels, selector });
      return selector;
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
