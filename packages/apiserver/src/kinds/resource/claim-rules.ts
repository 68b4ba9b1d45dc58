import { Namespaces } from '@coxswain/api';
import type {
  DeviceClaim,
  DeviceConstraint,
  DeviceRequest,
  DeviceSubRequest,
  ExactDeviceRequest,
} from '@coxswain/api/types/resource-v1';
import type { KindContext } from '../kind.ts';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type Rules,
} from '../rules/field.ts';
import { dns1123Subdomain } from '../rules/name.ts';
import { eachOf, setOf } from './lists.ts';
import { fullAttributeName, shortName } from './names.ts';
import { deviceConfiguration, deviceSelectors, deviceToleration } from './parts.ts';

/** Most results of one allocation, and so most requests of one claim. */
export const resultsMax = 32;
/** Most settings of one claim or class. */
export const configMax = 32;
const constraintsMax = 32;
const alternativesMax = 8;
const adminKey = 'resource.kubernetes.io/admin-access';
const oneOfBoth = 'exactly one of `exactly` or `firstAvailable` is required';

/** The requests of a claim by their names, each with the names of its alternatives. */
export type RequestNames = ReadonlyMap<string, ReadonlySet<string>>;

export const requestNames = (claim: DeviceClaim | undefined): RequestNames =>
  new Map(
    (claim?.requests ?? []).map(({ name, firstAvailable = [] }) => [
      name,
      new Set(firstAvailable.map((each) => each.name)),
    ]),
  );

/** Rules of what a claim asks for. */
export function* deviceClaim(
  path: string,
  claim: DeviceClaim | undefined,
  { enabled }: KindContext,
): Rules {
  if (!claim) return;
  const names = requestNames(claim);
  const named = (name: string, at: string): Rules => requestReference(at, name, names);
  yield* setOf(`${path}.requests`, claim.requests, resultsMax, ({ name }) => name, deviceRequest);
  yield* eachOf(`${path}.constraints`, claim.constraints, constraintsMax, function* (one, at) {
    yield* setOf(`${at}.requests`, one.requests, resultsMax, (name) => name, named);
    yield* constraint(at, one, enabled('DRAConsumableCapacity'));
  });
  yield* eachOf(`${path}.config`, claim.config, configMax, function* (one, at) {
    yield* setOf(`${at}.requests`, one.requests, resultsMax, (name) => name, named);
    yield* deviceConfiguration(at, one);
  });
}

function* constraint(
  at: string,
  { matchAttribute, distinctAttribute }: DeviceConstraint,
  mayDiffer: boolean,
): Rules {
  if (matchAttribute !== undefined)
    yield* fullAttributeName(`${at}.matchAttribute`, matchAttribute);
  else if (distinctAttribute !== undefined)
    yield* fullAttributeName(`${at}.distinctAttribute`, distinctAttribute);
  else if (mayDiffer)
    yield required(
      at,
      'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
    );
  else yield required(`${at}.matchAttribute`);
}

function* deviceRequest(request: DeviceRequest, at: string): Rules {
  const { name, exactly, firstAvailable = [] } = request;
  yield* shortName(`${at}.name`, name);
  if (exactly && firstAvailable.length)
    yield invalidValue(at, null, `${oneOfBoth}, but multiple fields are set`);
  else if (exactly) yield* oneRequest(exactly, `${at}.exactly`);
  else if (!firstAvailable.length) yield required(at, oneOfBoth);
  else
    yield* setOf(
      `${at}.firstAvailable`,
      firstAvailable,
      alternativesMax,
      (each) => each.name,
      function* (each, place) {
        yield* shortName(`${place}.name`, each.name);
        yield* oneRequest(each, place);
      },
    );
}

function* oneRequest(request: ExactDeviceRequest | DeviceSubRequest, at: string): Rules {
  const { deviceClassName, allocationMode = '', count = 0 } = request;
  if (deviceClassName)
    yield* allInvalid(`${at}.deviceClassName`, deviceClassName, dns1123Subdomain(deviceClassName));
  else yield required(`${at}.deviceClassName`);
  yield* deviceSelectors(`${at}.selectors`, request.selectors);
  if (allocationMode === 'ExactCount') {
    if (count <= 0) yield invalidValue(`${at}.count`, count, 'must be greater than zero');
  } else if (allocationMode !== 'All')
    yield notSupported(`${at}.allocationMode`, allocationMode, ['All', 'ExactCount']);
  else if (count !== 0)
    yield invalidValue(`${at}.count`, count, "must not be specified when allocationMode is 'All'");
  yield* eachOf(`${at}.tolerations`, request.tolerations, undefined, deviceToleration);
}

/** Rules of where a request is named: by itself, or with one of its alternatives. */
export function* requestReference(path: string, name: string, names: RequestNames): Rules {
  const wrong = invalidValue(
    path,
    name,
    "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'",
  );
  const [first = '', second, ...more] = name.split('/');
  if (more.length) {
    yield wrong;
    return;
  }
  yield* shortName(path, first);
  if (second !== undefined) yield* shortName(path, second);
  const known = names.get(first);
  if (!known || (second !== undefined && !known.has(second))) yield wrong;
}

/** Access past what others hold is for namespaces that an administrator has marked. */
export function* adminAccess(
  path: string | undefined,
  namespace: string | undefined,
  { lookup }: KindContext,
): Rules {
  if (path === undefined) return;
  if (lookup(Namespaces, namespace ?? '')?.metadata.labels?.[adminKey] !== 'true')
    yield forbiddenField(
      path,
      `admin access to devices requires the \`${adminKey}: true\` label on the containing namespace`,
    );
}

/** Where a claim asks for such access first. */
export function adminRequest(claim: DeviceClaim | undefined): string | undefined {
  const index = (claim?.requests ?? []).findIndex(({ exactly }) => exactly?.adminAccess === true);
  // Upstream names it without what it is in, also in templates.
  return index < 0 ? undefined : `spec.devices.requests[${index}].adminAccess`;
}
