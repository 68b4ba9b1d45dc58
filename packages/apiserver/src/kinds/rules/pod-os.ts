import type { PodSpec } from '@coxswain/api/types/core-v1';
import { forbiddenField, notSupported, required, type Rules } from './field.ts';

const windowsPodFields = ['hostUsers', 'hostPID', 'hostIPC', 'shareProcessNamespace'] as const;
const windowsSharedFields = [
  ...['appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'fsGroup', 'fsGroupChangePolicy'],
  ...['sysctls', 'runAsUser', 'runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy'],
  'seLinuxChangePolicy',
];
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
  else if (name === 'linux')
    yield* contexts(
      path,
      spec,
      ['windowsOptions'],
      ['windowsOptions'],
      'windows options cannot be set for a linux pod',
    );
  else {
    const why = 'cannot be set for a windows pod';
    for (const field of windowsPodFields)
      if (spec[field]) yield forbiddenField(`${path}.${field}`, why);
    yield* contexts(path, spec, windowsSharedFields, windowsContainerFields, why);
  }
}

function* contexts(
  path: string,
  spec: PodSpec,
  shared: readonly string[],
  own: readonly string[],
  why: string,
): Rules {
  yield* fieldsGiven(`${path}.securityContext`, spec.securityContext, shared, why);
  for (const list of lists)
    for (const [index, { securityContext }] of (spec[list] ?? []).entries())
      yield* fieldsGiven(`${path}.${list}[${index}].securityContext`, securityContext, own, why);
}
