import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { ConfigMaps, configKeyErrors, Secrets } from '@coxswain/api';
import { type Command, entryOf } from '../../command/command.ts';
import { fileBytes } from '../../command/file-faults.ts';
import { bool, list, text } from '../../command/flags.ts';
import { goJson } from '../../printers/go-json.ts';
import type { Session } from '../../session/session.ts';
import { type Draft, generatorCommand, needName } from './generator.ts';
import {
  addEnvFiles,
  addFiles,
  type AddKey,
  addLiterals,
  checkSources,
  sourceFlags,
} from './key-sources.ts';

const hashFlag = bool(false, 'Put a hash of the content behind the name');
/** Letters of the hash instead of digits and vowels that could make words. */
const hashLetters: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };
const hashLength = 10;

/** The name with a hash of what the object holds, as kubectl and kustomize compute it. */
const hashed = (name: string, content: object): string => {
  const hex = createHash('sha256')
    .update(goJson({ ...content, name }))
    .digest('hex');
  const letters = hex.slice(0, hashLength).replaceAll(/[013ae]/g, (digit) => hashLetters[digit]!);
  return `${name}-${letters}`;
};

/** `kubectl create configmap`. */
export const configMap: Command = generatorCommand({
  name: 'configmap',
  aliases: ['cm'],
  usage:
    'configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  summary: 'Create a config map of files, folders or literal values',
  examples: `  create configmap web --from-literal=color=blue
  create configmap web --from-file=nginx.conf --from-file=conf.d/
  create configmap web --from-env-file=.env`,
  flags: { ...sourceFlags('config map'), 'append-hash': hashFlag },
  resource: ConfigMaps,
  failure: 'failed to create configmap: ',
  check({ name, flags }) {
    needName({ name });
    checkSources(flags);
  },
  draft({ name, flags }, session) {
    const data: Record<string, string> = {};
    const binaryData: Record<string, string> = {};
    const add: AddKey = (key, value) => {
      const errors = configKeyErrors(key);
      if (errors.length > 0)
        throw new Error(
          `${JSON.stringify(key)} is not a valid key name for a ConfigMap: ${errors.join(',')}`,
        );
      for (const [field, keys] of Object.entries({ Data: data, BinaryData: binaryData }))
        if (Object.hasOwn(keys, key))
          throw new Error(
            `cannot add key ${JSON.stringify(key)}, another key by that name already exists in ${field} for ConfigMap ${JSON.stringify(name)}`,
          );
      if (isUtf8(value)) data[key] = value.toString('utf8');
      else binaryData[key] = value.toString('base64');
    };
    addFiles(flags['from-file'], session, add);
    addLiterals(flags['from-literal'], add);
    addEnvFiles(flags['from-env-file'], 'config', session, add);
    const hasBinary = Object.keys(binaryData).length > 0;
    const content = { kind: 'ConfigMap', data, ...(hasBinary && { binaryData }) };
    return {
      metadata: { name: flags['append-hash'] ? hashed(name, content) : name },
      ...{ data, binaryData },
    };
  },
});

/** A secret of what `fill` adds. */
function secretDraft(
  name: string,
  type: string,
  appendsHash: boolean,
  fill: (add: AddKey) => void,
): Draft {
  const data: Record<string, string> = {};
  fill((key, value) => {
    const errors = configKeyErrors(key);
    if (errors.length > 0)
      throw new Error(
        `${JSON.stringify(key)} is not valid key name for a Secret ${errors.join(';')}`,
      );
    if (Object.hasOwn(data, key))
      throw new Error(`cannot add key ${key}, another key by that name already exists`);
    data[key] = value.toString('base64');
  });
  const content = { kind: 'Secret', type, data };
  return { metadata: { name: appendsHash ? hashed(name, content) : name }, type, data };
}

const generic = generatorCommand({
  name: 'generic',
  usage:
    'generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  summary: 'Create a secret of files, folders or literal values',
  examples: `  create secret generic db --from-literal=password=s3cret
  create secret generic keys --from-file=id=~/.ssh/id_ed25519`,
  flags: {
    ...sourceFlags('secret'),
    'append-hash': hashFlag,
    type: text('', 'Type of the secret'),
  },
  resource: Secrets,
  failure: 'failed to create secret ',
  check({ name, flags }) {
    needName({ name });
    checkSources(flags);
  },
  draft: ({ name, flags }, session) =>
    secretDraft(name, flags.type, flags['append-hash'], (add) => {
      addLiterals(flags['from-literal'], add);
      addFiles(flags['from-file'], session, add);
      addEnvFiles(flags['from-env-file'], 'secret', session, add);
    }),
});

const dockerKey = '.dockerconfigjson';

const dockerRegistry = generatorCommand({
  name: 'docker-registry',
  usage:
    'docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]',
  summary: 'Create a secret that images are pulled with',
  examples: `  create secret docker-registry pull --docker-server=registry.example.com --docker-username=ann --docker-password=s3cret
  create secret docker-registry pull --from-file=~/.docker/config.json`,
  flags: {
    'append-hash': hashFlag,
    'docker-email': text('', 'Mail address of the user'),
    'docker-password': text('', 'Password of the user'),
    'docker-server': text('https://index.docker.io/v1/', 'Where the registry is'),
    'docker-username': text('', 'User of the registry'),
    'from-file': list(`File that Docker keeps its users in; its key is ${dockerKey}`),
  },
  resource: Secrets,
  failure: 'failed to create secret ',
  check({ name, flags }) {
    needName({ name });
    const isWhole = flags['docker-username'] && flags['docker-password'] && flags['docker-server'];
    if (flags['from-file'].length === 0 && !isWhole)
      throw new Error(
        'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
      );
  },
  draft: ({ name, flags }, session) =>
    secretDraft(name, 'kubernetes.io/dockerconfigjson', flags['append-hash'], (add) => {
      const files = flags['from-file'];
      if (files.length === 0) return add(dockerKey, Buffer.from(dockerConfig(flags)));
      const named = files.map((file) => (file.includes('=') ? file : `${dockerKey}=${file}`));
      addFiles(named, session, add);
    }),
});

interface DockerUser {
  readonly 'docker-email': string;
  readonly 'docker-password': string;
  readonly 'docker-server': string;
  readonly 'docker-username': string;
}

function dockerConfig(given: DockerUser): string {
  const { 'docker-username': username, 'docker-password': password } = given;
  const email = given['docker-email'];
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const entry = { username, password, ...(email && { email }), auth };
  return goJson({ auths: { [given['docker-server']]: entry } }, '', '', 'struct');
}

const tls = generatorCommand({
  name: 'tls',
  usage: 'tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  summary: 'Create a secret of a certificate and its key',
  examples: '  create secret tls web --cert=web.crt --key=web.key',
  flags: {
    'append-hash': hashFlag,
    cert: text('', 'File with the certificate, in PEM'),
    key: text('', 'File with its private key, in PEM'),
  },
  resource: Secrets,
  failure: 'failed to create secret ',
  check({ flags }) {
    if (!flags.cert || !flags.key) throw new Error('key and cert must be specified');
  },
  draft: ({ name, flags }, session) =>
    secretDraft(name, 'kubernetes.io/tls', flags['append-hash'], (add) => {
      const [cert, key] = [pemOf(flags.cert, session), pemOf(flags.key, session)];
      checkPair(cert, key);
      add('tls.crt', cert);
      add('tls.key', key);
    }),
});

const pemOf = (path: string, { cwd }: Session): Buffer =>
  fileBytes(path, { cwd, before: `Cannot read file ${path}, ` });

const blocksOf = (pem: Buffer): readonly string[] =>
  [...pem.toString('latin1').matchAll(/-----BEGIN ([^-]+)-----/g)].map(([, type]) => type!);

/** Refuses what is no pair, in the words of Go's crypto/tls. */
function checkPair(cert: Buffer, key: Buffer): void {
  const wrong = wrongBlocks(blocksOf(cert), blocksOf(key));
  if (wrong) throw new Error(`tls: ${wrong}`);
  let isPair: boolean;
  try {
    isPair = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw new Error('tls: failed to parse private key', { cause });
  }
  if (!isPair) throw new Error('tls: private key does not match public key');
}

function wrongBlocks(cert: readonly string[], key: readonly string[]): string | undefined {
  const isKey = (type: string): boolean => type.endsWith('PRIVATE KEY');
  const skipped = (types: readonly string[]): string =>
    `after skipping PEM blocks of the following types: [${types.join(' ')}]`;
  if (!cert.includes('CERTIFICATE')) {
    if (cert.length === 0) return 'failed to find any PEM data in certificate input';
    return cert.length === 1 && isKey(cert[0]!)
      ? 'failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
      : `failed to find "CERTIFICATE" PEM block in certificate input ${skipped(cert)}`;
  }
  if (key.some(isKey)) return undefined;
  if (key.length === 0) return 'failed to find any PEM data in key input';
  return key.length === 1 && key[0] === 'CERTIFICATE'
    ? 'found a certificate rather than a key in the PEM for the private key'
    : `failed to find PEM block with type ending in "PRIVATE KEY" in key input ${skipped(key)}`;
}

/** `kubectl create secret`. */
export const secret: Command = {
  name: 'secret',
  usage: 'secret (docker-registry | generic | tls)',
  summary: 'Create a secret of one of three types',
  flags: {},
  commands: [dockerRegistry, generic, tls].map(entryOf),
};
