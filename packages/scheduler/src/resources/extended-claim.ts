import { ResourceClaims } from '@coxswain/api';
import { wholeValue } from '@coxswain/api/quantity';
import { isExtended } from '@coxswain/api/quota';
import type { Container, ContainerExtendedResourceRequest, Pod } from '@coxswain/api/types/core-v1';
import type { DeviceClass, DeviceRequest, ResourceClaim } from '@coxswain/api/types/resource-v1';
import type { Devices } from '../framework/devices.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { podRequests } from '../nodes/pod-requests.ts';

/** What of a claim a container's extended resource is. */
export type Mapping = ContainerExtendedResourceRequest;

/** Every class stands for an extended resource of this name and its own. */
export const classPrefix = 'deviceclass.resource.kubernetes.io/';
/** Marks claims that stand for extended resources. */
export const extendedAnnotation = 'resource.kubernetes.io/extended-resource-claim';
/** No name of the API: the claim is not there yet. */
export const inMemoryName = '<extended-resources>';

/** Extended resources of a pod that may come from devices, if any of them has a class. */
export function extendedResources(
  pod: Pod,
  classFor: Devices['classFor'],
): readonly string[] | undefined {
  const names = [...podRequests(pod).asked.others].flatMap(([name, amount]) =>
    amount > 0 && (isExtended(name) || name.startsWith(classPrefix)) ? [name] : [],
  );
  return names.some((name) => classFor(name) !== undefined) ? names : undefined;
}

/** The claim that stands for a pod's extended resources before it is known what it asks for. */
export const emptyClaimFor = ({ metadata }: Pod): ResourceClaim => ({
  apiVersion: `${ResourceClaims.group}/${ResourceClaims.version}`,
  kind: ResourceClaims.kind,
  metadata: {
    name: inMemoryName,
    generateName: `${metadata.name}-extended-resources-`,
    namespace: metadata.namespace,
    uid: `extended resources of ${metadata.uid}`,
    annotations: { [extendedAnnotation]: 'true' },
    ownerReferences: [
      {
        ...{ apiVersion: 'v1', kind: 'Pod', name: metadata.name },
        ...{ uid: metadata.uid ?? '', controller: true },
      },
    ],
  },
  spec: {},
});

/** What a node lacks that devices make up for; a text where it cannot be made up for. */
export function missingOn(
  { allocatable }: NodeInfo,
  names: readonly string[],
  classFor: Devices['classFor'],
): ReadonlyMap<string, DeviceClass> | string {
  const missing = new Map<string, DeviceClass>();
  for (const name of names) {
    const of = classFor(name);
    if (of && !allocatable.others.get(name)) missing.set(name, of);
    else if (!allocatable.others.has(name)) return 'cannot fit resource';
  }
  return missing;
}

interface Requests {
  readonly requests: readonly DeviceRequest[];
  readonly mappings: readonly Mapping[];
}

/** Requests for devices, and which container each is for. An init container uses what those that run later have. */
export function requestsFor({ spec }: Pod, missing: ReadonlyMap<string, DeviceClass>): Requests {
  const inits = spec.initContainers ?? [];
  const containers = [...inits, ...spec.containers];
  const isShort = (at: number): boolean =>
    at < inits.length && containers[at]!.restartPolicy !== 'Always';
  const requests: DeviceRequest[] = [];
  const mappings: Mapping[] = [];
  for (const name of [...missing.keys()].toSorted()) {
    const of = missing.get(name)!.metadata.name;
    const long = containers.map((each, at) =>
      isShort(at) ? undefined : requestOf(each, at, name, of, []),
    );
    const later = (at: number) => long.slice(at).flatMap((each) => each?.request ?? []);
    const short = containers.flatMap((each, at) =>
      isShort(at) ? [requestOf(each, at, name, of, later(at))] : [],
    );
    const own = short.flatMap(({ request }) => request ?? []);
    // One after the other: the largest serves them all.
    const largest = own.reduce<DeviceRequest | undefined>(
      (max, each) => (max && countOf(max) >= countOf(each) ? max : each),
      undefined,
    );
    const smaller = new Set(own.map((each) => each.name));
    if (largest) requests.push(largest);
    requests.push(...long.flatMap((each) => each?.request ?? []));
    mappings.push(...long.flatMap((each) => each?.mappings ?? []));
    for (const mapping of short.flatMap((each) => each.mappings))
      mappings.push(
        smaller.has(mapping.requestName) ? { ...mapping, requestName: largest!.name } : mapping,
      );
  }
  return { requests: requests.toSorted((a, b) => (a.name < b.name ? -1 : 1)), mappings };
}

const countOf = ({ exactly }: DeviceRequest): number => exactly?.count ?? 0;

function requestOf(
  { name: containerName, resources }: Container,
  index: number,
  resourceName: string,
  deviceClassName: string,
  reusable: readonly DeviceRequest[],
): { readonly request?: DeviceRequest; readonly mappings: readonly Mapping[] } {
  const asked = resources?.requests ?? {};
  const wanted = wholeValue(asked[resourceName] ?? '0');
  if (wanted === 0) return { mappings: [] };
  const mappings: Mapping[] = [];
  let sum = 0;
  for (const request of reusable) {
    sum += countOf(request);
    mappings.push({ containerName, resourceName, requestName: request.name });
    if (sum >= wanted) return { mappings };
  }
  const place = Object.keys(asked).toSorted().indexOf(resourceName);
  const name = `container-${index}-request-${place}`;
  mappings.push({ containerName, resourceName, requestName: name });
  const exactly = { deviceClassName, allocationMode: 'ExactCount', count: wanted - sum };
  return { request: { name, exactly }, mappings };
}
