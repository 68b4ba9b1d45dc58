import { type KubeObject, Services } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { Stock } from '../stock.ts';
import { NodePortAllocator } from './node-port-allocator.ts';
import { ServiceAllocation } from './service-allocation.ts';

/** The addresses of `ranges` and the node ports from `low` to `high`, for Services. */
export function serviceStock(
  ranges: readonly string[],
  ports: { readonly from: number; readonly to: number },
): Stock {
  const allocation = new ServiceAllocation(ranges, new NodePortAllocator(ports.from, ports.to));
  const service = (object: KubeObject): Service => object as Service;
  return {
    resource: Services,
    seed: (stored) => allocation.seed([...stored].map(service)),
    take(next, before, options) {
      const { service: object, ...rest } = allocation.allocate(
        service(next),
        before && service(before),
        options,
      );
      return { object, ...rest };
    },
    release: (object) => allocation.release(service(object)),
  };
}
