import type { ContainerStatus, Pod, PodCondition, PodSpec } from '@coxswain/api/types/core-v1';
import type { Status } from '../kind.ts';
import {
  allInvalid,
  duplicate,
  forbiddenField,
  internalFault,
  invalidValue,
  required,
  type Rules,
} from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';
import { isDualStack, parseAddress, validAddress } from '../rules/ip.ts';
import { immutable } from '../rules/meta.ts';
import { dns1123Label, qualifiedName, subdomainName } from '../rules/name.ts';
import { fixedAnnotations } from './pod-rules.ts';

/** Conditions that come without observedGeneration keep the one they had. */
function keptGenerations(
  next: readonly PodCondition[] | undefined,
  before: readonly PodCondition[] | undefined,
): readonly PodCondition[] | undefined {
  if (!next?.some(({ observedGeneration }) => !observedGeneration)) return next;
  const left = [...(before ?? [])];
  return next.map((condition) => {
    const at = left.findIndex(({ type }) => type === condition.type);
    const old = at < 0 ? undefined : left.splice(at, 1)[0];
    return condition.observedGeneration || !old?.observedGeneration
      ? condition
      : { ...condition, observedGeneration: old.observedGeneration };
  });
}

/** What the kubelet and the scheduler write. Owner references and deletion are out of their reach. */
export const podStatusPart: Status<Pod> = {
  prepareForUpdate: (next, before) => {
    const { deletionTimestamp: _, ...metadata } = next.metadata;
    const status = next.status ?? {};
    const conditions = keptGenerations(status.conditions, before.status?.conditions);
    return {
      ...next,
      spec: before.spec,
      metadata: {
        ...metadata,
        ...(before.metadata.deletionTimestamp && {
          deletionTimestamp: before.metadata.deletionTimestamp,
        }),
        ownerReferences: before.metadata.ownerReferences,
      },
      status: {
        ...status,
        ...(conditions && { conditions }),
        observedGeneration: status.observedGeneration || before.status?.observedGeneration,
        qosClass: status.qosClass || before.status?.qosClass,
      },
    };
  },
  resetFields: [
    ['f:spec'],
    ['f:metadata', 'f:deletionTimestamp'],
    ['f:metadata', 'f:ownerReferences'],
  ],
  validateUpdate: statusRules,
};

const systemConditions = ['PodScheduled', 'Ready', 'Initialized'];

function* statusRules(next: Pod, before: Pod): Rules {
  const { status = {} } = next;
  const old = before.status ?? {};
  yield* fixedAnnotations(next, before);
  for (const [index, { type, observedGeneration = 0 }] of (status.conditions ?? []).entries()) {
    const at = `status.conditions[${index}]`;
    if (observedGeneration < 0)
      yield invalidValue(
        `${at}.observedGeneration`,
        observedGeneration,
        'must be a non-negative integer',
      );
    if (!systemConditions.includes(type))
      yield* allInvalid(`${at}.Type`, type, qualifiedName(type));
  }
  yield* nomination(status.nominatedNodeName, old.nominatedNodeName, before.spec);
  if ((status.observedGeneration ?? 0) < 0)
    yield invalidValue(
      'status.observedGeneration',
      status.observedGeneration,
      'must be a non-negative integer',
    );
  yield* immutable('status.qosClass', status.qosClass, old.qosClass);
  yield* transitions(
    'containerStatuses',
    status.containerStatuses,
    old.containerStatuses,
    (name, exitCode) => mayRestart(before.spec, name, exitCode),
  );
  yield* transitions(
    'initContainerStatuses',
    status.initContainerStatuses,
    old.initContainerStatuses,
    (name, exitCode) => initMayRestart(before.spec, name, exitCode),
  );
  yield* transitions(
    'ephemeralContainerStatuses',
    status.ephemeralContainerStatuses,
    old.ephemeralContainerStatuses,
    () => false,
  );
  yield* claimStatuses(next);
  yield* extendedClaim(next);
  yield* addressLists(next, before);
}

function* nomination(next: string | undefined, before: string | undefined, spec: PodSpec): Rules {
  if (!next || next === before) return;
  yield* allInvalid('status.nominatedNodeName', next, subdomainName(next));
  if (spec.nodeName)
    yield forbiddenField(
      'status.nominatedNodeName',
      'may not be set on pods that are already bound to a node',
    );
}

type MayRestart = (name: string, exitCode: number) => boolean;

/** A container that has ended for good stays ended. */
function* transitions(
  field: string,
  next: readonly ContainerStatus[] | undefined,
  before: readonly ContainerStatus[] | undefined,
  may: MayRestart,
): Rules {
  for (const [index, { name, state }] of (before ?? []).entries()) {
    if (!state?.terminated || may(name, state.terminated.exitCode)) continue;
    const now = next?.find((one) => one.name === name);
    if (now && !now.state?.terminated)
      yield forbiddenField(
        `status.${field}[${index}].state`,
        'may not be transitioned to non-terminated state',
      );
  }
}

/** The container's own rules come first, then its policy, then the pod's. */
function mayRestart(spec: PodSpec, name: string, exitCode: number): boolean {
  const container = spec.containers.find((one) => one.name === name);
  if (!container) return false;
  const { restartPolicyRules: rules = [], restartPolicy = spec.restartPolicy } = container;
  const applies = rules.some(({ exitCodes }) => {
    if (!exitCodes) return false;
    const listed = exitCodes.values?.includes(exitCode) ?? false;
    return exitCodes.operator === 'In' ? listed : exitCodes.operator === 'NotIn' && !listed;
  });
  return applies || restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);
}

function initMayRestart(spec: PodSpec, name: string, exitCode: number): boolean {
  if (spec.restartPolicy === 'Always') return true;
  if (exitCode !== 0 && spec.restartPolicy === 'OnFailure') return true;
  return spec.initContainers?.find((one) => one.name === name)?.restartPolicy === 'Always';
}

function* claimStatuses({ spec, status }: Pod): Rules {
  const seen = new Set<string>();
  for (const [index, { name, resourceClaimName }] of (
    status?.resourceClaimStatuses ?? []
  ).entries()) {
    const at = `status.resourceClaimStatuses[${index}].name`;
    if (!spec.resourceClaims?.some((claim) => claim.name === name))
      yield invalidValue(at, name, 'must match the name of an entry in `spec.resourceClaims`');
    if (seen.has(name)) yield duplicate(at, name);
    seen.add(name);
    if (resourceClaimName !== undefined)
      yield* allInvalid(at, resourceClaimName, subdomainName(resourceClaimName));
  }
}

/** The claim that the scheduler made for resources of others. */
function* extendedClaim({ spec, status }: Pod): Rules {
  const claim = status?.extendedResourceClaimStatus;
  if (!claim) return;
  const path = 'status.extendedResourceClaimStatus';
  const mappings = claim.requestMappings ?? [];
  if (!mappings.length)
    yield required(`${path}.requestMappings`, 'at least one request mapping is required');
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const seen = new Set<string>();
  for (const [index, mapping] of mappings.entries()) {
    const at = `${path}.requestMappings[${index}]`;
    const { containerName, resourceName, requestName } = mapping;
    const container = containers.findLast(({ name }) => name === containerName);
    if (!container)
      yield invalidValue(
        `${at}.containerName`,
        containerName,
        'must match the name of an entry in spec.initContainers.name or spec.containers.name',
      );
    else if (container.resources?.requests?.[resourceName] === undefined)
      yield invalidValue(
        `${at}.resourceName`,
        resourceName,
        'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests',
      );
    yield* allInvalid(`${path}.requestName`, requestName, dns1123Label(requestName));
    const key = JSON.stringify([containerName, resourceName, requestName]);
    if (seen.has(key))
      for (const field of ['containerName', 'resourceName', 'requestName'] as const)
        yield duplicate(`${at}.${field}`, mapping[field]);
    seen.add(key);
  }
  const name = claim.resourceClaimName;
  if (name) yield* allInvalid(`${path}.resourceClaimName`, name, subdomainName(name));
  else yield required(`${path}.resourceClaimName`);
}

function* addressLists({ status = {} }: Pod, before: Pod): Rules {
  const { hostIP = '', hostIPs = [] } = status;
  yield* addressList('podIPs', status.podIPs ?? [], before.status?.podIPs ?? []);
  if (!hostIPs.length) return;
  if (hostIPs[0]!.ip !== hostIP)
    yield invalidValue('status.hostIPs[0].ip', hostIPs[0]!.ip, 'must be equal to `hostIP`');
  yield* addressList('hostIPs', hostIPs, before.status?.hostIPs ?? []);
}

interface Held {
  readonly ip: string;
}

function* addressList(field: string, next: readonly Held[], before: readonly Held[]): Rules {
  const known = before.map(({ ip }) => ip);
  for (const [index, { ip }] of next.entries())
    yield* validAddress(`status.${field}[${index}]`, ip, known);
  const wrong = next.findIndex(({ ip }) => !parseAddress(ip));
  if (next.length > 1 && wrong >= 0)
    yield internalFault(
      `status.${field}`,
      `failed to check for dual stack with error:invalid IP[${wrong}]: ${next[wrong]!.ip}`,
    );
  if (next.length > 1 && !isDualStack(next.map(({ ip }) => ip)))
    yield invalidValue(
      `status.${field}`,
      next.map((each) => internalForm('core.PodIP', each)),
      'may specify no more than one IP for each IP family',
    );
}
