export { NodePortAllocator } from './node-port-allocator.ts';
export {
  type Allocation,
  type AllocationOptions,
  ServiceAllocation,
} from './service-allocation.ts';
