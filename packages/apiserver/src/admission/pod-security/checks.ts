import {
  addedCapabilities,
  appArmor,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProcess,
  privileged,
  probeHosts,
  procMount,
  seLinux,
  seLinuxTypes131,
  sysctls,
  sysctlsSince,
} from './baseline.ts';
import type { Finding, PodLike, Verdict } from './findings.ts';
import type { LevelVersion } from './policy.ts';
import {
  droppedCapabilities,
  nonRoot,
  nonRootUser,
  privilegeEscalation,
  volumeTypes,
} from './restricted.ts';
import { seccompAnnotations, seccompProfile, seccompRequired } from './seccomp.ts';

type Test = (pod: PodLike) => Verdict;

/** A check of upstream's, under upstream's name; `since` holds its forms by the minor version that they begin with. */
interface Check {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  readonly since: readonly (readonly [minor: number, test: Test])[];
  /** The baseline check that this one says more than. */
  readonly replaces?: string;
}

/** Pods with user names of their own are root only in there. */
const unlessUserNamespace =
  (test: Test): Test =>
  (pod) =>
    pod.spec.hostUsers === false ? undefined : test(pod);

/** The rules of the API keep Windows pods from setting what is asked. */
const unlessWindows =
  (test: Test): Test =>
  (pod) =>
    pod.spec.os?.name === 'windows' ? undefined : test(pod);

const baseline = (id: string, ...since: Check['since']): Check => ({
  id,
  level: 'baseline',
  since,
});
const restricted = (id: string, replaces: string | undefined, ...since: Check['since']): Check => ({
  id,
  level: 'restricted',
  since,
  ...(replaces && { replaces }),
});

/** In the order in which findings are told: by level, then by name. */
const checks: readonly Check[] = [
  baseline('appArmorProfile', [0, appArmor]),
  baseline('capabilities_baseline', [0, addedCapabilities]),
  baseline('hostNamespaces', [0, hostNamespaces]),
  baseline('hostPathVolumes', [0, hostPathVolumes]),
  baseline('hostPorts', [0, hostPorts]),
  baseline('hostProbesAndHostLifecycle', [34, probeHosts]),
  baseline('privileged', [0, privileged]),
  baseline('procMount', [0, procMount], [35, unlessUserNamespace(procMount)]),
  baseline('seLinuxOptions', [0, seLinux()], [31, seLinux(seLinuxTypes131)]),
  baseline('seccompProfile_baseline', [0, seccompAnnotations], [19, seccompProfile]),
  baseline('sysctls', ...sysctlsSince.map(([minor]) => [minor, sysctls(minor)] as const)),
  baseline('windowsHostProcess', [0, hostProcess]),
  restricted(
    'allowPrivilegeEscalation',
    undefined,
    [8, privilegeEscalation],
    [25, unlessWindows(privilegeEscalation)],
  ),
  restricted(
    'capabilities_restricted',
    'capabilities_baseline',
    [22, droppedCapabilities],
    [25, unlessWindows(droppedCapabilities)],
  ),
  restricted('procMount_restricted', 'procMount', [35, procMount]),
  restricted('restrictedVolumes', 'hostPathVolumes', [0, volumeTypes]),
  restricted('runAsNonRoot', undefined, [0, nonRoot], [35, unlessUserNamespace(nonRoot)]),
  restricted('runAsUser', undefined, [23, nonRootUser], [35, unlessUserNamespace(nonRootUser)]),
  restricted(
    'seccompProfile_restricted',
    'seccompProfile_baseline',
    [19, seccompRequired],
    [25, unlessWindows(seccompRequired)],
  ),
];

/** The newest version that changes anything. */
const newest = Math.max(...checks.flatMap(({ since }) => since.map(([minor]) => minor)));
const cache = new Map<string, readonly Test[]>();

function testsOf({ level, version }: LevelVersion): readonly Test[] {
  const minor = Math.min(version, newest);
  const key = `${level}:${minor}`;
  const known = cache.get(key);
  if (known) return known;
  const active = checks.flatMap((check) => {
    const test = check.since.findLast(([since]) => since <= minor)?.[1];
    return test && (level === 'restricted' || check.level === 'baseline') ? [{ check, test }] : [];
  });
  const replaced = active.map(({ check }) => check.replaces);
  const tests = active.filter(({ check }) => !replaced.includes(check.id)).map(({ test }) => test);
  cache.set(key, tests);
  return tests;
}

/** What the policy forbids of the pod, in upstream's order; nothing when it may run. */
export const findingsOf = (policy: LevelVersion, pod: PodLike): readonly Finding[] =>
  policy.level === 'privileged'
    ? []
    : testsOf(policy)
        .map((test) => test(pod))
        .filter((finding) => finding !== undefined);

/** `host namespaces, privileged`. */
export const reasonsText = (findings: readonly Finding[]): string =>
  findings.map(({ reason }) => reason).join(', ');

/** `host namespaces (hostPID=true), privileged (container "a" must not ...)`. */
export const detailsText = (findings: readonly Finding[]): string =>
  findings.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ');
