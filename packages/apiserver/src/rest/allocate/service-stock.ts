import { IPAddresses, type KubeObject, Services } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { Beside, Stock } from '../stock.ts';
import { NodePortAllocator } from './node-port-allocator.ts';
import { addressesOf, addressObject } from './service-addresses.ts';
import { clusterAddresses, portsOf, ServiceAllocation } from './service-allocation.ts';

const service = (object: KubeObject): Service => object as Service;

const gone = (address: string): Beside => ({ resource: IPAddresses, name: address });

/** Addresses of ServiceCIDRs (`ranges` are those of the default one) and the node ports from `from` to `to`, for Services. */
export function serviceStock(
  ranges: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
): Stock {
  const ports = new NodePortAllocator(from, to);
  let allocation: ServiceAllocation | undefined;
  return {
    resource: Services,
    open(objects) {
      allocation = new ServiceAllocation(addressesOf(ranges, objects), ports);
      objects.follow<Service>(Services, (now, before) => {
        for (const port of before ? portsOf(before) : []) ports.release(port);
        for (const port of now ? portsOf(now) : []) ports.mark(port);
      });
    },
    take(next, before, options) {
      const { dropped, taken, ...rest } = allocation!.allocate(
        service(next),
        before && service(before),
        options,
      );
      const besides = [
        ...taken.map((address) => ({
          ...gone(address),
          object: addressObject(address, rest.service),
        })),
        ...dropped.map(gone),
      ];
      return { object: rest.service, besides, commit: rest.commit, revert: rest.revert };
    },
    besidesOf: (object) => clusterAddresses(service(object)).map(gone),
  };
}
