import { ConfigMaps, Secrets } from '@coxswain/api';
import type { Informers } from '@coxswain/client';
import { MountError, type PodHost } from '../host.ts';
import type { References } from '../pods/environment.ts';
import { namespaceOf } from '../pods/spec.ts';
import { simulatedHost } from '../simulated/simulated-host.ts';

/** ConfigMaps and Secrets as the API has them, from caches that are opened when the first pod asks. */
export function fleetReferences(informers: Informers, signal: AbortSignal): References {
  const found = async <T>(
    of: {
      whenSynced(signal: AbortSignal): Promise<void>;
      get(n: string, ns: string): T | undefined;
    },
    namespace: string,
    name: string,
  ): Promise<T | undefined> => {
    await of.whenSynced(signal);
    return of.get(name, namespace);
  };
  return {
    configMap: (namespace, name) => found(informers.of(ConfigMaps), namespace, name),
    secret: (namespace, name) => found(informers.of(Secrets), namespace, name),
  };
}

/** The machine of a simulated node: volumes are ready at once, unless what they are made of is missing. */
export const fleetHost = (references: References): PodHost => ({
  ...simulatedHost,
  async mountVolumes(pod, wake, signal) {
    const namespace = namespaceOf(pod);
    for (const { name, configMap, secret } of pod.spec!.volumes ?? []) {
      const map = configMap && !configMap.optional ? configMap.name : undefined;
      if (map && !(await references.configMap(namespace, map)))
        throw new MountError(name, `configmap "${map}" not found`);
      const kept = secret && !secret.optional ? secret.secretName : undefined;
      if (kept && !(await references.secret(namespace, kept)))
        throw new MountError(name, `secret "${kept}" not found`);
    }
    return simulatedHost.mountVolumes(pod, wake, signal);
  },
});
