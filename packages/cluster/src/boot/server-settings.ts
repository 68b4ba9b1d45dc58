import { readFile } from 'node:fs/promises';
import { builtInKinds, type IsOff, runtimeConfig } from '@coxswain/apiserver/kinds';
import { featuresFrom, type Enabled } from '@coxswain/api/features';
import { Failure } from '../command/verb.ts';
import { durationMs, type ServerFlag } from './server-flags.ts';

/** kube-apiserver's flags as the server takes them. */
export interface ServerSettings {
  readonly authorizationMode: string;
  readonly admission: { readonly enable: readonly string[]; readonly disable: readonly string[] };
  readonly features: Enabled;
  /** What `--runtime-config` turns off. */
  readonly isOff: IsOff;
  readonly serviceRange: string;
  readonly nodePorts: { readonly from: number; readonly to: number };
  readonly compactionMs: number;
  readonly eventTtlMs: number;
  readonly anonymous: boolean;
  readonly tokenFile: string | undefined;
  readonly inFlight: { readonly readsMax: number; readonly writesMax: number };
}

const list = (text: string): string[] => text.split(',').filter(Boolean);

/** Reads the flags; what is wrong with one is a Failure that names it. */
export async function serverSettings(
  flags: Readonly<Partial<Record<ServerFlag, string>>>,
): Promise<ServerSettings> {
  const take = <T>(name: ServerFlag, fallback: string, read: (text: string) => T): T => {
    const text = flags[name] ?? fallback;
    try {
      return read(text);
    } catch (cause) {
      throw new Failure(`invalid value "${text}" for --${name}: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
  const tokenPath = flags['token-auth-file'];
  return {
    authorizationMode: flags['authorization-mode'] ?? 'Node,RBAC',
    admission: {
      enable: take('enable-admission-plugins', 'NodeRestriction', list),
      disable: take('disable-admission-plugins', '', list),
    },
    features: take('feature-gates', '', featuresFrom),
    isOff: take('runtime-config', '', (text) => runtimeConfig(text, builtInKinds)),
    serviceRange: take('service-cluster-ip-range', '10.96.0.0/16', (text) => text.split(',')[0]!),
    nodePorts: take('service-node-port-range', '30000-32767', (text) => {
      const [from, to] = text.split('-').map(Number);
      return { from: from!, to: to! };
    }),
    compactionMs: take('etcd-compaction-interval', '5m', durationMs),
    eventTtlMs: take('event-ttl', '1h', durationMs),
    anonymous: take('anonymous-auth', 'true', (text) => text === 'true'),
    tokenFile: tokenPath === undefined ? undefined : await readTokens(tokenPath),
    inFlight: {
      readsMax: take('max-requests-inflight', '400', Number),
      writesMax: take('max-mutating-requests-inflight', '200', Number),
    },
  };
}

const readTokens = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: Error) => {
    throw new Failure(`cannot read --token-auth-file ${path}: ${cause.message}`, { cause });
  });
