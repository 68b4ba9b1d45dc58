import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseYamlDocuments } from '@coxswain/api';

/** A flag with the value that it has where the line says nothing. */
export interface OptionDefault {
  readonly name: string;
  readonly default: string;
}

export interface Alias {
  readonly name: string;
  readonly command: string;
  readonly prependArgs?: readonly string[] | undefined;
  readonly appendArgs?: readonly string[] | undefined;
  readonly options?: readonly OptionDefault[] | undefined;
}

export interface CommandDefaults {
  readonly command: string;
  readonly options: readonly OptionDefault[] | null;
}

/** A program that may tell who the user is; `name` is what older files call its command. */
export interface AllowedPlugin {
  readonly command?: string;
  readonly name?: string;
}

export const commandOf = ({ command, name = '' }: AllowedPlugin): string => command || name;

/** The preferences of a user: `kubectl.config.k8s.io`, Preference. */
export interface Preference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly defaults?: readonly CommandDefaults[] | null;
  readonly aliases?: readonly Alias[] | null;
  readonly credentialPluginPolicy?: string;
  readonly credentialPluginAllowlist?: readonly AllowedPlugin[] | null;
}

const group = 'kubectl.config.k8s.io';
/** The version that is written. */
export const apiVersion: string = `${group}/v1beta1`;
const versions: ReadonlySet<string> = new Set([apiVersion, `${group}/v1alpha1`]);

/** Which file holds them, and whether the user named it; undefined where they are turned off. */
export function kubercPath(
  given: string,
  env: NodeJS.ProcessEnv,
): { readonly path: string; readonly isNamed: boolean } | undefined {
  const named = env['KUBERC'] ?? '';
  if (named === 'off') {
    if (given)
      throw new Error(
        'disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive',
      );
    return undefined;
  }
  const path = given || named;
  return path
    ? { path, isNamed: true }
    : { path: join(env['HOME'] ?? homedir(), '.kube', 'kuberc'), isNamed: false };
}

/** The first of the file's documents that is one of preferences. What is wrong with a file that nobody named is only told. */
export function readPreference(
  given: string,
  env: NodeJS.ProcessEnv,
  tell: (text: string) => void,
): Preference | undefined {
  const place = kubercPath(given, env);
  if (!place) return undefined;
  const { path, isNamed } = place;
  let text: string;
  try {
    text = fileBytes(path).toString();
  } catch (cause) {
    const { message } = cause as Error;
    if (isNamed) throw new Error(`kuberc: ${message}`, { cause });
    if (!isMissing(cause)) tell(`kuberc: no preferences loaded from ${path}: ${message}`);
    return undefined;
  }
  const found = preferenceIn(text);
  if (found !== 'none') return found;
  const words = `no valid preferences found in ${path}, use --v=5 to see details`;
  if (isNamed) throw new Error(`kuberc: ${words}`);
  tell(`kuberc: no preferences loaded from ${path}: ${words}`);
  return undefined;
}

function preferenceIn(text: string): Preference | 'none' | undefined {
  try {
    const documents = parseYamlDocuments(text).map(({ value }) => value as Preference | null);
    if (documents.length === 0) return undefined;
    return (
      documents.find((each) => each?.kind === 'Preference' && versions.has(each.apiVersion)) ??
      'none'
    );
  } catch {
    return 'none';
  }
}
import { fileBytes, isMissing } from '../command/file-faults.ts';
