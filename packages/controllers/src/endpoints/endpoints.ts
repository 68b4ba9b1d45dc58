import { Endpoints, type KubeObject, Services } from '@coxswain/api';
import type { Endpoints as EndpointsObject, Pod, Service } from '@coxswain/api/types/core-v1';
import { splitKey } from '@coxswain/client';
import type { Action, Controller, Observed, Plan, Said } from '@coxswain/control';
import { namespaceIsGoing } from '../objects/going.ts';
import { same } from '../objects/same.ts';
import { isReady } from '../pods/state.ts';
import {
  hostnameOf,
  isHeadless,
  managesEndpoints,
  podsOf,
  podsWakeServices,
  sameNameWakesService,
  targetPort,
} from '../services/pods.ts';
import { type Point, repack, truncate } from './subsets.ts';

const addressesMax = 1000;
const overCapacityKey = 'endpoints.kubernetes.io/over-capacity';
const triggerKey = 'endpoints.kubernetes.io/last-change-trigger-time';
const headlessKey = 'service.kubernetes.io/headless';
const managedKey = 'endpoints.kubernetes.io/managed-by';

/** Keeps the Endpoints of each Service that has a selector, for clients that do not know EndpointSlices. */
export const endpointsController: Controller<Service> = {
  name: 'endpoints-controller',
  account: 'endpoint-controller',
  eventSource: 'endpoint-controller',
  reconciles: Services,
  watches: [podsWakeServices, { resource: Endpoints, keys: sameNameWakesService }],
  writes: [{ resource: Endpoints, verbs: ['create', 'update', 'delete'] }],
  plan(service, observed, key) {
    if (!service) return removeLeft(observed, key);
    return managesEndpoints(service) ? plan(service, observed) : { actions: [] };
  },
};

/** Endpoints of a Service that is gone go with it; those that someone made without one stay. */
function removeLeft(observed: Observed, key: string): Plan {
  const { name, namespace } = splitKey(key);
  const left = observed.get(Endpoints, name, namespace);
  const ours = left?.metadata.labels?.[managedKey] === 'endpoint-controller';
  if (!left || !ours) return { actions: [] };
  return { actions: [{ do: 'remove', resource: Endpoints, object: left }] };
}

function plan(service: Service, observed: Observed): Plan {
  const points = podsOf(service, observed)
    .filter(({ metadata }) => publishesAll(service) || !metadata.deletionTimestamp)
    .flatMap((pod) => pointsOf(pod, service));
  const { subsets, truncated } = truncate(repack(points), addressesMax);
  const { name, namespace } = service.metadata;
  const before = observed.get(Endpoints, name, namespace);
  const after = endpointsOf(service, before, subsets, truncated);
  return { actions: write(service, before, after) };
}

const publishesAll = ({ spec }: Service): boolean => spec?.publishNotReadyAddresses ?? false;

function pointsOf(pod: Pod, service: Service): readonly Point[] {
  const family = service.spec?.ipFamilies?.[0] ?? 'IPv4';
  const ips = pod.status?.podIPs?.map(({ ip }) => ip) ?? [pod.status?.podIP ?? ''];
  const ip = ips.find((each) => each.includes(':') === (family === 'IPv6'));
  if (!ip) return [];
  const hostname = hostnameOf(pod, service);
  const { name, namespace, uid } = pod.metadata;
  const address = {
    ip,
    ...(hostname && { hostname }),
    ...(pod.spec?.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
  const ready = isReady(pod) || publishesAll(service);
  const ports = service.spec?.ports ?? [];
  if (ports.length === 0) return isHeadless(service) ? [{ address, port: undefined, ready }] : [];
  return ports.flatMap((each) => {
    const port = targetPort(pod, each);
    if (port === undefined) return [];
    const { name: portName, protocol = 'TCP', appProtocol } = each;
    const point = {
      ...(portName && { name: portName }),
      port,
      protocol,
      ...(appProtocol && { appProtocol }),
    };
    return [{ address, port: point, ready }];
  });
}

function endpointsOf(
  service: Service,
  before: EndpointsObject | undefined,
  subsets: EndpointsObject['subsets'],
  truncated: boolean,
): EndpointsObject {
  const { name, namespace, labels, annotations } = service.metadata;
  const { [overCapacityKey]: _over, ...others } = {
    ...before?.metadata.annotations,
    ...triggerOf(annotations),
  };
  return {
    ...before,
    metadata: {
      ...before?.metadata,
      name,
      namespace,
      labels: {
        ...labels,
        [managedKey]: 'endpoint-controller',
        ...(isHeadless(service) && { [headlessKey]: '' }),
      },
      annotations: { ...others, ...(truncated && { [overCapacityKey]: 'truncated' }) },
    },
    subsets,
  };
}

const triggerOf = (
  annotations: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> =>
  annotations?.[triggerKey] ? { [triggerKey]: annotations[triggerKey] } : {};

function write(
  service: Service,
  before: EndpointsObject | undefined,
  after: EndpointsObject,
): readonly Action[] {
  if (before && same(before, after)) return [];
  const verb = before ? 'update' : 'create';
  const failed = (error: Error): Said | undefined =>
    namespaceIsGoing(error)
      ? undefined
      : {
          type: 'Warning',
          reason: before ? 'FailedToUpdateEndpoint' : 'FailedToCreateEndpoint',
          message: before
            ? `Failed to update endpoint ${service.metadata.namespace}/${service.metadata.name}: ${error.message}`
            : `Failed to create endpoint for service ${service.metadata.namespace}/${service.metadata.name}: ${error.message}`,
        };
  const announce = { about: (before ?? service) as KubeObject, failed };
  return [{ do: verb, resource: Endpoints, object: after, announce }];
}
