import type { PodSpec } from '@coxswain/api/types/core-v1';
import { forbiddenField, notSupported, required, type Rules } from './field.ts';

/** In upstream's order; fields of the spec stand among those of its security context. */
const windowsPodFields = [
  ...['securityContext.appArmorProfile', 'securityContext.seLinuxOptions', 'hostUsers', 'hostPID'],
  ...['hostIPC', 'securityContext.seccompProfile', 'securityContext.fsGroup'],
  ...['securityContext.fsGroupChangePolicy', 'securityContext.sysctls', 'shareProcessNamespace'],
  ...['securityContext.runAsUser', 'securityContext.runAsGroup'],
  ...['securityContext.supplementalGroups', 'securityContext.supplementalGroupsPolicy'],
  'securityContext.seLinuxChangePolicy',
];
/** Whose `false` says nothing. */
const plainFlags: readonly string[] = ['hostPID', 'hostIPC'];
const windowsContainerFields = [
  ...['appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities'],
  ...['readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'procMount'],
  ...['runAsUser', 'runAsGroup'],
];
const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

function* fieldsGiven(
  path: string,
  context: object | undefined,
  fields: readonly string[],
  why: string,
): Rules {
  if (!context) return;
  const given = context as Readonly<Record<string, unknown>>;
  for (const field of fields)
    if (given[field] !== undefined) yield forbiddenField(`${path}.${field}`, why);
}

/** What a pod may not ask for on the operating system that it names. */
export function* operatingSystem(path: string, spec: PodSpec): Rules {
  const name = spec.os?.name;
  if (!name) yield required(`${path}.os.name`);
  else if (name !== 'linux' && name !== 'windows')
    yield notSupported(`${path}.os`, name, ['linux', 'windows']);
  else if (name === 'linux') {
    const why = 'windows options cannot be set for a linux pod';
    yield* fieldsGiven(`${path}.securityContext`, spec.securityContext, ['windowsOptions'], why);
    yield* inContainers(path, spec, ['windowsOptions'], why);
  } else {
    const why = 'cannot be set for a windows pod';
    yield* windowsPod(path, spec, why);
    yield* inContainers(path, spec, windowsContainerFields, why);
  }
}

function* windowsPod(path: string, spec: PodSpec, why: string): Rules {
  const context = spec.securityContext as Readonly<Record<string, unknown>> | undefined;
  const own = spec as unknown as Readonly<Record<string, unknown>>;
  for (const field of windowsPodFields) {
    const [name, inner] = field.split('.');
    const value = inner === undefined ? own[name!] : context?.[inner];
    const says = Array.isArray(value) ? value.length > 0 : value !== undefined;
    if (says && !(value === false && plainFlags.includes(field)))
      yield forbiddenField(`${path}.${field}`, why);
  }
}

function* inContainers(path: string, spec: PodSpec, own: readonly string[], why: string): Rules {
  for (const list of lists)
    for (const [index, { securityContext }] of (spec[list] ?? []).entries())
      yield* fieldsGiven(`${path}.${list}[${index}].securityContext`, securityContext, own, why);
}
