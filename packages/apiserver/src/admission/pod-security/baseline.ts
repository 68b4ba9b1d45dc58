import type { LifecycleHandler, Probe, SELinuxOptions } from '@coxswain/api/types/core-v1';
import {
  containers,
  distinct,
  offenders,
  plural,
  type PodLike,
  quoted,
  setters,
  type Verdict,
} from './findings.ts';

export function appArmor(pod: PodLike): Verdict {
  const allowed = ['RuntimeDefault', 'Localhost'];
  const own = pod.spec.securityContext?.appArmorProfile;
  const byPod = own !== undefined && !allowed.includes(own.type);
  const found = offenders(pod, ({ securityContext }) => {
    const profile = securityContext?.appArmorProfile;
    return profile && !allowed.includes(profile.type) ? [profile.type] : [];
  });
  const annotations = Object.entries(pod.metadata?.annotations ?? {})
    .filter(
      ([key, value]) =>
        key.startsWith('container.apparmor.security.beta.kubernetes.io/') &&
        !(value === '' || value === 'runtime/default' || value.startsWith('localhost/')),
    )
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .toSorted();
  if (!byPod && !found && annotations.length === 0) return undefined;
  const values = [
    ...distinct([...(byPod ? [own.type] : []), ...(found?.values ?? [])]),
    ...annotations,
  ];
  const who = setters(
    byPod,
    found?.names ?? [],
    ...(annotations.length ? [plural('annotation', 'annotations', annotations.length)] : []),
  );
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${who} must not set AppArmor profile type to ${quoted(values)}`,
  };
}

const usualCapabilities: ReadonlySet<string> = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD'],
  ...['NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
]);

export function addedCapabilities(pod: PodLike): Verdict {
  const found = offenders(pod, ({ securityContext }) =>
    (securityContext?.capabilities?.add ?? []).filter((each) => !usualCapabilities.has(each)),
  );
  return (
    found && {
      reason: 'non-default capabilities',
      detail: `${containers(found.names)} must not include ${quoted(found.values)} in securityContext.capabilities.add`,
    }
  );
}

export function hostNamespaces({ spec }: PodLike): Verdict {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]);
  return shared.length
    ? { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') }
    : undefined;
}

export function hostPathVolumes({ spec }: PodLike): Verdict {
  const names = (spec.volumes ?? []).filter((each) => each.hostPath).map(({ name }) => name);
  return names.length
    ? {
        reason: 'hostPath volumes',
        detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)}`,
      }
    : undefined;
}

export function hostPorts(pod: PodLike): Verdict {
  const found = offenders(pod, ({ ports }) =>
    (ports ?? []).filter(({ hostPort }) => hostPort).map(({ hostPort }) => `${hostPort}`),
  );
  if (!found) return undefined;
  const { names, values } = found;
  const what = plural('hostPort', 'hostPorts', values.length);
  return {
    reason: 'hostPort',
    detail: `${containers(names)} ${plural('uses', 'use', names.length)} ${what} ${values.join(', ')}`,
  };
}

const hostsOf = (action: Probe | LifecycleHandler | undefined): readonly string[] =>
  [action?.httpGet?.host, action?.tcpSocket?.host].filter(
    (host) => host !== undefined && host !== '',
  ) as string[];

export function probeHosts(pod: PodLike): Verdict {
  const found = offenders(pod, ({ livenessProbe, readinessProbe, startupProbe, lifecycle }) =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(
      hostsOf,
    ),
  );
  if (!found) return undefined;
  const names = distinct(found.names);
  const what = plural('probe or lifecycle host', 'probe or lifecycle hosts', found.values.length);
  return {
    reason: 'probe or lifecycle host',
    detail: `${containers(names)} ${plural('uses', 'use', names.length)} ${what} ${quoted(found.values)}`,
  };
}

export function privileged(pod: PodLike): Verdict {
  const found = offenders(pod, ({ securityContext }) =>
    securityContext?.privileged ? ['true'] : [],
  );
  return (
    found && {
      reason: 'privileged',
      detail: `${containers(found.names)} must not set securityContext.privileged=true`,
    }
  );
}

export function procMount(pod: PodLike): Verdict {
  const found = offenders(pod, ({ securityContext }) => {
    const type = securityContext?.procMount;
    return type === undefined || type === 'Default' ? [] : [type];
  });
  return (
    found && {
      reason: 'procMount',
      detail: `${containers(found.names)} must not set securityContext.procMount to ${quoted(found.values)}`,
    }
  );
}

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
export const seLinuxTypes131: readonly string[] = [...seLinuxTypes, 'container_engine_t'];

export const seLinux =
  (types: readonly string[] = seLinuxTypes) =>
  (pod: PodLike): Verdict => {
    const all = new Set<string>();
    const wrong = (options: SELinuxOptions | undefined): readonly string[] => {
      const found = [
        ...(options && !types.includes(options.type ?? '') ? [`type ${options.type}`] : []),
        ...(options?.user ? ['user'] : []),
        ...(options?.role ? ['role'] : []),
      ];
      for (const one of found) all.add(one);
      return found;
    };
    const byPod = wrong(pod.spec.securityContext?.seLinuxOptions).length > 0;
    const found = offenders(pod, ({ securityContext }) => wrong(securityContext?.seLinuxOptions));
    if (!byPod && !found) return undefined;
    const badTypes = distinct(all)
      .filter((one) => one.startsWith('type '))
      .map((one) => one.slice('type '.length));
    const data = [
      ...(badTypes.length
        ? [`${plural('type', 'types', badTypes.length)} ${quoted(badTypes)}`]
        : []),
      ...(all.has('user') ? ['user may not be set'] : []),
      ...(all.has('role') ? ['role may not be set'] : []),
    ];
    return {
      reason: 'seLinuxOptions',
      detail: `${setters(byPod, found?.names ?? [])} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`,
    };
  };

const sysctlsAlways = [
  ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies'],
  ...['net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'],
];
/** Harmless sysctls, by the minor version that first allowed them. */
export const sysctlsSince: readonly (readonly [minor: number, names: readonly string[]])[] = [
  [0, sysctlsAlways],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      ...['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout'],
      ...['net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'],
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
];

export const sysctls = (minor: number): ((pod: PodLike) => Verdict) => {
  const allowed = new Set(
    sysctlsSince.filter(([since]) => since <= minor).flatMap(([, names]) => names),
  );
  return ({ spec }) => {
    const wrong = (spec.securityContext?.sysctls ?? [])
      .map(({ name }) => name)
      .filter((name) => !allowed.has(name));
    return wrong.length ? { reason: 'forbidden sysctls', detail: wrong.join(', ') } : undefined;
  };
};

export function hostProcess(pod: PodLike): Verdict {
  const byPod = pod.spec.securityContext?.windowsOptions?.hostProcess ?? false;
  const found = offenders(pod, ({ securityContext }) =>
    securityContext?.windowsOptions?.hostProcess ? ['true'] : [],
  );
  if (!byPod && !found) return undefined;
  const who = setters(byPod, found?.names ?? []);
  return {
    reason: 'hostProcess',
    detail: `${who} must not set securityContext.windowsOptions.hostProcess=true`,
  };
}
