import { aesCbc, aesGcm } from './aes.ts';
import { resourceOf } from './resource-of.ts';
import { secretbox } from './secretbox.ts';
import { Chain, type Transformer } from './transformer.ts';

interface Keys {
  readonly keys?: readonly { readonly name?: string; readonly secret?: string }[];
}
type Provider = Readonly<
  Partial<Record<'aesgcm' | 'aescbc' | 'secretbox' | 'identity' | 'kms', Keys>>
>;

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
export function encryptionOf(given: unknown): Encryption {
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
  const rules = entries.map((entry, at) => ruleOf(`resources[${at}]`, entry));
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

function ruleOf(path: string, { resources = [], providers = [] }: Entry): Rule {
  if (resources.length === 0)
    throw new Error(`${path}.resources: Required value: at least one resource is required`);
  if (providers.length === 0)
    throw new Error(`${path}.providers: Required value: at least one provider is required`);
  resources.forEach((one, at) => checkResource(`${path}.resources[${at}]`, one));
  const chain = new Chain(
    providers.flatMap((provider, at) => transformers(`${path}.providers[${at}]`, provider)),
  );
  return {
    chain,
    covers: (group, resource) => resources.some((one) => covers(one, group, resource)),
  };
}

function checkResource(path: string, given: string): void {
  const invalid = (why: string): Error =>
    new Error(`${path}: Invalid value: ${JSON.stringify(given)}: ${why}`);
  if (given === '*')
    throw invalid(
      "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources",
    );
  if (given !== given.toLowerCase())
    throw invalid('resource name should not contain capital letters');
  if (given.endsWith('.extensions'))
    throw invalid("'extensions' group has been removed and cannot be used for encryption");
  if (given.endsWith('.events.k8s.io'))
    throw invalid(
      "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file",
    );
  if (/^[^*]+\.\*$/.test(given))
    throw invalid('encrypting the same resource across groups is not supported');
}

/** `secrets`, `deployments.apps`, `*.apps`, `*.` (the group without a name), `*.*`. */
function covers(rule: string, group: string, resource: string): boolean {
  const dot = rule.indexOf('.');
  const [name, of] = dot < 0 ? [rule, ''] : [rule.slice(0, dot), rule.slice(dot + 1)];
  return (of === '*' || of === group) && (name === '*' || name === resource);
}

function transformers(path: string, provider: Provider): readonly Transformer[] {
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
  if (name === 'kms' || !Object.hasOwn(ways, name))
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
