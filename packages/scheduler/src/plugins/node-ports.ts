import type { Pod } from '@coxswain/api/types/core-v1';
import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';
import { type HostPort, hostPorts, PortsInUse } from '../nodes/host-ports.ts';

const taken = rejected("node(s) didn't have free ports for the requested pod ports", true);

/** Keeps a pod off nodes where a port it wants of the host is taken. */
export const nodePorts: SchedulerPlugin<readonly HostPort[]> = {
  name: 'NodePorts',
  wakeOn: [
    { event: 'node/add' },
    {
      event: 'pod/deleted',
      cures: (pod, event) => event.type === 'pod/deleted' && wanted(pod, hostPorts(event.pod)),
    },
  ],
  likeness(pod) {
    const ports = hostPorts(pod);
    return ports.length > 0 ? JSON.stringify(ports) : '';
  },
  prepare(pod) {
    const ports = hostPorts(pod);
    return ports.length > 0 ? { is: 'ready', state: ports } : { is: 'skip' };
  },
  filter: (ports, { ports: inUse }) => (ports.some((port) => inUse.conflicts(port)) ? taken : fits),
};

/** Whether `pod` could not have stood beside a pod with the ports that are free now. */
function wanted(pod: Pod, freed: readonly HostPort[]): boolean {
  const ports = new PortsInUse();
  for (const port of freed) ports.add(port);
  return hostPorts(pod).some((port) => ports.conflicts(port));
}
