import type {
  AppArmorProfile,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
  Sysctl,
} from '@coxswain/api/types/core-v1';
import {
  duplicate,
  int32Max,
  invalidValue,
  notSupported,
  rangeText,
  required,
  tooLong,
  type Rules,
} from './field.ts';
import { internalForm } from './internal-form.ts';
import { descendingPath } from './path.ts';
import { windowsOptions } from './windows.ts';

function* id(path: string, value: number | undefined): Rules {
  if (value !== undefined && (value < 0 || value > int32Max))
    yield invalidValue(path, value, rangeText(0, int32Max));
}

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function* seccomp(path: string, profile: SeccompProfile | undefined): Rules {
  if (!profile) return;
  const { type, localhostProfile } = profile;
  if (!type) yield required(`${path}.type`, 'type is required when seccompProfile is set');
  else if (!profileTypes.includes(type)) yield notSupported(`${path}.type`, type, profileTypes);
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined)
      yield invalidValue(
        `${path}.localhostProfile`,
        internalForm('core.SeccompProfile', profile),
        'can only be set when seccomp type is Localhost',
      );
  } else if (localhostProfile === undefined)
    yield required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost');
  else yield* descendingPath(`${path}.localhostProfile`, localhostProfile);
}

const appArmorPathMax = 4095;

function* appArmor(path: string, profile: AppArmorProfile | undefined): Rules {
  if (!profile) return;
  const { type, localhostProfile } = profile;
  const at = `${path}.localhostProfile`;
  if (!type) yield required(`${path}.type`, 'type is required when appArmorProfile is set');
  else if (!profileTypes.includes(type)) yield notSupported(`${path}.type`, type, profileTypes);
  else if (type !== 'Localhost') {
    if (localhostProfile !== undefined)
      yield invalidValue(at, localhostProfile, 'can only be set when AppArmor type is Localhost');
  } else if (!localhostProfile) yield required(at, 'must be set when AppArmor type is Localhost');
  else {
    if (localhostProfile.trim() !== localhostProfile)
      yield invalidValue(at, localhostProfile, 'must not be padded with whitespace');
    if (localhostProfile.length > appArmorPathMax) yield tooLong(at, appArmorPathMax);
  }
}

/** Rules of one container's security context. */
export function* containerSecurity(
  path: string,
  context: SecurityContext | undefined,
  hostUsers: boolean,
): Rules {
  if (!context) return;
  const { procMount, privileged, allowPrivilegeEscalation, capabilities } = context;
  yield* id(`${path}.runAsUser`, context.runAsUser);
  yield* id(`${path}.runAsGroup`, context.runAsGroup);
  if (procMount !== undefined) {
    if (procMount !== 'Default' && procMount !== 'Unmasked')
      yield notSupported(`${path}.procMount`, procMount, ['Default', 'Unmasked']);
    if (hostUsers && procMount === 'Unmasked')
      yield invalidValue(
        `${path}.procMount`,
        procMount,
        '`hostUsers` must be false to use `Unmasked`',
      );
  }
  yield* seccomp(`${path}.seccompProfile`, context.seccompProfile);
  if (allowPrivilegeEscalation === false) {
    if (privileged)
      yield invalidValue(
        path,
        internalForm('core.SecurityContext', context),
        'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      );
    for (const capability of capabilities?.add ?? [])
      if (capability === 'CAP_SYS_ADMIN')
        yield invalidValue(
          path,
          internalForm('core.SecurityContext', context),
          'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
        );
  }
  yield* windowsOptions(`${path}.windowsOptions`, context.windowsOptions);
  yield* appArmor(`${path}.appArmorProfile`, context.appArmorProfile);
}

const sysctlName = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const sysctlShape = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const sysctlNameMax = 253;

/** Which namespace of the pod a sysctl acts in, as far as upstream knows. */
const sysctlNamespace = (name: string): 'net' | 'ipc' | undefined => {
  const dotted = name.replaceAll('/', '.');
  if (dotted.startsWith('net.')) return 'net';
  return /^(kernel\.(sem|shm|msg)|fs\.mqueue\.)/.test(dotted) ? 'ipc' : undefined;
};

function* sysctls(path: string, given: readonly Sysctl[], spec: PodSpec): Rules {
  const names = new Set<string>();
  for (const [index, { name }] of given.entries()) {
    const at = `${path}[${index}].name`;
    if (!name) yield required(at);
    else if (name.length > sysctlNameMax || !sysctlName.test(name))
      yield invalidValue(
        at,
        name,
        `must have at most ${sysctlNameMax} characters and match regex ${sysctlShape}`,
      );
    else if (names.has(name)) yield duplicate(at, name);
    const space = sysctlNamespace(name);
    if (spec.hostNetwork && space === 'net')
      yield invalidValue(at, name, "may not be specified when 'hostNetwork' is true");
    if (spec.hostIPC && space === 'ipc')
      yield invalidValue(at, name, "may not be specified when 'hostIPC' is true");
    names.add(name);
  }
}

function* optionalOneOf(
  path: string,
  value: string | undefined,
  allowed: readonly string[],
): Rules {
  if (value !== undefined && !allowed.includes(value)) yield notSupported(path, value, allowed);
}

/** Rules of the security context that a pod's containers share. */
export function* podSecurity(
  path: string,
  context: PodSecurityContext | undefined,
  spec: PodSpec,
): Rules {
  if (!context) return;
  yield* id(`${path}.fsGroup`, context.fsGroup);
  yield* id(`${path}.runAsUser`, context.runAsUser);
  yield* id(`${path}.runAsGroup`, context.runAsGroup);
  for (const [index, group] of (context.supplementalGroups ?? []).entries())
    yield* id(`${path}.supplementalGroups[${index}]`, group);
  if (spec.shareProcessNamespace && spec.hostPID)
    yield invalidValue(
      `${path}.shareProcessNamespace`,
      true,
      'ShareProcessNamespace and HostPID cannot both be enabled',
    );
  if (context.sysctls?.length) yield* sysctls(`${path}.sysctls`, context.sysctls, spec);
  yield* optionalOneOf(`${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, [
    'Always',
    'OnRootMismatch',
  ]);
  yield* seccomp(`${path}.seccompProfile`, context.seccompProfile);
  yield* windowsOptions(`${path}.windowsOptions`, context.windowsOptions);
  yield* appArmor(`${path}.appArmorProfile`, context.appArmorProfile);
  yield* optionalOneOf(`${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, [
    'Merge',
    'Strict',
  ]);
  yield* optionalOneOf(`${path}.seLinuxChangePolicy`, context.seLinuxChangePolicy, [
    'Recursive', // the other one is behind a gate that is off
  ]);
}
