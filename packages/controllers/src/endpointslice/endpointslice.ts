import { EndpointSlices, type KubeObject, Nodes, Pods, Services } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { Endpoint, EndpointPort, EndpointSlice } from '@coxswain/api/types/discovery-v1';
import type { Action, Announce, Controller, Observed, Plan } from '@coxswain/control';
import { controllerReference } from '../objects/owner.ts';
import { namespaceIsGoing } from '../objects/going.ts';
import { same } from '../objects/same.ts';
import {
  isHeadless,
  labelWakesService,
  managesEndpoints,
  podsWakeServices,
  servicesOf,
} from '../services/pods.ts';
import { desiredGroups, familiesOf, type Family, type Group, portsKey } from './desired.ts';
import { pack } from './pack.ts';
import { whyFew } from './why.ts';

const serviceKey = 'kubernetes.io/service-name';
const managedKey = 'endpointslice.kubernetes.io/managed-by';
const headlessKey = 'service.kubernetes.io/headless';
const manager = 'endpointslice-controller.k8s.io';

const byService = ({ metadata }: EndpointSlice): readonly string[] => {
  const service = metadata.labels?.[serviceKey];
  return service && metadata.labels?.[managedKey] === manager
    ? [`${metadata.namespace}/${service}`]
    : [];
};

/** Keeps the EndpointSlices of each Service that has a selector. */
export const endpointSliceController: Controller<Service> = {
  name: 'endpointslice-controller',
  eventSource: 'endpoint-slice-controller',
  reconciles: Services,
  watches: [
    podsWakeServices,
    {
      resource: EndpointSlices,
      keys: labelWakesService(serviceKey),
      indexes: { service: byService },
    },
    {
      resource: Nodes,
      // Pods may be seen before the node that they are on.
      keys: (now, before, observed) =>
        now && !before
          ? observed
              .by(Pods, 'node', now.metadata.name)
              .flatMap((pod) => [...servicesOf([pod], observed)])
          : [],
    },
  ],
  writes: [{ resource: EndpointSlices, verbs: ['create', 'update', 'delete'] }],
  plan: (service, observed) =>
    managesEndpoints(service) && !service.metadata.deletionTimestamp
      ? plan(service, observed)
      : { actions: [] },
};

function plan(service: Service, observed: Observed): Plan {
  const { name, namespace, uid } = service.metadata;
  const slices = observed
    .by(EndpointSlices, 'service', `${namespace}/${name}`)
    .filter(({ metadata }) => !metadata.deletionTimestamp);
  const families = familiesOf(service);
  const isOurs = ({ addressType, metadata }: EndpointSlice): boolean =>
    families.includes(addressType as Family) &&
    (metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.kind === 'Service') ??
      false);
  const groups = desiredGroups(service, observed);
  const strangers = slices.filter((slice) => !isOurs(slice));
  const actions = families.flatMap((family) =>
    planFamily(
      service,
      family,
      groups.filter((group) => group.family === family),
      slices.filter((slice) => isOurs(slice) && slice.addressType === family),
    ),
  );
  return {
    actions: [...actions, ...strangers.map((slice) => remove(service, slice))],
    why: isWhole(service, groups) ? [] : whyFew(service, observed),
  };
}

/** Every endpoint is ready and has every port: there is nothing to say, and no pod need be looked at for it. */
const isWhole = ({ spec }: Service, groups: readonly Group[]): boolean =>
  groups.length > 0 &&
  groups.every(
    ({ ports, endpoints }) =>
      ports.length === (spec?.ports?.length ?? 0) &&
      endpoints.every(({ conditions }) => conditions?.ready),
  );

function planFamily(
  service: Service,
  family: Family,
  groups: readonly Group[],
  slices: readonly EndpointSlice[],
): readonly Action[] {
  const keyOf = ({ addressType, ports }: EndpointSlice): string => portsKey(addressType, ports);
  const wanted = new Set(groups.map(({ ports }) => portsKey(family, ports)));
  const left = slices.filter((slice) => !wanted.has(keyOf(slice)));
  const actions: Action[] = [];
  for (const { ports, endpoints } of groups) {
    const own = slices.filter((slice) => keyOf(slice) === portsKey(family, ports));
    const packing = pack(own, endpoints);
    const changed = new Map(packing.update.map((each) => [each.slice, each.endpoints]));
    for (const some of packing.create)
      actions.push(create(service, sliceOf(service, family, ports, some)));
    for (const slice of own) {
      if (packing.remove.includes(slice)) continue;
      const after = relabelled(service, slice, changed.get(slice) ?? slice.endpoints);
      if (!same(after, slice)) actions.push(update(service, after));
    }
    actions.push(...packing.remove.map((slice) => remove(service, slice)));
  }
  return [...actions, ...withPlaceholder(service, family, left, groups.length > 0)];
}

/** A family without any endpoint keeps one empty slice, so that consumers see that it has none. */
function withPlaceholder(
  service: Service,
  family: Family,
  left: readonly EndpointSlice[],
  hasEndpoints: boolean,
): readonly Action[] {
  const fresh = sliceOf(service, family, [], []);
  const isPlaceholder = ({ endpoints, ports, metadata }: EndpointSlice): boolean =>
    !endpoints?.length && !ports?.length && same(metadata.labels, fresh.metadata.labels);
  const kept = hasEndpoints ? undefined : left.find(isPlaceholder);
  const going = left.filter((slice) => slice !== kept).map((slice) => remove(service, slice));
  return hasEndpoints || kept ? going : [create(service, fresh), ...going];
}

const labelsOf = (service: Service): Readonly<Record<string, string>> => {
  const {
    [serviceKey]: _service,
    [managedKey]: _manager,
    [headlessKey]: _headless,
    ...labels
  } = service.metadata.labels ?? {};
  return {
    ...labels,
    [serviceKey]: service.metadata.name,
    [managedKey]: manager,
    ...(isHeadless(service) && { [headlessKey]: '' }),
  };
};

const sliceOf = (
  service: Service,
  family: Family,
  ports: readonly EndpointPort[],
  endpoints: readonly Endpoint[],
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: '',
    generateName: `${service.metadata.name}-`,
    namespace: service.metadata.namespace,
    labels: labelsOf(service),
    ownerReferences: [controllerReference(Services, service)],
  },
  addressType: family,
  endpoints,
  ports,
});

const relabelled = (
  service: Service,
  slice: EndpointSlice,
  endpoints: readonly Endpoint[] | null | undefined,
): EndpointSlice => ({
  ...slice,
  metadata: { ...slice.metadata, labels: labelsOf(service) },
  endpoints: endpoints ?? [],
});

const told = (service: Service, verb: string): Announce => ({
  about: service as KubeObject,
  failed: (error) =>
    namespaceIsGoing(error)
      ? undefined
      : {
          type: 'Warning',
          reason: 'FailedToUpdateEndpointSlices',
          message: `Error updating Endpoint Slices for Service ${service.metadata.namespace}/${service.metadata.name}: failed to ${verb} EndpointSlice for Service ${service.metadata.namespace}/${service.metadata.name}: ${error.message}`,
        },
});
const create = (service: Service, object: EndpointSlice): Action => ({
  do: 'create',
  resource: EndpointSlices,
  object,
  announce: told(service, 'create'),
});
const update = (service: Service, object: EndpointSlice): Action => ({
  do: 'update',
  resource: EndpointSlices,
  object,
  announce: told(service, 'update'),
});
const remove = (service: Service, object: EndpointSlice): Action => ({
  do: 'remove',
  resource: EndpointSlices,
  object,
  announce: told(service, 'delete'),
});
