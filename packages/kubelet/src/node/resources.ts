import { formatQuantity, parseQuantity, subtractQuantities } from '@coxswain/api';
import type { ResourceList } from '@coxswain/api/types/core-v1';
import type { NodeSettings } from './settings.ts';

/** All there is on the machine. */
export function nodeCapacity({ machine, podsMax, extended }: NodeSettings): ResourceList {
  return {
    cpu: String(machine.cpus),
    'ephemeral-storage': `${Math.floor(machine.storageBytes / 1024)}Ki`,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: `${Math.floor(machine.memoryBytes / 1024)}Ki`,
    pods: String(podsMax),
    ...extended,
  };
}

/** What pods may have of it. */
export function nodeAllocatable(settings: NodeSettings): ResourceList {
  const capacity = nodeCapacity(settings);
  const { reserved = {} } = settings;
  return Object.fromEntries(
    Object.entries(capacity).map(([name, text]) => {
      const kept = reserved[name];
      return [name, kept ? formatQuantity(subtractQuantities(parseQuantity(text), kept)) : text];
    }),
  );
}
