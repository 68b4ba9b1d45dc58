import { canonicalQuantity, compareQuantities, scaled, wholeValue } from '@coxswain/api/quantity';
import type {
  ResourceClaim,
  ResourceList,
  ResourceRequirements,
} from '@coxswain/api/types/core-v1';
import {
  allInvalid,
  duplicate,
  forbiddenField,
  invalidValue,
  nonNegativeText,
  notFoundValue,
  notSupported,
  required,
  type Rules,
} from './field.ts';
import { dns1123Label, qualifiedName } from './name.ts';

const hugePages = 'hugepages-';
const forContainers = new Set(['cpu', 'memory', 'ephemeral-storage']);
const standard = new Set([
  ...forContainers,
  ...['requests.cpu', 'requests.memory', 'requests.ephemeral-storage'],
  ...['limits.cpu', 'limits.memory', 'limits.ephemeral-storage'],
  ...['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps'],
  ...['persistentvolumeclaims', 'storage', 'requests.storage', 'services.nodeports'],
  'services.loadbalancers',
]);
const integers = new Set([
  ...['pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps'],
  ...['persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers'],
]);

export const isHugePages = (name: string): boolean => name.startsWith(hugePages);
const isQuotaHugePages = (name: string): boolean =>
  isHugePages(name) || name.startsWith(`requests.${hugePages}`);
/** Whether a quota can be of that resource. */
export const isQuotaResource = (name: string): boolean =>
  (name !== 'storage' && standard.has(name)) || isQuotaHugePages(name);
/** Whether a resource is Kubernetes' own. */
export const isNative = (name: string): boolean =>
  !name.includes('/') || name.includes('kubernetes.io/');
/** Whether a resource is somebody else's, a device. */
export const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && !qualifiedName(`requests.${name}`).length;
/** Whether requests may be less than limits: not for huge pages and devices. */
export const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name);

/** The name of a resource of any sort. */
export function* resourceName(path: string, name: string): Rules {
  const wrong = qualifiedName(name);
  if (wrong.length) yield* allInvalid(path, name, wrong);
  else if (!name.includes('/') && !standard.has(name) && !isQuotaHugePages(name))
    yield invalidValue(path, name, 'must be a standard resource type or fully qualified');
}

/** The name of a resource that a container may ask for. */
export function* containerResourceName(path: string, name: string): Rules {
  if (forContainers.has(name)) return;
  yield* resourceName(path, name);
  if (!name.includes('/')) {
    if (!isHugePages(name))
      yield invalidValue(path, name, 'must be a standard resource for containers');
  } else if (!isNative(name) && !isExtended(name))
    yield invalidValue(path, name, "doesn't follow extended resource name standard");
}

function* podResourceName(path: string, name: string): Rules {
  if (name === 'cpu' || name === 'memory' || isHugePages(name)) return;
  yield* resourceName(path, name);
  yield notSupported(path, name, ['cpu', 'hugepages-', 'memory']);
}

const isInteger = (quantity: string): boolean => scaled(quantity, -3) % 1000n === 0n;

/** A quantity that suits its resource: not negative, and whole where halves make no sense. */
export function* resourceQuantity(path: string, name: string, quantity: string): Rules {
  if (compareQuantities(quantity, '0') < 0) yield invalidValue(path, quantity, nonNegativeText);
  if ((integers.has(name) || isExtended(name)) && !isInteger(quantity))
    yield invalidValue(path, quantity, 'must be an integer');
}

function* hugePagesQuantity(path: string, name: string, quantity: string): Rules {
  const page = wholeValue(name.slice(hugePages.length));
  if (page > 0 && wholeValue(quantity) % page !== 0)
    yield invalidValue(path, quantity, `${quantity} is not positive integer multiple of ${name}`);
}

function* quantities(
  path: string,
  list: ResourceList,
  nameRule: (path: string, name: string) => Rules,
  more?: (name: string) => Rules,
): Rules {
  for (const name in list) {
    const at = `${path}[${name}]`;
    yield* nameRule(at, name);
    yield* resourceQuantity(at, name, list[name]!);
    if (more) yield* more(name);
    if (isHugePages(name)) yield* hugePagesQuantity(at, name, list[name]!);
  }
}

function* requestWithinLimit(
  path: string,
  name: string,
  request: string,
  limit: string | undefined,
): Rules {
  if (limit === undefined) {
    if (!mayOvercommit(name))
      yield required(`${path}.limits`, 'Limit must be set for non overcommitable resources');
    return;
  }
  if (request === limit) return;
  const order = compareQuantities(request, limit);
  const bound =
    order !== 0 && !mayOvercommit(name) ? 'equal to' : order > 0 ? 'less than or equal to' : '';
  if (bound)
    yield invalidValue(
      `${path}.requests`,
      canonicalQuantity(request),
      `must be ${bound} ${name} limit of ${canonicalQuantity(limit)}`,
    );
}

const nothing: ResourceList = {};

/** Rules of what a container asks for; `claims` are the names of the pod's resource claims. */
export function containerResources(
  path: string,
  resources: ResourceRequirements | undefined,
  claims: ReadonlySet<string>,
): Rules {
  return requirements(path, resources, claims, containerResourceName);
}

/** Rules of what a pod asks for as a whole. */
export function* podResources(path: string, resources: ResourceRequirements): Rules {
  if (resources.claims)
    yield forbiddenField(`${path}.claims`, 'claims may not be set for Resources at pod-level');
  yield* requirements(path, resources, new Set(), podResourceName);
}

function* requirements(
  path: string,
  resources: ResourceRequirements | undefined,
  claims: ReadonlySet<string>,
  nameRule: (path: string, name: string) => Rules,
): Rules {
  if (!resources) return;
  const { limits = nothing, requests = nothing } = resources;
  yield* quantities(`${path}.limits`, limits, nameRule);
  yield* quantities(`${path}.requests`, requests, nameRule, (name) =>
    requestWithinLimit(path, name, requests[name]!, limits[name]),
  );
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory'))
    yield forbiddenField(path, 'HugePages require cpu or memory');
  if (resources.claims) yield* claimNames(`${path}.claims`, resources.claims, claims);
}

function* claimNames(
  path: string,
  wanted: readonly ResourceClaim[],
  claims: ReadonlySet<string>,
): Rules {
  const seen = new Set<string>();
  for (const [index, { name, request }] of wanted.entries()) {
    const at = `${path}[${index}]`;
    if (!name) {
      yield required(at);
      continue;
    }
    if (request) yield* allInvalid(`${at}.request`, request, dns1123Label(request));
    const key = request ? `${name}/${request}` : name;
    const overlaps = !request && [...seen].some((other) => other.startsWith(`${name}/`));
    if (seen.has(name)) yield duplicate(at, name);
    else if (seen.has(key) || overlaps) yield duplicate(at, key);
    seen.add(key);
    if (!claims.has(name))
      yield notFoundValue(
        at,
        name,
        `must be one of the names in pod.spec.resourceClaims${claims.size ? `: ${[...claims].toSorted().join(', ')}` : ' which is empty'}`,
      );
  }
}
