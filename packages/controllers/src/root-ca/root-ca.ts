import { ConfigMaps, Namespaces } from '@coxswain/api';
import type { ConfigMap, Namespace } from '@coxswain/api/types/core-v1';
import type { Action, Controller } from '@coxswain/control';
import { same } from '../objects/same.ts';

const mapName = 'kube-root-ca.crt';
const descriptionKey = 'kubernetes.io/description';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. ' +
  'No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Keeps the ConfigMap `kube-root-ca.crt` with the cluster's authority (PEM) in every namespace. */
export const rootCaPublisher = (authority: string): Controller<Namespace> => ({
  name: 'root-ca-certificate-publisher-controller',
  account: 'root-ca-cert-publisher',
  reconciles: Namespaces,
  watches: [
    {
      resource: ConfigMaps,
      keys: (now, before) => {
        const { name, namespace = '' } = (now ?? before)!.metadata;
        return name === mapName ? [namespace] : [];
      },
    },
  ],
  writes: [{ resource: ConfigMaps, verbs: ['create', 'update'] }],
  plan(ns, observed) {
    if (!ns || ns.metadata.deletionTimestamp || ns.status?.phase === 'Terminating')
      return { actions: [] };
    const present = observed.get(ConfigMaps, mapName, ns.metadata.name);
    return { actions: publish(ns.metadata.name, present, { 'ca.crt': authority }) };
  },
});

function publish(
  namespace: string,
  present: ConfigMap | undefined,
  data: Readonly<Record<string, string>>,
): readonly Action[] {
  const annotations = { ...present?.metadata.annotations, [descriptionKey]: description };
  if (!present) {
    const object: ConfigMap = { metadata: { name: mapName, namespace, annotations }, data };
    return [{ do: 'create', resource: ConfigMaps, object }];
  }
  if (same(present.data, data) && same(present.metadata.annotations, annotations)) return [];
  const object: ConfigMap = { ...present, metadata: { ...present.metadata, annotations }, data };
  return [{ do: 'update', resource: ConfigMaps, object }];
}
