import { type KubeObject, Pods, selectorFromLabels, Services } from '@coxswain/api';
import type { Container, Pod, Service, ServicePort } from '@coxswain/api/types/core-v1';
import { keyOf } from '@coxswain/client';
import type { Observed, Watch } from '@coxswain/control';
import { same } from '../objects/same.ts';
import { podsByNode } from '../pods/indexes.ts';
import { isReady, isTerminated } from '../pods/state.ts';

/** The pods that a Service chooses, ended ones left out, in the order of their names. */
export function podsOf(service: Service, observed: Observed): readonly Pod[] {
  const selector = selectorFromLabels(service.spec?.selector);
  return observed
    .all(Pods, service.metadata.namespace)
    .filter((pod) => selector.matches(pod.metadata.labels) && hasAddress(pod))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

const hasAddress = (pod: Pod): boolean =>
  !isTerminated(pod) && Boolean(pod.status?.podIP || pod.status?.podIPs?.length);

/** Wakes the Services that choose a pod, or did, when something of it changes that endpoints show. */
export const podsWakeServices: Watch<Pod> = {
  resource: Pods,
  indexes: { node: podsByNode },
  keys(now, before, observed) {
    if (now && before && same(shown(now), shown(before))) return [];
    return servicesOf([now, before], observed);
  },
};

/** The keys of the Services that choose any of these states of a pod. */
export function servicesOf(
  states: readonly (Pod | undefined)[],
  observed: Pick<Observed, 'all'>,
): ReadonlySet<string> {
  const keys = new Set<string>();
  const { namespace } = states.find((pod) => pod)!.metadata;
  for (const service of observed.all(Services, namespace)) {
    if (!service.spec?.selector) continue;
    const selector = selectorFromLabels(service.spec.selector);
    const chosen = states.some((pod) => pod && selector.matches(pod.metadata.labels));
    if (chosen) keys.add(keyOf(service));
  }
  return keys;
}

const shown = (pod: Pod): unknown => [
  pod.metadata.labels,
  pod.metadata.deletionTimestamp,
  [pod.spec?.nodeName, pod.spec?.hostname, pod.spec?.subdomain],
  [isReady(pod), isTerminated(pod), pod.status?.podIP, pod.status?.podIPs],
];

/** Wakes the Service that an object names by a label. */
export const labelWakesService =
  (label: string) =>
  (now: KubeObject | undefined, before: KubeObject | undefined): Iterable<string> => {
    const { labels, namespace } = (now ?? before)!.metadata;
    const name = labels?.[label];
    return name ? [`${namespace}/${name}`] : [];
  };

/** Wakes the Service of an object's own name. */
export const sameNameWakesService = (
  now: KubeObject | undefined,
  before: KubeObject | undefined,
): Iterable<string> => [keyOf((now ?? before)!)];

/** The number of the port on the pod that a Service's port leads to; undefined where the pod has none of that name. */
export function targetPort(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target || port.port;
  const protocol = port.protocol ?? 'TCP';
  const sidecars = (pod.spec?.initContainers ?? []).filter(
    ({ restartPolicy }) => restartPolicy === 'Always',
  );
  for (const container of [...(pod.spec?.containers ?? []), ...(sidecars as readonly Container[])])
    for (const each of container.ports ?? [])
      if (each.name === target && (each.protocol ?? 'TCP') === protocol) return each.containerPort;
  return undefined;
}

export const isHeadless = ({ spec }: Service): boolean =>
  spec?.type !== 'ExternalName' && (!spec?.clusterIP || spec.clusterIP === 'None');

/** The name that DNS gives this pod within the Service. */
export const hostnameOf = (pod: Pod, service: Service): string | undefined =>
  pod.spec?.hostname && pod.spec.subdomain === service.metadata.name
    ? pod.spec.hostname
    : undefined;

/** The endpoints of a Service without a selector are its user's own. */
export const managesEndpoints = (service: Service | undefined): service is Service =>
  service?.spec?.selector !== undefined &&
  service.spec.selector !== null &&
  service.spec.type !== 'ExternalName';
