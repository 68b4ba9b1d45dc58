import { aesCbc, aesGcm } from './aes.ts';
import { resourceOf } from './resource-of.ts';
import { secretbox } from './secretbox.ts';
import { Chain, type Transformer } from './transformer.ts';

interface Keys {
  readonly keys?: readonly { readonly name?: string; readonly secret?: string }[];
}
type Provider = Readonly<
  Partial<Record<'aesgcm' | 'aescbc' | 'secretbox' | 'identity', Keys>> & {
    kms?: {
      readonly apiVersion?: string;
      readonly name?: string;
      readonly endpoint?: string;
      readonly timeout?: string;
      readonly cachesize?: number;
    };
  }
>;

/** A plugin that keeps the keys. */
export interface KmsSettings {
  readonly name: string;
  readonly endpoint: string; // unix:///path
  readonly timeoutMs: number;
}

/** Makes the way to seal of a plugin. */
export type OpenKms = (settings: KmsSettings) => Transformer;

interface Entry {
  readonly resources?: readonly string[];
  readonly providers?: readonly Provider[];
}

const ways = {
  aesgcm: { make: aesGcm, sizes: [16, 24, 32] },
  aescbc: { make: aesCbc, sizes: [16, 24, 32] },
  secretbox: { make: secretbox, sizes: [32] },
} as const;

/** Which resources are kept how. */
export interface Encryption {
  /** How objects under `key` are kept; undefined: as they are. */
  chainOf(key: string): Chain | undefined;
}

/** An EncryptionConfiguration of what a file holds. Throws with upstream's words for what is wrong. */
export function encryptionOf(given: unknown, openKms?: OpenKms): Encryption {
  const document = (given ?? {}) as {
    kind?: string;
    apiVersion?: string;
    resources?: readonly Entry[];
  };
  if (
    document.kind !== 'EncryptionConfiguration' ||
    document.apiVersion !== 'apiserver.config.k8s.io/v1'
  )
    throw new Error(
      `no kind "${document.kind ?? ''}" is registered for version "${document.apiVersion ?? ''}"`,
    );
  const entries = document.resources ?? [];
  if (entries.length === 0)
    throw new Error('resources: Required value: at least one resources is required');
  const names = new Set<string>();
  const kms = (path: string, provider: NonNullable<Provider['kms']>): Transformer => {
    const settings = kmsSettings(path, provider);
    if (names.has(settings.name))
      throw invalid(
        `${path}.name`,
        settings.name,
        `duplicate KMS provider name ${settings.name}, names must be unique`,
      );
    names.add(settings.name);
    if (!openKms) throw new Error(`${path}: this server reaches no plugins`);
    return openKms(settings);
  };
  const rules = entries.map((entry, at) => ruleOf(`resources[${at}]`, entry, kms));
  const known = new Map<string, Chain | undefined>();
  return {
    chainOf(key) {
      const { group, resource, id } = resourceOf(key);
      if (!known.has(id)) known.set(id, rules.find(({ covers }) => covers(group, resource))?.chain);
      return known.get(id);
    },
  };
}

interface Rule {
  readonly covers: (group: string, resource: string) => boolean;
  readonly chain: Chain;
}

type TakeKms = (path: string, provider: NonNullable<Provider['kms']>) => Transformer;

function ruleOf(path: string, { resources = [], providers = [] }: Entry, kms: TakeKms): Rule {
  if (resources.length === 0)
    throw new Error(`${path}.resources: Required value: at least one resource is required`);
  if (providers.length === 0)
    throw new Error(`${path}.providers: Required value: at least one provider is required`);
  resources.forEach((one, at) => checkResource(`${path}.resources[${at}]`, one));
  const chain = new Chain(
    providers.flatMap((provider, at) => transformers(`${path}.providers[${at}]`, provider, kms)),
  );
  return {
    chain,
    covers: (group, resource) => resources.some((one) => covers(one, group, resource)),
  };
}

const invalid = (path: string, value: unknown, why: string): Error =>
  new Error(`${path}: Invalid value: ${JSON.stringify(value)}: ${why}`);

function checkResource(path: string, given: string): void {
  const wrong = (why: string): Error => invalid(path, given, why);
  if (given === '*')
    throw wrong(
      "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources",
    );
  if (given !== given.toLowerCase())
    throw wrong('resource name should not contain capital letters');
  if (given.endsWith('.extensions'))
    throw wrong("'extensions' group has been removed and cannot be used for encryption");
  if (given.endsWith('.events.k8s.io'))
    throw wrong(
      "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file",
    );
  if (/^[^*]+\.\*$/.test(given))
    throw wrong('encrypting the same resource across groups is not supported');
}

/** `secrets`, `deployments.apps`, `*.apps`, `*.` (the group without a name), `*.*`. */
function covers(rule: string, group: string, resource: string): boolean {
  const dot = rule.indexOf('.');
  const [name, of] = dot < 0 ? [rule, ''] : [rule.slice(0, dot), rule.slice(dot + 1)];
  return (of === '*' || of === group) && (name === '*' || name === resource);
}

function transformers(path: string, provider: Provider, kms: TakeKms): readonly Transformer[] {
  const names = Object.keys(provider) as (keyof Provider)[];
  if (names.length > 1)
    throw new Error(
      `${path}: Invalid value: more than one provider specified in a single element, should split into different list elements`,
    );
  const [name] = names;
  if (name === undefined)
    throw new Error(
      `${path}: Required value: provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity`,
    );
  if (name === 'identity')
    return [{ prefix: '', seal: (value) => value, open: (stored) => stored }];
  if (name === 'kms') return [kms(`${path}.kms`, provider.kms!)];
  if (!Object.hasOwn(ways, name))
    throw new Error(`${path}.${name}: Unsupported value: this server has no provider ${name}`);
  const { make, sizes } = ways[name];
  const { keys = [] } = provider[name]!;
  if (keys.length === 0)
    throw new Error(`${path}.${name}.keys: Required value: at least one keys is required`);
  return keys.map((key, at) => {
    const place = `${path}.${name}.keys[${at}]`;
    if (!key.name)
      throw new Error(`${place}.name: Required value: name is a mandatory field for a key`);
    return make(key.name, secretOf(place, key.secret, sizes));
  });
}

const kmsTimeoutMs = 3000;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `3s`, `1m30s`; NaN for what is no duration. */
function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.map(([part]) => part).join('') !== text) return Number.NaN;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitMs[unit!]!, 0);
}

function kmsSettings(path: string, given: NonNullable<Provider['kms']>): KmsSettings {
  const { apiVersion = 'v1', name = '', endpoint = '', timeout, cachesize } = given;
  if (name === '')
    throw new Error(`${path}.name: Required value: name is a mandatory field for a provider`);
  if (apiVersion === 'v1')
    throw new Error(
      'KMSv1 is deprecated and will only receive security updates going forward. Use KMSv2 instead.  Set --feature-gates=KMSv1=true to use the deprecated KMSv1 feature.',
    );
  if (name.includes(':'))
    throw invalid(`${path}.name`, name, `invalid KMS provider name ${name}, must not contain ':'`);
  const timeoutMs = timeout === undefined ? kmsTimeoutMs : durationMs(timeout);
  if (!(timeoutMs > 0))
    throw invalid(`${path}.timeout`, timeout, 'timeout should be a positive value');
  if (endpoint === '')
    throw invalid(`${path}.endpoint`, '', 'endpoint is a mandatory field for a kms');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(endpoint)?.[1] ?? '';
  if (scheme !== 'unix')
    throw invalid(
      `${path}.endpoint`,
      endpoint,
      `unsupported scheme "${scheme}" for KMS provider, only unix is supported`,
    );
  if (cachesize !== undefined)
    throw invalid(`${path}.cachesize`, cachesize, 'cachesize is not supported in v2');
  if (apiVersion !== 'v2')
    throw invalid(
      `${path}.apiVersion`,
      apiVersion,
      'unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported',
    );
  return { name, endpoint, timeoutMs };
}

/** Never shown, whatever is wrong with it. */
function secretOf(path: string, text: string | undefined, sizes: readonly number[]): Uint8Array {
  if (!text)
    throw new Error(`${path}.secret: Required value: secret is a mandatory field for a key`);
  const clean = text.replaceAll(/[\r\n]/g, '');
  const secret = Buffer.from(clean, 'base64');
  if (secret.toString('base64') !== clean)
    throw new Error(`${path}.secret: Invalid value: "REDACTED": secrets must be base64 encoded`);
  if (!sizes.includes(secret.length))
    throw new Error(
      `${path}.secret: Invalid value: "REDACTED": secret is not of the expected length, got ${secret.length}, expected one of [${sizes.join(' ')}]`,
    );
  return secret;
}
