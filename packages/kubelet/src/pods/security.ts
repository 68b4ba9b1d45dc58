import type { Container, Pod, SeccompProfile, SecurityContext } from '@coxswain/api/types/core-v1';
import type {
  ContainerSecurityContext,
  NamespaceOptions,
  SandboxSecurityContext,
  SecurityProfile,
} from '../runtime-config.ts';
import type { RuntimeImage } from '../runtime.ts';
import { ContainerConfigError } from './environment.ts';
import { describePod } from './spec.ts';

const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** The container's own settings over the pod's. */
export function effectiveSecurity(pod: Pod, container: Container): SecurityContext {
  const { runAsUser, runAsGroup, runAsNonRoot, seLinuxOptions, seccompProfile, appArmorProfile } =
    pod.spec!.securityContext ?? {};
  const shared = {
    ...{ runAsUser, runAsGroup, runAsNonRoot, seLinuxOptions, seccompProfile, appArmorProfile },
  };
  const own = Object.entries(container.securityContext ?? {}).filter(
    ([, value]) => value !== undefined,
  );
  return { ...shared, ...Object.fromEntries(own) };
}

/** Throws ContainerConfigError, in upstream's words, when the container must not be root and would or may be. */
export function verifyNonRoot(pod: Pod, container: Container, image: RuntimeImage): void {
  const { runAsUser, runAsNonRoot } = effectiveSecurity(pod, container);
  if (!runAsNonRoot) return;
  const where = `(pod: "${describePod(pod)}", container: ${container.name})`;
  if (runAsUser !== undefined) {
    if (runAsUser === 0)
      throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${where}`);
    return;
  }
  if (image.username)
    throw new ContainerConfigError(
      `container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root ${where}`,
    );
  if (!image.uid)
    throw new ContainerConfigError(
      `container has runAsNonRoot and image will run as root ${where}`,
    );
}

/** `targetId` is the container whose processes an ephemeral one sees. */
export function namespaceOptions(pod: Pod, targetId?: string): NamespaceOptions {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace } = pod.spec!;
  const pid = hostPID ? 'NODE' : shareProcessNamespace ? 'POD' : 'CONTAINER';
  return {
    network: hostNetwork ? 'NODE' : 'POD',
    ipc: hostIPC ? 'NODE' : 'POD',
    pid: targetId && pid === 'CONTAINER' ? 'TARGET' : pid,
    ...(targetId && pid === 'CONTAINER' && { targetId }),
  };
}

const groupsOf = (pod: Pod, extra: readonly number[]): readonly number[] => {
  const { fsGroup, supplementalGroups = [] } = pod.spec!.securityContext ?? {};
  return [...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups, ...extra];
};

/** `profileRoot` is where Localhost profiles lie on the node. */
function seccomp(profile: SeccompProfile | undefined, profileRoot: string): SecurityProfile {
  if (!profile || profile.type === 'Unconfined') return { profileType: 'Unconfined' };
  if (profile.type === 'RuntimeDefault') return { profileType: 'RuntimeDefault' };
  const localhostRef = `${profileRoot}/${profile.localhostProfile ?? ''}`;
  return { profileType: 'Localhost', localhostRef };
}

export function sandboxSecurity(pod: Pod, profileRoot: string): SandboxSecurityContext {
  const context = pod.spec!.securityContext ?? {};
  const isPrivileged = [...(pod.spec!.initContainers ?? []), ...pod.spec!.containers].some(
    ({ securityContext }) => securityContext?.privileged === true,
  );
  return {
    namespaceOptions: namespaceOptions(pod),
    privileged: isPrivileged,
    seccomp: seccomp({ type: 'RuntimeDefault' }, profileRoot),
    supplementalGroups: groupsOf(pod, []),
    ...(context.runAsUser !== undefined && { runAsUser: { value: context.runAsUser } }),
    ...(context.runAsUser !== undefined &&
      context.runAsGroup !== undefined && { runAsGroup: { value: context.runAsGroup } }),
    ...(context.seLinuxOptions && { selinuxOptions: context.seLinuxOptions as object }),
  };
}

/** What the runtime confines the container by; without a user of the spec's, the image's own. */
export function containerSecurity(
  pod: Pod,
  container: Container,
  image: RuntimeImage,
  place: {
    readonly profileRoot: string;
    readonly groups: readonly number[];
    readonly targetId?: string | undefined;
  },
): ContainerSecurityContext {
  const effective = effectiveSecurity(pod, container);
  const { capabilities, privileged = false, seLinuxOptions } = effective;
  const isUnmasked = effective.procMount === 'Unmasked';
  // An image without a user runs as root; a named user is for the runtime to look up.
  const user = effective.runAsUser ?? image.uid ?? (image.username ? undefined : 0);
  const context: ContainerSecurityContext = {
    privileged,
    namespaceOptions: namespaceOptions(pod, place.targetId),
    readonlyRootfs: effective.readOnlyRootFilesystem ?? false,
    noNewPrivs: effective.allowPrivilegeEscalation === false,
    supplementalGroups: groupsOf(pod, place.groups),
    seccomp: seccomp(effective.seccompProfile, place.profileRoot),
    maskedPaths: isUnmasked ? [] : maskedPaths,
    readonlyPaths: isUnmasked ? [] : readonlyPaths,
    ...(capabilities && {
      capabilities: {
        addCapabilities: capabilities.add ?? [],
        dropCapabilities: capabilities.drop ?? [],
      },
    }),
    ...(seLinuxOptions && { selinuxOptions: seLinuxOptions as object }),
  };
  return {
    ...context,
    ...(user !== undefined && { runAsUser: { value: user } }),
    ...(user === undefined && image.username && { runAsUsername: image.username }),
    ...(effective.runAsGroup !== undefined && { runAsGroup: { value: effective.runAsGroup } }),
  };
}
