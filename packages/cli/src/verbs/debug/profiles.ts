import type { Container, Pod, PodSpec, SecurityContext } from '@coxswain/api/types/core-v1';

/** How one debugs: within a pod, in a copy of one, or on a node. */
export type Style = 'ephemeral' | 'copy' | 'node';

/** What of a pod its copy keeps. */
export interface Keeps {
  readonly labels: boolean;
  readonly annotations: boolean;
  readonly liveness: boolean;
  readonly readiness: boolean;
  readonly startup: boolean;
  readonly initContainers: boolean;
}

/** A pod and, in it, the container that debugs. */
export interface Debugged {
  readonly pod: Pod;
  readonly container: Container;
}

type Change = (debugged: Debugged) => Debugged;

const secured =
  (change: (before: SecurityContext) => SecurityContext): Change =>
  ({ pod, container }) => ({
    ...{ pod },
    container: { ...container, securityContext: change(container.securityContext ?? {}) },
  });

const capable = (...names: readonly string[]): Change =>
  secured((before) => ({
    ...before,
    capabilities: {
      ...before.capabilities,
      add: [...(before.capabilities?.add ?? []), ...names],
    },
  }));

const privileged = secured((before) => ({ ...before, privileged: true }));

const restrictedOnly = secured(() => ({
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  seccompProfile: { type: 'RuntimeDefault' },
}));

const unsecured: Change = ({ pod, container: { securityContext: _, ...container } }) => ({
  ...{ pod, container },
});

const withSpec =
  (change: (spec: PodSpec) => PodSpec): Change =>
  ({ pod, container }) => ({ pod: { ...pod, spec: change(pod.spec!) }, container });

const hostNamespaces = withSpec((spec) => ({
  ...spec,
  ...{ hostNetwork: true, hostPID: true, hostIPC: true },
}));

const sharedProcesses = withSpec((spec) => ({ shareProcessNamespace: true, ...spec }));

const hostRoot: Change = (debugged) => {
  const { pod, container } = withSpec((spec) => ({
    ...spec,
    volumes: [...(spec.volumes ?? []), { name: 'host-root', hostPath: { path: '/' } }],
  }))(debugged);
  const volumeMounts = [
    ...(container.volumeMounts ?? []),
    { mountPath: '/host', name: 'host-root' },
  ];
  return { pod, container: { ...container, volumeMounts } };
};

/** What each profile changes, always and by style. Copies lose first what is not kept. */
const profiles: Readonly<Record<string, Partial<Record<Style | 'always', readonly Change[]>>>> = {
  legacy: { node: [hostRoot, hostNamespaces] },
  general: {
    node: [hostRoot, unsecured, hostNamespaces],
    copy: [capable('SYS_PTRACE'), sharedProcesses],
    ephemeral: [capable('SYS_PTRACE')],
  },
  baseline: { always: [unsecured], copy: [sharedProcesses] },
  restricted: { always: [restrictedOnly], copy: [sharedProcesses] },
  netadmin: {
    always: [capable('NET_ADMIN', 'NET_RAW')],
    node: [hostNamespaces],
    copy: [sharedProcesses],
  },
  sysadmin: {
    always: [privileged],
    node: [hostNamespaces, hostRoot],
    copy: [sharedProcesses],
  },
};

export const isProfile = (name: string): boolean => Object.hasOwn(profiles, name);

/** The pod and the container as a profile wants them. */
export function profiled(name: string, style: Style, keeps: Keeps, debugged: Debugged): Debugged {
  const { always = [], [style]: own = [] } = profiles[name]!;
  const stripped =
    style !== 'copy'
      ? debugged
      : name === 'legacy'
        ? { ...debugged, pod: without(debugged.pod, ['labels']) }
        : strippedOf(debugged, keeps);
  return [...always, ...own].reduce((before, change) => change(before), stripped);
}

function without(pod: Pod, fields: readonly string[]): Pod {
  const metadata = Object.fromEntries(
    Object.entries(pod.metadata!).filter(([field]) => !fields.includes(field)),
  );
  return { ...pod, metadata: metadata as typeof pod.metadata & object };
}

function strippedOf({ pod, container }: Debugged, keeps: Keeps): Debugged {
  const probes = new Set([
    ...(keeps.liveness ? [] : ['livenessProbe']),
    ...(keeps.readiness ? [] : ['readinessProbe']),
    ...(keeps.startup ? [] : ['startupProbe']),
  ]);
  const strip = (each: Container): Container =>
    Object.fromEntries(Object.entries(each).filter(([field]) => !probes.has(field))) as never;
  const plain = without(pod, [
    ...(keeps.labels ? [] : ['labels']),
    ...(keeps.annotations ? [] : ['annotations']),
  ]);
  const { initContainers, ...spec } = plain.spec!;
  return {
    container: strip(container),
    pod: {
      ...plain,
      spec: {
        ...spec,
        ...(keeps.initContainers && initContainers && { initContainers }),
        containers: spec.containers.map(strip),
      },
    },
  };
}
