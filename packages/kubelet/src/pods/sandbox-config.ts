import type { Pod } from '@coxswain/api/types/core-v1';
import type { KubeletContext } from '../context.ts';
import type { PortMapping, SandboxConfig } from '../runtime-config.ts';
import { podDns } from './dns.ts';
import { podHostname } from './hostname.ts';
import { podLabels } from './labels.ts';
import { podResources } from './resources.ts';
import { sandboxSecurity } from './security.ts';
import { isHostNetwork, namespaceOf, uidOf } from './spec.ts';

/** What the pod's sandbox is made from, and a warning when its resolver had to be cut. Throws for an impossible host name. */
export function sandboxConfig(
  pod: Pod,
  attempt: number,
  context: Pick<KubeletContext, 'host' | 'clusterDns' | 'clusterDomain'>,
): { readonly config: SandboxConfig; readonly dnsWarning?: string } {
  const { host, clusterDns, clusterDomain } = context;
  const dns = podDns(pod, { clusterDns, clusterDomain, node: host.dns });
  const cgroupParent = host.cgroupParent(pod);
  const sysctls = Object.fromEntries(
    (pod.spec!.securityContext?.sysctls ?? []).map(({ name, value }) => [dotted(name), value]),
  );
  const config: SandboxConfig = {
    metadata: { name: pod.metadata.name, uid: uidOf(pod), namespace: namespaceOf(pod), attempt },
    hostname: isHostNetwork(pod) ? '' : podHostname(pod, clusterDomain).uts,
    logDirectory: host.logDirectory(pod),
    dnsConfig: dns.config,
    portMappings: isHostNetwork(pod) ? [] : portMappings(pod),
    labels: { ...pod.metadata.labels, ...podLabels(pod) },
    annotations: pod.metadata.annotations ?? {},
    linux: {
      ...(cgroupParent && { cgroupParent }),
      securityContext: sandboxSecurity(pod, host.profileRoot),
      ...(Object.keys(sysctls).length > 0 && { sysctls }),
      resources: podResources(pod),
    },
  };
  return { config, ...(dns.warning && { dnsWarning: dns.warning }) };
}

/** runc takes the dotted form only, in which a `.` of an interface's name is written `/`. */
const dotted = (name: string): string => {
  const separator = name.search(/[./]/);
  if (separator < 0 || name[separator] === '.') return name;
  return name.replaceAll(/[./]/g, (one) => (one === '/' ? '.' : '/'));
};

const portMappings = (pod: Pod): readonly PortMapping[] =>
  [...(pod.spec!.initContainers ?? []), ...pod.spec!.containers].flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, containerPort, protocol, hostIP }) =>
      hostPort
        ? [
            {
              protocol: (protocol ?? 'TCP') as PortMapping['protocol'],
              containerPort,
              hostPort,
              ...(hostIP && { hostIp: hostIP }),
            },
          ]
        : [],
    ),
  );
