import type { ResourceList, Taint } from '@coxswain/api/types/core-v1';

/** What a node is: facts of its machine, or of the machine it pretends to be. */
export interface NodeMachine {
  readonly architecture: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly machineId: string;
  readonly systemUuid: string;
  readonly bootId: string;
  readonly kernelVersion: string;
  readonly osImage: string;
}

/** How a node shows itself to the cluster. */
export interface NodeSettings {
  readonly nodeName: string;
  readonly nodeIps: readonly string[];
  readonly machine: NodeMachine;
  /** `v1.36.x`, as all components report. */
  readonly kubeletVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly podCidr?: string | undefined;
  readonly podsMax: number;
  readonly kubeletPort: number;
  /** Kept from pods: taken off the capacity. */
  readonly reserved?: ResourceList | undefined;
  /** Capacity beyond CPU, memory, storage and pods. */
  readonly extended?: ResourceList | undefined;
}
