export { type Fleet, type FleetParts, startFleet } from './fleet.ts';
export type { FleetNode } from './fleet-node.ts';
export {
  capacityDefault,
  isSimulated,
  simulatedLabel,
  simulatedNode,
  wellConditions,
  type SimulatedNodeWanted,
} from './node-object.ts';
export { SimulatedRuntime } from '../simulated/simulated-runtime.ts';
export { AddressPool } from '../simulated/addresses.ts';
export { Lane } from './lane.ts';
export { faultAnnotation } from '../simulated/behaviour.ts';
export { type NodeFault, nodeFaults } from './node-faults.ts';
