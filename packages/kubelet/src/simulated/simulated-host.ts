import type { Pod } from '@coxswain/api/types/core-v1';
import type { MountedVolumes, NetworkChecks, PodHost } from '../host.ts';
import { namespaceOf, uidOf } from '../pods/spec.ts';
import type { References } from '../pods/environment.ts';

/** A machine without folders: volumes of every kind are ready at once, and nothing is left behind. */
export const simulatedHost: PodHost = {
  dns: { servers: [], searches: [], options: [] },
  profileRoot: '/var/lib/kubelet/seccomp',
  cgroupParent: () => undefined,
  logDirectory: (pod: Pod) =>
    `/var/log/pods/${namespaceOf(pod)}_${pod.metadata.name}_${uidOf(pod)}`,
  async prepare() {},
  async mountVolumes(pod): Promise<MountedVolumes> {
    const volumes = pod.spec!.volumes ?? [];
    return new Map(
      volumes.map(({ name }) => [name, { path: `/simulated/${name}`, readOnly: false }]),
    );
  },
  prepareDevices: async () => () => [],
  containerMounts: async () => [],
  terminationMessage: async () => '',
  async unmountVolumes() {},
  async remove() {},
  async removeLog() {},
  podsLeft: async () => [],
};

/** Simulated pods answer every check. */
export const simulatedChecks: NetworkChecks = {
  http: async () => ({ is: 'success', output: 'simulated' }),
  tcp: async () => ({ is: 'success', output: '' }),
  grpc: async () => ({ is: 'success', output: '' }),
};

/** Every ConfigMap and Secret that a simulated pod names is there, and empty. */
export const simulatedReferences: References = {
  async configMap(namespace, name) {
    return { metadata: { name, namespace } };
  },
  async secret(namespace, name) {
    return { metadata: { name, namespace } };
  },
};
