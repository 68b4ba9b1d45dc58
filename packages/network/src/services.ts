import { EndpointSlices, Services } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { EndpointSlice } from '@coxswain/api/types/discovery-v1';
import { type Cache, type Informers, keyOf } from '@coxswain/client';

const serviceLabel = 'kubernetes.io/service-name';
const byService = 'service-of-slice';

/** Services with their EndpointSlices, and which of them have changed. The proxy and the name server share this view. */
export interface ServiceView {
  service(key: string): Service | undefined;
  slices(key: string): readonly EndpointSlice[];
  keys(): readonly string[];
  /** Calls `see` with keys (namespace/name) of what is there, then of what changed. */
  subscribe(see: (keys: ReadonlySet<string>) => void): Disposable;
  whenSynced(signal: AbortSignal): Promise<void>;
}

export function serviceView(informers: Informers): ServiceView {
  const services: Cache<Service> = informers.of(Services);
  const slices: Cache<EndpointSlice> = informers.of(EndpointSlices);
  slices.addIndex(byService, ownerKeys);
  return {
    service(key) {
      const [namespace, name] = key.split('/');
      return services.get(name!, namespace);
    },
    slices: (key) => slices.by(byService, key),
    keys: () => services.all().map(keyOf),
    subscribe(see) {
      const first = services.subscribe((changes) =>
        see(new Set(changes.map(({ now, before }) => keyOf((now ?? before)!)))),
      );
      const second = slices.subscribe((changes) =>
        see(new Set(changes.flatMap(({ now, before }) => [now, before].flatMap(ownerKeys)))),
      );
      return {
        [Symbol.dispose]() {
          first[Symbol.dispose]();
          second[Symbol.dispose]();
        },
      };
    },
    async whenSynced(signal) {
      await Promise.all([services.whenSynced(signal), slices.whenSynced(signal)]);
    },
  };
}

/** The key of the Service a slice belongs to. One function, since an index is known by it. */
function ownerKeys(slice: EndpointSlice | undefined): readonly string[] {
  const name = slice?.metadata.labels?.[serviceLabel];
  return name ? [`${slice!.metadata.namespace}/${name}`] : [];
}
