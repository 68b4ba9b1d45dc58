import { dirname, resolve } from 'node:path';
import { fileBytes } from '../../command/file-faults.ts';
import { type Command, command } from '../../command/command.ts';
import { UsageError } from '../../command/failure.ts';
import { bool } from '../../command/flags.ts';
import { asWritten } from '../../config/edit-kubeconfig.ts';
import type { Kubeconfig } from '../../config/kubeconfig.ts';
import { ordered } from '../../config/kubeconfig-form.ts';
import { printerOf, printFlags } from '../../printers/formats.ts';
import type { Unstructured } from '../../objects/info.ts';
import type { Session } from '../../session/session.ts';
import { placeOf } from './place.ts';

type Entry = Readonly<Record<string, unknown>>;

const flags = {
  ...printFlags,
  output: { ...printFlags.output, value: 'yaml' },
  flatten: bool(false, 'Put the content of files in the place of their names'),
  merge: bool(true, 'Show all files together'),
  minify: bool(false, 'Show only what the current context is about'),
  raw: bool(false, 'Show certificates, keys and tokens as they are'),
};

/** `kubectl config view`. */
export const view: Command = command({
  name: 'view',
  usage: 'view [flags]',
  summary: 'Show the kubeconfig, of all its files together or of one',
  details: 'Certificates, keys, tokens and passwords are put aside without --raw.',
  examples: `  config view --minify
  config view --raw -o jsonpath='{.users[0].user.token}'`,
  flags,
  complete({ flags: given, args }) {
    if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`);
    return { ...given, print: printerOf(given, '', {}, 'struct') };
  },
  run: async ({ print, merge, minify, flatten, raw }, session) => {
    if (!merge && !session.global.kubeconfig)
      throw new Error('if merge==false a precise file must be specified');
    const whole = asWritten(placeOf(session));
    const chosen = session.global.context || whole.currentContext;
    const config = minify ? minified({ ...whole, currentContext: chosen }) : whole;
    const shown = flatten ? flat(session, config) : raw ? (entry: Entry) => entry : redacted;
    session.io.out(print(external(config, shown) as Unstructured));
  },
});

function minified(config: Kubeconfig): Kubeconfig {
  const { currentContext, contexts, clusters, users } = config;
  if (!currentContext) throw new Error('current-context must exist in order to minify');
  const context = contexts.get(currentContext);
  if (!context) throw new Error(`cannot locate context ${currentContext}`);
  const only = <T>(entries: ReadonlyMap<string, T>, noun: string, name: string): Map<string, T> => {
    if (!name) return new Map();
    const entry = entries.get(name);
    if (!entry) throw new Error(`cannot locate ${noun} ${name}`);
    return new Map([[name, entry]]);
  };
  return {
    ...config,
    clusters: only(clusters, 'cluster', context.cluster),
    users: only(users, 'user', context.user),
    contexts: new Map([[currentContext, context]]),
  };
}

const omitted = 'DATA+OMITTED';
const aside: Readonly<Record<string, string>> = {
  'certificate-authority-data': omitted,
  'client-certificate-data': omitted,
  'client-key-data': omitted,
  token: 'REDACTED',
  password: 'REDACTED',
};

const redacted = (entry: Entry): Entry =>
  Object.fromEntries(
    Object.entries(entry).map(([field, value]) => [field, (value && aside[field]) || value]),
  );

/** An entry with its files' contents in the place of their names. */
function flat({ cwd }: Session, { origin }: Kubeconfig): (entry: Entry) => Entry {
  return (entry) => {
    const copy: Record<string, unknown> = { ...entry };
    for (const field of ['certificate-authority', 'client-certificate', 'client-key']) {
      const path = copy[field];
      if (typeof path !== 'string' || path === '') continue;
      if (copy[`${field}-data`]) throw new Error('cannot have values for both path and contents');
      const whole = resolve(cwd, dirname(origin.get(entry) ?? ''), path);
      copy[`${field}-data`] = fileBytes(whole).toString('base64');
      delete copy[field];
    }
    return copy;
  };
}

function external(config: Kubeconfig, shown: (entry: Entry) => Entry): object {
  const named = (entries: ReadonlyMap<string, object>, kind: string, struct: string): object[] =>
    [...entries]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, entry]) => ({ name, [kind]: ordered(struct, shown(entry as Entry)) }));
  return ordered('Config', {
    ...{ kind: 'Config', apiVersion: 'v1', preferences: config.preferences },
    clusters: named(config.clusters, 'cluster', 'Cluster'),
    users: named(config.users, 'user', 'AuthInfo'),
    contexts: named(config.contexts, 'context', 'Context'),
    'current-context': config.currentContext,
    extensions: config.extensions,
  });
}
