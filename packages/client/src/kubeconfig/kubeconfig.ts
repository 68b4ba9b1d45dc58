import { parse } from 'yaml';

export interface Cluster {
  readonly server: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string; // base64
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
}

export interface User {
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string; // base64
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string; // base64
  readonly token?: string;
  readonly tokenFile?: string;
  readonly as?: string;
  readonly 'as-groups'?: readonly string[];
}

export interface Context {
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
}

/** One context of a kubeconfig with what it names. File names in it are relative to the kubeconfig's folder. */
export interface Kubeconfig {
  readonly context: Context;
  readonly cluster: Cluster;
  readonly user: User;
}

interface File {
  readonly 'current-context'?: string;
  readonly clusters?: readonly { readonly name: string; readonly cluster: Cluster }[] | null;
  readonly users?: readonly { readonly name: string; readonly user: User | null }[] | null;
  readonly contexts?: readonly { readonly name: string; readonly context: Context }[] | null;
}

/** Reads one context, the current one unless named. Throws an Error that says what is missing. */
export function parseKubeconfig(text: string, contextName?: string): Kubeconfig {
  const file = (parse(text) ?? {}) as File;
  const name = contextName ?? file['current-context'];
  if (!name) throw new Error('no context has been set');
  const context = file.contexts?.find((each) => each.name === name)?.context;
  if (!context) throw new Error(`context "${name}" does not exist`);
  const cluster = file.clusters?.find((each) => each.name === context.cluster)?.cluster;
  if (!cluster) throw new Error(`cluster "${context.cluster}" does not exist`);
  if (!cluster.server) throw new Error(`cluster "${context.cluster}" has no server defined`);
  const user = file.users?.find((each) => each.name === context.user);
  if (context.user && !user) throw new Error(`auth info "${context.user}" does not exist`);
  return { context, cluster, user: user?.user ?? {} };
}
