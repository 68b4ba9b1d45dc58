import { readFile } from 'node:fs/promises';
import {
  type AdmissionChoice,
  admissionPluginNames,
  checkAdmissionChoice,
} from '@coxswain/apiserver/admission';
import { builtInKinds, type IsOff, runtimeConfig } from '@coxswain/apiserver/kinds';
import { featuresFrom, type Enabled } from '@coxswain/api/features';
import { UsageError } from '../command/flags.ts';
import { nearest } from '../command/nearest.ts';
import { Failure } from '../command/verb.ts';
import { readAdmissionConfiguration } from './admission-configuration.ts';
import { readPem } from './read-pem.ts';
import { durationMs } from './go-duration.ts';
import { type KeySettings, keySettings } from './key-settings.ts';
import type { ServerFlag } from './server-flags.ts';

/** Where etcd is, if it is to keep the objects. */
export interface EtcdSettings {
  readonly servers: readonly string[];
  readonly prefix: string;
  readonly authority: string | undefined; // PEM
  readonly certificate: string | undefined; // PEM
  readonly key: string | undefined; // PEM
}

/** kube-apiserver's flags as the server takes them. */
export interface ServerSettings {
  /** Undefined: one is found. */
  readonly advertiseAddress: string | undefined;
  readonly authorizationMode: string;
  readonly admission: AdmissionChoice;
  readonly features: Enabled;
  /** What `--runtime-config` turns off. */
  readonly isOff: IsOff;
  /** Addresses of Services: one range, or one of each family; and the first of them. */
  readonly serviceRanges: readonly string[];
  readonly serviceRange: string;
  readonly nodePorts: { readonly from: number; readonly to: number };
  readonly compactionMs: number;
  readonly etcd: EtcdSettings;
  readonly eventTtlMs: number;
  readonly anonymous: boolean;
  readonly tokenFile: string | undefined;
  /** What the flags say of certificates and keys. */
  readonly keys: KeySettings;
  /** PEM that kubelets must be signed by. */
  readonly kubeletAuthority: string | undefined;
  /** All flags as they were given, for what reads its own. */
  readonly flags: Readonly<Partial<Record<ServerFlag, string>>>;
  readonly tolerationSeconds: { readonly notReady: number; readonly unreachable: number };
  readonly inFlight: { readonly readsMax: number; readonly writesMax: number };
}

const serviceRangeDefault = '10.96.0.0/16';
const list = (text: string): string[] => text.split(',').filter(Boolean);

function pluginNames(text: string): string[] {
  const names = list(text);
  const wrong = names.find((name) => !admissionPluginNames.includes(name));
  if (wrong === undefined) return names;
  const near = nearestName(wrong, admissionPluginNames);
  throw new Error(
    `there is no admission plugin "${wrong}"${near ? `; did you mean "${near}"?` : ''}`,
  );
}

/** Names are CamelCase: whoever writes them in another case means them all the same. */
function nearestName(word: string, known: readonly string[]): string | undefined {
  const lower = known.map((name) => name.toLowerCase());
  const near = nearest(word.toLowerCase(), lower);
  return near === undefined ? undefined : known[lower.indexOf(near)];
}

async function pluginChoice(
  enable: readonly string[],
  disable: readonly string[],
  file: string | undefined,
): Promise<AdmissionChoice> {
  const configuration = file === undefined ? undefined : await readAdmissionConfiguration(file);
  const choice = { enable, disable, ...(configuration && { configuration }) };
  try {
    checkAdmissionChoice(choice);
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
  return choice;
}

/** Reads the flags; a wrong value is a UsageError that names its flag, and nothing has been started for it. */
export async function serverSettings(
  flags: Readonly<Partial<Record<ServerFlag, string>>>,
): Promise<ServerSettings> {
  const take = <T>(name: ServerFlag, fallback: string, read: (text: string) => T): T => {
    const text = flags[name] ?? fallback;
    try {
      return read(text);
    } catch (cause) {
      throw new UsageError(`invalid value "${text}" for --${name}: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
  const tokenPath = flags['token-auth-file'];
  const kubeletAuthority = flags['kubelet-certificate-authority'];
  return {
    advertiseAddress: flags['advertise-address'],
    authorizationMode: take('authorization-mode', 'Node,RBAC', (text) => {
      if (text.split(',').includes('Webhook') && !flags['authorization-webhook-config-file'])
        throw new Error('Webhook needs --authorization-webhook-config-file');
      return text;
    }),
    admission: await pluginChoice(
      take('enable-admission-plugins', 'NodeRestriction', pluginNames),
      take('disable-admission-plugins', '', pluginNames),
      flags['admission-control-config-file'],
    ),
    features: take('feature-gates', '', featuresFrom),
    isOff: take('runtime-config', '', (text) => runtimeConfig(text, builtInKinds)),
    serviceRanges: take('service-cluster-ip-range', serviceRangeDefault, list),
    serviceRange: take('service-cluster-ip-range', serviceRangeDefault, (text) => list(text)[0]!),
    nodePorts: take('service-node-port-range', '30000-32767', (text) => {
      const [from, to] = text.split('-').map(Number);
      return { from: from!, to: to! };
    }),
    compactionMs: take('etcd-compaction-interval', '5m', durationMs),
    etcd: {
      servers: list(flags['etcd-servers'] ?? ''),
      prefix: take('etcd-prefix', '/registry', (text) => `/${text.replace(/^\/+|\/+$/g, '')}`),
      authority: await pemOf('etcd-cafile', flags),
      certificate: await pemOf('etcd-certfile', flags),
      key: await pemOf('etcd-keyfile', flags),
    },
    eventTtlMs: take('event-ttl', '1h', durationMs),
    anonymous: take('anonymous-auth', 'true', (text) => text === 'true'),
    kubeletAuthority:
      kubeletAuthority && (await readPem('kubelet-certificate-authority', kubeletAuthority)),
    keys: await keySettings(flags),
    tokenFile: tokenPath === undefined ? undefined : await readTokens(tokenPath),
    flags,
    tolerationSeconds: {
      notReady: take('default-not-ready-toleration-seconds', '300', Number),
      unreachable: take('default-unreachable-toleration-seconds', '300', Number),
    },
    inFlight: {
      readsMax: take('max-requests-inflight', '400', Number),
      writesMax: take('max-mutating-requests-inflight', '200', Number),
    },
  };
}

const pemOf = async (
  name: ServerFlag,
  flags: Readonly<Partial<Record<ServerFlag, string>>>,
): Promise<string | undefined> => {
  const path = flags[name];
  return path === undefined ? undefined : readPem(name, path);
};

const readTokens = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: Error) => {
    throw new Failure(`cannot read --token-auth-file ${path}: ${cause.message}`, { cause });
  });
