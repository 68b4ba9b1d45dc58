import type { HostAlias } from '@coxswain/api/types/core-v1';

/** The text of a pod's /etc/hosts; upstream's, byte for byte. */
export function hostsFile(
  ips: readonly string[],
  hostname: string,
  domain: string,
  aliases: readonly HostAlias[],
): string {
  const names = domain ? `${hostname}.${domain}\t${hostname}` : hostname;
  return [
    '# Kubernetes-managed hosts file.\n',
    '127.0.0.1\tlocalhost\n',
    '::1\tlocalhost ip6-localhost ip6-loopback\n',
    'fe00::0\tip6-localnet\n',
    'fe00::0\tip6-mcastprefix\n',
    'fe00::1\tip6-allnodes\n',
    'fe00::2\tip6-allrouters\n',
    ...ips.map((ip) => `${ip}\t${names}\n`),
    aliasLines(aliases),
  ].join('');
}

/** On the host's network: the node's own file, then the aliases. */
export const hostNetworkHostsFile = (nodeHosts: string, aliases: readonly HostAlias[]): string =>
  `# Kubernetes-managed hosts file (host network).\n${nodeHosts}${aliasLines(aliases)}`;

const aliasLines = (aliases: readonly HostAlias[]): string =>
  aliases.length === 0
    ? ''
    : `\n# Entries added by HostAliases.\n${aliases
        .map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`)
        .join('')}`;
