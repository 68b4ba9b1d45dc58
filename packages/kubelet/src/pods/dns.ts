import type { Pod, PodDNSConfig } from '@coxswain/api/types/core-v1';
import type { DnsConfig } from '../runtime-config.ts';
import { isHostNetwork, namespaceOf } from './spec.ts';

const nameserversMax = 3;
const searchesMax = 32;
const searchTextMax = 2048;

/** How the cluster's names are found, and what the node itself uses. */
export interface DnsSettings {
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  readonly node: DnsConfig;
}

/** The resolver settings of a file in resolv.conf's form. */
export function parseResolvConf(text: string): DnsConfig {
  const servers: string[] = [];
  let searches: string[] = [];
  let options: string[] = [];
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver' && rest[0]) servers.push(rest[0]);
    if (word === 'search') searches = rest.map((name) => name.replace(/(?<=.)\.$/, ''));
    if (word === 'options') options = rest;
  }
  return { servers, searches, options };
}

/** The pod's resolver by its policy and its own additions, within the limits of resolvers; `warning` is set when something had to go. */
export function podDns(
  pod: Pod,
  settings: DnsSettings,
): { readonly config: DnsConfig; readonly warning?: string } {
  const config = withOwn(byPolicy(pod, settings), pod.spec!.dnsConfig);
  const servers = config.servers.slice(0, nameserversMax);
  const searches = config.searches.slice(0, searchesMax);
  while (searches.join(' ').length > searchTextMax) searches.pop();
  const warning =
    servers.length < config.servers.length
      ? `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${servers.join(' ')}`
      : searches.length < config.searches.length
        ? `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${searches.join(' ')}`
        : undefined;
  return { config: { ...config, servers, searches }, ...(warning && { warning }) };
}

function byPolicy(pod: Pod, { clusterDns, clusterDomain, node }: DnsSettings): DnsConfig {
  const policy = pod.spec!.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'None') return { servers: [], searches: [], options: [] };
  const isCluster =
    policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !isHostNetwork(pod));
  if (!isCluster || clusterDns.length === 0) return node;
  const services = `svc.${clusterDomain}`;
  const searches = [`${namespaceOf(pod)}.${services}`, services, clusterDomain, ...node.searches];
  return { servers: clusterDns, searches: [...new Set(searches)], options: ['ndots:5'] };
}

function withOwn(config: DnsConfig, own: PodDNSConfig | undefined): DnsConfig {
  if (!own) return config;
  const options = new Map(config.options.map((option) => [option.split(':')[0]!, option]));
  for (const { name = '', value } of own.options ?? [])
    options.set(name, value ? `${name}:${value}` : name);
  return {
    servers: [...new Set([...config.servers, ...(own.nameservers ?? [])])],
    searches: [...new Set([...config.searches, ...(own.searches ?? [])])],
    options: [...options.values()],
  };
}

/** The text of a resolv.conf. */
export const resolvConfText = ({ servers, searches, options }: DnsConfig): string =>
  [
    searches.length > 0 && `search ${searches.join(' ')}\n`,
    ...servers.map((server) => `nameserver ${server}\n`),
    options.length > 0 && `options ${options.join(' ')}\n`,
  ]
    .filter(Boolean)
    .join('');
