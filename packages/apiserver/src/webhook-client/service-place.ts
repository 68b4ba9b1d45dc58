import { ApiError, EndpointSlices, Services } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { EndpointSlice } from '@coxswain/api/types/discovery-v1';
import type { Objects } from '../authz/objects.ts';

/** Where a Service is answered. */
export interface ServicePlace {
  readonly host: string;
  readonly port: number;
}

const serviceNameLabel = 'kubernetes.io/service-name';
const routed = new Set(['ClusterIP', 'LoadBalancer', 'NodePort']);

/**
 * A ready endpoint of the Service, by lot. Throws in upstream's words: 404, 503, or an error of its own for a kind of
 * Service that has no endpoints.
 */
export function resolveService(
  objects: Objects,
  random: () => number,
  {
    namespace,
    name,
    port,
  }: { readonly namespace: string; readonly name: string; readonly port: number },
): ServicePlace {
  const service = objects.get(Services, name, namespace);
  if (!service) throw new ApiError(404, 'NotFound', `service "${name}" not found`);
  const { type = 'ClusterIP', externalName = '' } = service.spec ?? {};
  if (type === 'ExternalName') return { host: externalName, port };
  if (!routed.has(type)) throw new Error(`unsupported service type "${type}"`);
  const wanted = service.spec?.ports?.find((each) => each.port === port);
  if (!wanted) throw unavailable(`no service port ${port} found for service "${name}"`);
  for (const slice of inOrder(objects, service)) {
    const place = placeIn(slice, wanted.name ?? '', random);
    if (place) return place;
  }
  throw unavailable(`no endpoints available for service "${name}"`);
}

/** The Service's own address, for who stands behind what routes it; throws in upstream's words where there is none. */
export function resolveClusterIp(
  objects: Objects,
  {
    namespace,
    name,
    port,
  }: { readonly namespace: string; readonly name: string; readonly port: number },
): ServicePlace {
  const service = objects.get(Services, name, namespace);
  if (!service) throw new ApiError(404, 'NotFound', `service "${name}" not found`);
  const { type = 'ClusterIP', externalName = '', clusterIP = '', ports = [] } = service.spec ?? {};
  if (type === 'ExternalName') return { host: externalName, port };
  if (clusterIP === 'None') throw new Error('cannot route to service with ClusterIP "None"');
  if (!routed.has(type)) throw new Error(`unsupported service type "${type}"`);
  if (!ports.some((each) => each.port === port))
    throw unavailable(`no service port ${port} found for service "${name}"`);
  return { host: clusterIP, port };
}

/** Those of the Service's first address family first. */
function inOrder(objects: Objects, { metadata, spec }: Service): readonly EndpointSlice[] {
  const slices = [...objects.all(EndpointSlices, metadata.namespace)].filter(
    (slice) => slice.metadata.labels?.[serviceNameLabel] === metadata.name,
  );
  const family = spec?.ipFamilies?.[0];
  return slices.toSorted(
    (a, b) => Number(b.addressType === family) - Number(a.addressType === family),
  );
}

function placeIn(
  { ports, endpoints }: EndpointSlice,
  portName: string,
  random: () => number,
): ServicePlace | undefined {
  const port = ports?.find((each) => (each.name ?? '') === portName)?.port;
  const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
  const host = ready[Math.floor(random() * ready.length)]?.addresses[0];
  return port === undefined || host === undefined ? undefined : { host, port };
}

const unavailable = (why: string): ApiError => new ApiError(503, 'ServiceUnavailable', why);
