import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { accessFiles, type AccessFlag, accessFlags } from './access-flags.ts';
import type { Flag } from '../command/flags.ts';
import { overlaps } from '../nodes/addresses.ts';
import { isDuration } from './go-duration.ts';
import { isBoolean, isCount, list, own } from './own-flag.ts';
import { type KeyFlag, keyFiles, keyFlags } from './key-flags.ts';
import { type OversightFlag, oversightFiles, oversightFlags } from './oversight-flags.ts';

const isRange = (given: string): void => {
  const [first = '', second, ...more] = given.split(',');
  const bits = /^\d+\.\d+\.\d+\.\d+\/(\d+)$/.exec(first)?.[1];
  if (bits === undefined || Number(bits) > 32 || !overlaps(first, first))
    throw new Error('must be an IPv4 range such as 10.96.0.0/16, and an IPv6 range if need be');
  if (more.length > 0) throw new Error('must not contain more than two entries');
  if (second === undefined) return;
  const [address = '', length = ''] = second.split('/');
  if (isIP(address) === 4) throw new Error('the two ranges must be of different IP family');
  if (isIP(address) !== 6 || !/^\d+$/.test(length) || Number(length) > 128)
    throw new Error('the second must be an IPv6 range such as fd00:10:96::/112');
};
const isPortRange = (given: string): void => {
  const [low = Number.NaN, high = Number.NaN] = given.split('-').map(Number);
  if (!(low > 0 && high >= low && high < 65536))
    throw new Error('must be a range such as 30000-32767');
};
/** Members of one etcd, as `--etcd-servers` takes them. */
export const isServers = (given: string): void => {
  for (const server of given.split(',')) {
    const url = URL.canParse(server) ? new URL(server) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/')
      throw new Error('must be a list such as https://10.0.0.1:2379,https://10.0.0.2:2379');
  }
};
const isPairs = (given: string): void => {
  if (!given.split(',').every((pair) => /^[^=]+=(true|false)$/.test(pair)))
    throw new Error('must be a list such as Name=true,Other=false');
};

export type ServerFlag =
  | AccessFlag
  | KeyFlag
  | OversightFlag
  | 'admission-control-config-file'
  | 'advertise-address'
  | 'anonymous-auth'
  | 'authorization-mode'
  | 'default-not-ready-toleration-seconds'
  | 'default-unreachable-toleration-seconds'
  | 'disable-admission-plugins'
  | 'enable-admission-plugins'
  | 'etcd-cafile'
  | 'etcd-certfile'
  | 'etcd-compaction-interval'
  | 'etcd-keyfile'
  | 'etcd-prefix'
  | 'etcd-servers'
  | 'event-ttl'
  | 'feature-gates'
  | 'kubelet-certificate-authority'
  | 'max-mutating-requests-inflight'
  | 'max-requests-inflight'
  | 'runtime-config'
  | 'service-cluster-ip-range'
  | 'service-node-port-range'
  | 'token-auth-file';

/** kube-apiserver's own flags, by their names, where they mean something here. */
export const serverFlags: Readonly<Record<ServerFlag, Flag<string>>> = {
  ...oversightFlags,
  ...accessFlags,
  ...keyFlags,
  'admission-control-config-file': own(
    'FILE',
    'AdmissionConfiguration: what single admission plugins are to do',
    'none',
  ),
  'advertise-address': own(
    'ADDRESS',
    'Where the Service kubernetes finds the server',
    'an address of this machine',
    (given) => {
      if (!isIP(given)) throw new Error('must be an IP address');
    },
  ),
  'anonymous-auth': own(
    'BOOL',
    'Take requests without credentials as system:anonymous',
    'true',
    isBoolean,
  ),
  'authorization-mode': own('LIST', 'Authorisers, asked in this order', 'Node,RBAC', (given) => {
    const known = ['Node', 'RBAC', 'Webhook', 'AlwaysAllow', 'AlwaysDeny'];
    const wrong = given.split(',').find((mode) => !known.includes(mode));
    if (wrong !== undefined)
      throw new Error(`unknown mode ${wrong}; known are ${known.join(', ')}`);
  }),
  'default-not-ready-toleration-seconds': own(
    'SECONDS',
    'How long pods stay on a node that is not ready',
    '300',
    isCount,
  ),
  'default-unreachable-toleration-seconds': own(
    'SECONDS',
    'How long pods stay on a node that is not heard of',
    '300',
    isCount,
  ),
  'disable-admission-plugins': own('LIST', 'Admission plugins to turn off', 'none'),
  'enable-admission-plugins': own(
    'LIST',
    'Admission plugins to turn on beside the defaults',
    'NodeRestriction',
  ),
  'etcd-cafile': own('FILE', 'Authority of the etcd servers', "the system's"),
  'etcd-certfile': own('FILE', 'Certificate to show to etcd', 'none'),
  'etcd-compaction-interval': own(
    'DURATION',
    'How long old revisions can be listed and watched',
    '5m0s',
    isDuration,
  ),
  'etcd-keyfile': own('FILE', 'Key of --etcd-certfile', 'none'),
  'etcd-prefix': own('PATH', 'Where objects stand in etcd', '/registry'),
  'etcd-servers': own('LIST', 'Members of the etcd that keeps the objects', 'none', isServers),
  'event-ttl': own('DURATION', 'How long Events are kept', '1h0m0s', isDuration),
  'feature-gates': own('LIST', 'Feature gates of Kubernetes v1.36', 'as in v1.36', isPairs),
  'kubelet-certificate-authority': own(
    'FILE',
    'Authority that kubelets must be signed by',
    "the cluster's own; none for a server alone",
  ),
  'max-mutating-requests-inflight': own('N', 'Writes worked on at once', '200', isCount),
  'max-requests-inflight': own('N', 'Reads worked on at once', '400', isCount),
  'runtime-config': own('LIST', 'API versions to turn on or off', 'none', isPairs),
  'service-cluster-ip-range': own(
    'CIDR[,CIDR]',
    'Addresses of Services: IPv4, and IPv6 for two families',
    '10.96.0.0/16',
    isRange,
  ),
  'service-node-port-range': own('RANGE', 'Node ports of Services', '30000-32767', isPortRange),
  'token-auth-file': own('FILE', 'CSV file of static bearer tokens', 'none'),
};

/** Those of `given` that are kube-apiserver's, as they were written; files by their full path, for a server elsewhere. */
export function takeServerFlags(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const names = Object.keys(serverFlags).filter((name) => given[name] !== undefined);
  const flags = Object.fromEntries(names.map((name) => [name, given[name] as string]));
  const files = [
    ...oversightFiles,
    ...accessFiles,
    ...keyFiles,
    'admission-control-config-file',
    'token-auth-file',
    'kubelet-certificate-authority',
    'etcd-cafile',
    'etcd-certfile',
    'etcd-keyfile',
  ];
  const paths = files.filter((name) => flags[name] !== undefined && flags[name] !== '-');
  const absolute = (text: string): string =>
    list(text)
      .map((path) => resolve(path))
      .join(',');
  const sni = flags['tls-sni-cert-key']?.replaceAll(/(^|;)([^:;]+)/g, (_, start, pair) =>
    [start, absolute(pair as string)].join(''),
  );
  return {
    ...flags,
    ...Object.fromEntries(paths.map((name) => [name, absolute(flags[name]!)])),
    ...(sni !== undefined && { 'tls-sni-cert-key': sni }),
  };
}
