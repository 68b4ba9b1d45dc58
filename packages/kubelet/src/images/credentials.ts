import type { Secret } from '@coxswain/api/types/core-v1';
import type { RegistryCredentials } from '../runtime.ts';
import { parseImage } from './reference.ts';

interface Entry {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

const decode = (base64: string): string => new TextDecoder().decode(Uint8Array.fromBase64(base64));

/** The credentials that pull secrets hold for the registry of `image`, the most specific first. */
export function credentialsFor(
  image: string,
  secrets: readonly Secret[],
): readonly RegistryCredentials[] {
  const reference = parseImage(image);
  if (!reference) return [];
  const target = `${reference.registry}/${reference.path}`;
  return secrets
    .flatMap(entriesOf)
    .filter(([server]) => covers(server, target))
    .toSorted(([a], [b]) => b.length - a.length)
    .map(([, entry]) => toCredentials(entry));
}

function entriesOf({ type, data = {} }: Secret): readonly (readonly [string, Entry])[] {
  const json = data['.dockerconfigjson'];
  if (type === 'kubernetes.io/dockerconfigjson' && json) {
    const { auths = {} } = JSON.parse(decode(json)) as { auths?: Record<string, Entry> };
    return Object.entries(auths);
  }
  const legacy = data['.dockercfg'];
  if (type === 'kubernetes.io/dockercfg' && legacy)
    return Object.entries(JSON.parse(decode(legacy)) as Record<string, Entry>);
  return [];
}

/** `registry.example.com`, `https://index.docker.io/v1/`, `*.example.com/team`: whether it speaks of `target`. */
function covers(server: string, target: string): boolean {
  const plain = server
    .replace(/^https?:\/\//, '')
    .replace(/\/(v1|v2)?\/?$/, '')
    .replace(/^(index|registry-1)\.docker\.io/, 'docker.io');
  const [host = '', ...path] = plain.split('/');
  const [targetHost = '', ...targetPath] = target.split('/');
  const parts = host.split('.');
  const targetParts = targetHost.split('.');
  const isHost =
    parts.length === targetParts.length &&
    parts.every((part, index) => wildcard(part).test(targetParts[index]!));
  return isHost && targetPath.join('/').startsWith(path.join('/'));
}

const wildcard = (part: string): RegExp =>
  new RegExp(`^${part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

function toCredentials({
  username,
  password,
  auth,
  identitytoken,
  registrytoken,
}: Entry): RegistryCredentials {
  const [user, ...secret] = auth ? decode(auth).split(':') : [];
  return {
    username: username ?? user ?? '',
    password: password ?? secret.join(':'),
    ...(identitytoken && { identityToken: identitytoken }),
    ...(registrytoken && { registryToken: registrytoken }),
  };
}
