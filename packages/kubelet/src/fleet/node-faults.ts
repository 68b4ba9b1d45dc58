import type { Node } from '@coxswain/api/types/core-v1';
import { type Pressure, noPressure } from '../node/conditions.ts';
import type { RuntimeHealth } from '../runtime.ts';
import { faultOf } from '../simulated/behaviour.ts';

/** What can go wrong with a simulated node; asked for by an annotation of its Node. */
export const nodeFaults = ['notready', 'partition', 'disk-full', 'memory-full', 'slow'] as const;
export type NodeFault = (typeof nodeFaults)[number];

const slownessDefault = 10;

/** How a node is: what its conditions are told from, and what else its faults do. */
export interface NodeHealth {
  /** Undefined: the runtime does not answer. */
  readonly runtime: RuntimeHealth | undefined;
  readonly pressure: Pressure;
  /** Nothing reaches the API from it, nor the other way. */
  readonly isCut: boolean;
  /** How many times longer than usual everything takes. */
  readonly slowness: number;
}

const well: NodeHealth = {
  runtime: {
    ...{ isRuntimeReady: true, isNetworkReady: true },
    ...{ runtimeMessage: '', networkReason: '', networkMessage: '' },
  },
  pressure: noPressure,
  isCut: false,
  slowness: 1,
};

const ofFault: Readonly<Record<NodeFault, (measure: number) => Partial<NodeHealth>>> = {
  notready: () => ({ runtime: undefined }),
  partition: () => ({ isCut: true }),
  'disk-full': () => ({ pressure: { ...noPressure, disk: true } }),
  'memory-full': () => ({ pressure: { ...noPressure, memory: true } }),
  slow: (measure) => ({ slowness: measure > 0 ? measure : slownessDefault }),
};

/** How a Node says that its machine is. */
export function healthOf({ metadata: { annotations } }: Pick<Node, 'metadata'>): NodeHealth {
  const told = faultOf(annotations);
  if (!told) return well;
  const change = ofFault[told.fault as NodeFault]?.(Number(told.measure));
  return change ? { ...well, ...change } : well;
}
