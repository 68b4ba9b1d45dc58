import { accessSync, constants } from 'node:fs';
import { fileWords } from '../command/file-faults.ts';
import type { Given } from '../command/flags.ts';
import { proxyUrl } from './proxy-url.ts';
import { ConfigurationError } from '../command/failure.ts';
import type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from './kubeconfig.ts';
import type { GlobalFlags } from './overrides.ts';

/** Which server, as whom and in which namespace: one context of the kubeconfig under the flags. */
export interface ClientConfig {
  readonly clusterName: string;
  readonly userName: string;
  readonly contextName: string;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
  readonly context: ContextEntry;
}

type Overrides = Given<GlobalFlags>['flags'];

/** What nobody's kubeconfig says. */
const clusterDefaults: ClusterEntry = { server: 'http://localhost:8080' };

/** Fields with an empty value say nothing. */
const said = <T extends object>(entry: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(entry).filter(
      ([, value]) =>
        value !== '' && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  ) as Partial<T>;

/** Settles the context, its cluster and its user. Throws when one that is named is not there. */
export function clientConfig(config: Kubeconfig, flags: Overrides): ClientConfig {
  const contextName = flags.context || config.currentContext;
  const inFile = config.contexts.get(contextName);
  if (flags.context && !inFile) throw new Error(`context "${contextName}" does not exist`);
  const context: ContextEntry = {
    ...{ cluster: '', user: '', ...inFile },
    ...said({ cluster: flags.cluster, user: flags.user, namespace: flags.namespace }),
  };
  const user = config.users.get(context.user);
  if (flags.user && !user) throw new Error(`auth info "${flags.user}" does not exist`);
  const cluster = config.clusters.get(context.cluster);
  if (flags.cluster && !cluster) throw new Error(`cluster "${flags.cluster}" does not exist`);
  return {
    ...{ contextName, context, clusterName: context.cluster, userName: context.user },
    cluster: clusterUnder(cluster, flags),
    user: userUnder(user, flags),
  };
}

/** What kubectl says of a wrong --context or --cluster when it is the namespace that it needs of them. */
export function confirmChosen(config: Kubeconfig, { context, cluster }: Overrides): void {
  if (context && !config.contexts.has(context))
    throw new ConfigurationError([`context was not found for specified context: ${context}`]);
  if (cluster && !config.clusters.has(cluster))
    throw new Error(`no server found for cluster ${JSON.stringify(cluster)}`);
}

function clusterUnder(entry: ClusterEntry | undefined, flags: Overrides): ClusterEntry {
  const own = said({
    server: flags.server,
    'tls-server-name': flags['tls-server-name'],
    'insecure-skip-tls-verify': flags['insecure-skip-tls-verify'],
    'certificate-authority': flags['certificate-authority'],
    'disable-compression': flags['disable-compression'],
  });
  const base: Record<string, unknown> = { ...entry };
  if (own['insecure-skip-tls-verify'] || own['certificate-authority'])
    for (const field of [
      'insecure-skip-tls-verify',
      'certificate-authority',
      'certificate-authority-data',
    ])
      delete base[field];
  if (own.server || own['tls-server-name']) delete base['tls-server-name'];
  return { ...base, ...own };
}

function userUnder(entry: UserEntry | undefined, flags: Overrides): UserEntry {
  const own = said({
    'client-certificate': flags['client-certificate'],
    'client-key': flags['client-key'],
    token: flags.token,
    as: flags.as,
    'as-uid': flags['as-uid'],
    'as-groups': flags['as-group'],
    username: flags.username,
    password: flags.password,
  });
  const base: Record<string, unknown> = { ...entry };
  if (own['client-certificate']) delete base['client-certificate-data'];
  if (own['client-key']) delete base['client-key-data'];
  if (own.token) delete base['tokenFile'];
  const extra = extraOf(flags['as-user-extra']);
  return { ...base, ...own, ...(extra && { 'as-user-extra': extra }) };
}

function extraOf(given: readonly string[]): Record<string, readonly string[]> | undefined {
  const extra: Record<string, readonly string[]> = {};
  for (const each of given) {
    const equals = each.indexOf('=');
    if (equals < 0) continue;
    const key = each.slice(0, equals);
    extra[key] = [...(extra[key] ?? []), each.slice(equals + 1)];
  }
  return given.length > 0 ? extra : undefined;
}

/** The same, once it is certain that it can be used; without any kubeconfig the server is the one on this machine. */
export function usable(config: ClientConfig, all: Kubeconfig): ClientConfig {
  const { cluster, user, contextName, clusterName, userName } = config;
  const isEmpty = Object.keys(cluster).length === 0;
  const errors: string[] = [];
  if (contextName && !all.contexts.has(contextName))
    errors.push(`context was not found for specified context: ${contextName}`);
  errors.push(...userErrors(userName, user));
  if (isEmpty) {
    if (errors.length === 0) return { ...config, cluster: clusterDefaults };
    throw new ConfigurationError([...errors, 'cluster has no server defined']);
  }
  errors.push(...clusterErrors(clusterName, cluster));
  if (errors.length > 0) throw new ConfigurationError(errors);
  return config;
}

function clusterErrors(name: string, entry: ClusterEntry): string[] {
  const errors: string[] = [];
  if (!entry.server)
    errors.push(
      name ? `no server found for cluster "${name}"` : 'default cluster has no server defined',
    );
  const proxy = entry['proxy-url'];
  if (proxy)
    try {
      proxyUrl(proxy);
    } catch (error) {
      const words = (error as Error).message;
      errors.push(`invalid 'proxy-url' ${JSON.stringify(proxy)} for cluster "${name}": ${words}`);
    }
  const file = entry['certificate-authority'];
  if (file && entry['certificate-authority-data'])
    errors.push(
      `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`,
    );
  if (file) errors.push(...unreadable(file, `certificate-authority ${file} for ${name}`));
  return errors;
}

function userErrors(name: string, entry: UserEntry): string[] {
  const errors: string[] = [];
  const [file, data] = [entry['client-certificate'], entry['client-certificate-data']];
  const [keyFile, keyData] = [entry['client-key'], entry['client-key-data']];
  if (file || data) {
    if (file && data)
      errors.push(
        `client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`,
      );
    if (keyFile && keyData)
      errors.push(
        `client-key-data and client-key are both specified for ${name}; client-key-data will override`,
      );
    if (!keyFile && !keyData)
      errors.push(
        `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
      );
    if (file) errors.push(...unreadable(file, `client-cert ${file} for ${name}`));
    if (keyFile) errors.push(...unreadable(keyFile, `client-key ${keyFile} for ${name}`));
  }
  if (entry.exec) errors.push(...execErrors(name, entry));
  const methods = [
    ...(entry.token ? ['token'] : []),
    ...(entry.username || entry.password ? ['basicAuth'] : []),
  ];
  if (methods.length > 1)
    errors.push(
      `more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`,
    );
  if ((entry['as-groups']?.length || entry['as-uid'] || entry['as-user-extra']) && !entry.as)
    errors.push(`requesting uid, groups or user-extra for ${name} without impersonating a user`);
  return errors;
}

const interactiveModes: readonly string[] = ['Never', 'IfAvailable', 'Always'];

function execErrors(name: string, { exec, 'auth-provider': provider }: UserEntry): string[] {
  const { command, apiVersion, env, interactiveMode = '' } = exec!;
  const must = (what: string): string =>
    `${what} must be specified for ${name} to use exec authentication plugin`;
  // Before v1 plugins may ask where there is somebody to ask.
  const mode = interactiveMode || (apiVersion?.endsWith('/v1beta1') ? 'IfAvailable' : '');
  return [
    ...(provider
      ? [`authProvider cannot be provided in combination with an exec plugin for ${name}`]
      : []),
    ...(command ? [] : [must('command')]),
    ...(apiVersion ? [] : [must('apiVersion')]),
    ...(env ?? []).filter((each) => !each.name).map(() => must('env variable name')),
    ...(mode ? [] : [must('interactiveMode')]),
    ...(mode && !interactiveModes.includes(mode)
      ? [`invalid interactiveMode for ${name}: ${JSON.stringify(mode)}`]
      : []),
  ];
}

function unreadable(path: string, what: string): string[] {
  try {
    accessSync(path, constants.R_OK);
    return [];
  } catch (error) {
    return [`unable to read ${what} due to open ${path}: ${fileWords(error)}`];
  }
}
