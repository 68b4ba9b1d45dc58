import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseYaml } from '@coxswain/api';
import { fileBytes, isMissing } from '../command/file-faults.ts';
import { misfit } from './kubeconfig-form.ts';

/** A cluster of a kubeconfig, by its own field names. */
export interface ClusterEntry {
  readonly server?: string;
  readonly 'tls-server-name'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string; // base64
  readonly 'proxy-url'?: string;
  readonly 'disable-compression'?: boolean;
  readonly extensions?: readonly Extension[];
}

export interface Extension {
  readonly name: string;
  readonly extension: unknown;
}

/** An exec credential plugin. */
export interface ExecEntry {
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly apiVersion?: string;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: string;
}

export interface UserEntry {
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string; // base64
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string; // base64
  readonly token?: string;
  readonly tokenFile?: string;
  readonly as?: string;
  readonly 'as-uid'?: string;
  readonly 'as-groups'?: readonly string[];
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[]>>;
  readonly username?: string;
  readonly password?: string;
  readonly 'auth-provider'?: {
    readonly name: string;
    readonly config?: Readonly<Record<string, string>> | null;
  };
  readonly exec?: ExecEntry;
  readonly extensions?: readonly Extension[];
}

export interface ContextEntry {
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
  readonly extensions?: readonly Extension[];
}

/** All kubeconfig files together. Each entry remembers the file it came from. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  readonly preferences: Readonly<Record<string, unknown>>;
  readonly extensions: readonly Extension[];
  readonly origin: ReadonlyMap<object, string>;
}

type Named<K extends string, T> =
  | readonly ({ readonly name: string } & { readonly [_ in K]?: T | null })[]
  | null;

/** One file as it stands. */
export interface KubeconfigFile {
  readonly 'current-context'?: string;
  readonly clusters?: Named<'cluster', ClusterEntry>;
  readonly users?: Named<'user', UserEntry>;
  readonly contexts?: Named<'context', ContextEntry>;
  readonly preferences?: Readonly<Record<string, unknown>> | null;
  readonly extensions?: readonly Extension[] | null;
}

/** Files that kubectl reads, in order of precedence; `explicit` is `--kubeconfig`. */
export function kubeconfigPaths(explicit: string, env: NodeJS.ProcessEnv): readonly string[] {
  if (explicit) return [explicit];
  const named = env['KUBECONFIG'];
  if (named) return [...new Set(named.split(':'))].filter((path) => path !== '');
  return [join(env['HOME'] ?? homedir(), '.kube', 'config')];
}

/** Fields that name files, from the folder of the kubeconfig they stand in. */
export const pathFields = {
  cluster: ['certificate-authority'],
  user: ['client-certificate', 'client-key', 'tokenFile'],
} as const;

/** Reads and merges the files: of two entries of one name the first file's counts. A named file must be there. */
export function loadKubeconfig(
  explicit: string,
  env: NodeJS.ProcessEnv,
  {
    resolves = true,
    mayBeMissing = false,
  }: { readonly resolves?: boolean; readonly mayBeMissing?: boolean } = {},
): Kubeconfig {
  const paths = kubeconfigPaths(explicit, env);
  const files = paths.flatMap((path): { path: string; file: KubeconfigFile }[] => {
    const file = readFile(path);
    if (!file && explicit && !mayBeMissing)
      throw new Error(`stat ${path}: no such file or directory`);
    return file ? [{ path, file }] : [];
  });
  return merged(files, resolves ? resolved : (entry) => ({ ...entry }));
}

/** The content of one file, undefined where there is none. Says which file and what is wrong with it. */
export function readFile(path: string): KubeconfigFile | undefined {
  let text: string;
  try {
    text = fileBytes(path, { before: `error loading config file "${path}": ` }).toString();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  let file: KubeconfigFile;
  try {
    file = (parseYaml(text).value ?? {}) as KubeconfigFile;
  } catch (cause) {
    throw new Error(`error loading config file "${path}": ${(cause as Error).message}`, { cause });
  }
  const words = misfit(file);
  if (words) throw new Error(`error loading config file "${path}": ${words}`);
  return file;
}

function merged(
  files: readonly { readonly path: string; readonly file: KubeconfigFile }[],
  placed: <T extends object>(entry: T, fields: readonly string[], path: string) => T,
): Kubeconfig {
  const clusters = new Map<string, ClusterEntry>();
  const users = new Map<string, UserEntry>();
  const contexts = new Map<string, ContextEntry>();
  const origin = new Map<object, string>();
  const enter = <T extends object>(
    into: Map<string, T>,
    name: string,
    entry: T,
    path: string,
  ): void => {
    if (into.has(name)) return;
    into.set(name, entry);
    origin.set(entry, path);
  };
  for (const { path, file } of files) {
    for (const { name, cluster } of file.clusters ?? [])
      enter(clusters, name, placed(cluster ?? {}, pathFields.cluster, path), path);
    for (const { name, user } of file.users ?? [])
      enter(users, name, placed(user ?? {}, pathFields.user, path), path);
    for (const { name, context } of file.contexts ?? [])
      enter(contexts, name, { ...(context ?? { cluster: '', user: '' }) }, path);
  }
  return {
    ...{ clusters, users, contexts, origin },
    currentContext: files.map(({ file }) => file['current-context']).find(Boolean) ?? '',
    preferences: files.map(({ file }) => file.preferences).find(Boolean) ?? {},
    extensions: files.flatMap(({ file }) => file.extensions ?? []),
  };
}

/** A copy whose files are named from the root: in a kubeconfig they are relative to its folder. */
function resolved<T extends object>(entry: T, fields: readonly string[], path: string): T {
  const copy = { ...entry } as Record<string, unknown>;
  for (const field of fields) {
    const file = copy[field];
    if (typeof file === 'string' && file !== '')
      copy[field] = resolve(dirname(resolve(path)), file);
  }
  const exec = copy['exec'] as ExecEntry | undefined;
  if (exec?.command?.includes('/'))
    // a bare name is looked for on the PATH
    copy['exec'] = { ...exec, command: resolve(dirname(resolve(path)), exec.command) };
  return copy as T;
}
