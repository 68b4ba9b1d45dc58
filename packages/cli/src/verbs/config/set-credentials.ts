import { resolve } from 'node:path';
import { type Command, command, type Words } from '../../command/command.ts';
import { HelpError } from '../../command/failure.ts';
import { type Change, changesOf } from '../../command/pairs.ts';
import { bool, list, text, texts } from '../../command/flags.ts';
import { editKubeconfig } from '../../config/edit-kubeconfig.ts';
import type { ExecEntry, UserEntry } from '../../config/kubeconfig.ts';
import { embedded } from './embedded.ts';
import { placeOf } from './place.ts';

const flags = {
  'auth-provider': text('', 'Provider that signs the user in'),
  'auth-provider-arg': list('Setting of the provider, KEY=VALUE, or KEY- to take it away'),
  'client-certificate': text('', 'File with the certificate of the user'),
  'client-key': text('', 'File with the key of that certificate'),
  'embed-certs': bool(false, 'Put the content of the files into the kubeconfig'),
  'exec-api-version': text('', 'API version of the program that signs the user in'),
  'exec-arg': list('Argument of that program; takes the place of those it had'),
  'exec-command': text('', 'Program that signs the user in'),
  'exec-env': texts('Variable of its environment, KEY=VALUE, or KEY- to take it away'),
  'exec-interactive-mode': text('', 'Whether it may ask: Never, IfAvailable or Always'),
  'exec-provide-cluster-info': bool(false, 'Tell it about the cluster'),
  password: text('', 'Password for basic authentication'),
  token: text('', 'Bearer token'),
  username: text('', 'Name for basic authentication'),
};

type Options = ReturnType<typeof complete>;

/** Wrong pairs are answered with the command's help. */
function changes(words: readonly string[], flag: string): Change {
  try {
    return changesOf(words, flag);
  } catch (cause) {
    throw new HelpError((cause as Error).message, { cause });
  }
}

function complete({ flags: given, changed, args }: Words<typeof flags>) {
  if (args.length !== 1) throw new HelpError(`unexpected args: [${args.join(' ')}]`);
  const provider = changes(given['auth-provider-arg'], 'auth-provider-arg');
  const env = changes(given['exec-env'], 'exec-env');
  if (args[0] === '') throw new Error('you must specify a non-empty user name');
  if (given.token && (given.username || given.password))
    throw new Error(
      'you cannot specify more than one authentication method at the same time: --token, --username/--password',
    );
  if (given['embed-certs'] && !given['client-certificate'] && !given['client-key'])
    throw new Error('you must specify a --client-certificate or --client-key to embed');
  const mode = given['exec-interactive-mode'];
  if (changed.has('exec-interactive-mode') && !['Never', 'IfAvailable', 'Always'].includes(mode))
    throw new Error('invalid interactive mode type, can be only IfAvailable, Never, Always');
  return { name: args[0]!, given, changed, provider, env };
}

/** `kubectl config set-credentials`. */
export const setCredentials: Command = command({
  name: 'set-credentials',
  usage:
    'set-credentials NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--auth-provider=provider_name] [--auth-provider-arg=key=value] [--exec-command=exec_command] [--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value]',
  summary: 'Make or change a user of the kubeconfig',
  details:
    'Of a user that is there, only what is named changes. A user has a token or a name and password, not both.',
  examples: `  config set-credentials me --client-certificate=me.crt --client-key=me.key --embed-certs
  config set-credentials me --exec-command=login --exec-api-version=client.authentication.k8s.io/v1`,
  flags,
  complete,
  run: async (options, session) => {
    const files = filesOf(options, session.cwd);
    editKubeconfig(placeOf(session), ({ users }) => {
      users.set(options.name, changedUser(users.get(options.name) ?? {}, options, files));
    });
    session.io.out(`User ${JSON.stringify(options.name)} set.\n`);
  },
});

/** The fields of certificate and key: their files, or what is in them. */
function filesOf({ given, changed }: Options, cwd: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const flag of ['client-certificate', 'client-key'] as const) {
    if (!changed.has(flag)) continue;
    const isEmbedded = given['embed-certs'] && given[flag] !== '';
    fields[flag] = isEmbedded ? '' : resolve(cwd, given[flag]);
    fields[`${flag}-data`] = isEmbedded ? embedded(flag, given[flag], cwd) : '';
  }
  return fields;
}

function changedUser(
  before: UserEntry,
  { given, changed, provider, env }: Options,
  files: Readonly<Record<string, string>>,
): UserEntry {
  const user: Record<string, unknown> = { ...before, ...files };
  for (const field of ['token', 'username', 'password'] as const)
    if (changed.has(field)) user[field] = given[field];
  const others = given.token ? ['username', 'password'] : ['token'];
  if (given.token || given.username || given.password)
    for (const other of others) delete user[other];
  const named = before['auth-provider'];
  const isOther = changed.has('auth-provider') && named?.name !== given['auth-provider'];
  const kept = isOther ? { name: given['auth-provider'] } : named;
  if (kept) {
    const settings = new Map(Object.entries(('config' in kept && kept.config) || {}));
    for (const key of provider.remove) settings.delete(key);
    for (const [key, value] of provider.set) settings.set(key, value);
    user['auth-provider'] = { ...kept, config: Object.fromEntries(settings) };
  }
  const exec = changedExec(before.exec, given, changed, env);
  return { ...user, ...(exec && { exec }) };
}

function changedExec(
  before: ExecEntry | undefined,
  given: Options['given'],
  changed: Options['changed'],
  { set, remove }: Change,
): ExecEntry | undefined {
  const command = given['exec-command'];
  const isNew = changed.has('exec-command');
  if (!before && !isNew) return undefined;
  const kept = (before?.env ?? []).filter(({ name }) => !remove.includes(name));
  const known = new Set(kept.map(({ name }) => name));
  return {
    ...before,
    command: isNew ? command : before!.command,
    ...(isNew && { args: null }),
    ...(given['exec-arg'].length > 0 && { args: given['exec-arg'] }),
    ...(changed.has('exec-api-version') && { apiVersion: given['exec-api-version'] }),
    ...(changed.has('exec-interactive-mode') && {
      interactiveMode: given['exec-interactive-mode'],
    }),
    ...(changed.has('exec-provide-cluster-info') && {
      provideClusterInfo: given['exec-provide-cluster-info'],
    }),
    env: [
      ...kept.map(({ name, value }) => ({ name, value: set.get(name) ?? value })),
      ...[...set].filter(([name]) => !known.has(name)).map(([name, value]) => ({ name, value })),
    ],
  };
}
