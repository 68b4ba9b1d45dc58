import { DeviceClasses, ResourceClaims, ResourceSlices } from '@coxswain/api';
import type { DeviceClass } from '@coxswain/api/types/resource-v1';
import type { World } from '@coxswain/base';
import type { Informers } from '@coxswain/client';
import type { Devices } from '../framework/devices.ts';
import type { ClusterEvent } from '../framework/event.ts';
import type { ClaimLedger } from './claim-ledger.ts';
import { classPrefix } from './extended-claim.ts';
import { indexSlices, type SliceIndex } from './pools.ts';

/** The devices of the cluster as the caches have them. */
export interface WatchedDevices extends Devices {
  readonly known: (signal: AbortSignal) => Promise<void>;
  /** Keeps the ledger level, and tells every change as an event. */
  readonly watch: (see: (event: ClusterEvent) => void) => Disposable;
}

export function devicesOf(informers: Informers, ledger: ClaimLedger, world: World): WatchedDevices {
  const [claims, classes, slices] = [
    informers.of(ResourceClaims),
    informers.of(DeviceClasses),
    informers.of(ResourceSlices),
  ];
  let index: SliceIndex | undefined;
  let byResource: ReadonlyMap<string, DeviceClass> | undefined;
  return {
    claim: (name, namespace) => ledger.claim(name, namespace),
    extendedClaimOf: (pod) => ledger.extendedClaimOf(pod),
    isPending: (claim) => ledger.isPending(claim),
    deviceClass: (name) => classes.get(name),
    classFor: (name) =>
      name.startsWith(classPrefix)
        ? classes.get(name.slice(classPrefix.length))
        : (byResource ??= classesByResource(classes.all())).get(name),
    slices: () => (index ??= indexSlices(slices.all())),
    allocated: ledger.allocated,
    nowMs: () => world.clock.now(),
    async known(signal) {
      await Promise.all([claims, classes, slices].map((cache) => cache.whenSynced(signal)));
    },
    watch(see) {
      const watches = new DisposableStack();
      watches.use(
        claims.subscribe((changes) => {
          for (const change of changes) ledger.see(change);
          for (const { now, before } of changes)
            if (now) see({ type: 'resource-claim', now, before });
        }),
      );
      watches.use(
        classes.subscribe((changes) => {
          byResource = undefined;
          for (const { now, before } of changes)
            if (now) see({ type: 'device-class', now, before });
        }),
      );
      watches.use(
        slices.subscribe((changes) => {
          index = undefined;
          for (const { now, before } of changes) if (now) see({ type: 'slice', now, before });
        }),
      );
      return watches;
    },
  };
}

/** Of several classes for one resource the newest counts, then the one that comes first by name. */
function classesByResource(all: readonly DeviceClass[]): ReadonlyMap<string, DeviceClass> {
  const created = ({ metadata }: DeviceClass): string => metadata.creationTimestamp ?? '';
  const ordered = all.toSorted(
    (a, b) => created(a).localeCompare(created(b)) || (a.metadata.name < b.metadata.name ? 1 : -1),
  );
  return new Map(
    ordered.flatMap((each) =>
      each.spec.extendedResourceName ? [[each.spec.extendedResourceName, each] as const] : [],
    ),
  );
}
