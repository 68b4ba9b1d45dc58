import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';
import { type HostPort, hostPorts } from '../nodes/host-ports.ts';

/** Keeps a pod off nodes where a port it wants of the host is taken. */
export const nodePorts: SchedulerPlugin<readonly HostPort[]> = {
  name: 'NodePorts',
  wakeOn: [
    { event: 'node/add' },
    {
      event: 'pod/deleted',
      cures: (pod, event) =>
        event.type === 'pod/deleted' &&
        hostPorts(event.pod).some((freed) =>
          hostPorts(pod).some(
            (wanted) => wanted.port === freed.port && wanted.protocol === freed.protocol,
          ),
        ),
    },
    { event: 'pod/updated' },
  ],
  prepare(pod) {
    const ports = hostPorts(pod);
    return ports.length > 0 ? { is: 'ready', state: ports } : { is: 'skip' };
  },
  filter: (ports, { ports: inUse }) =>
    ports.some((port) => inUse.conflicts(port))
      ? rejected("node(s) didn't have free ports for the requested pod ports", true)
      : fits,
};
