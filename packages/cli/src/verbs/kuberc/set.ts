import { type Command, command, type Words } from '../../command/command.ts';
import { bool, text, texts } from '../../command/flags.ts';
import {
  type Alias,
  apiVersion,
  type OptionDefault,
  type Preference,
} from '../../kuberc/preference.ts';
import { kubercFlag, placeOf, readFile, save } from './file.ts';

const flags = {
  ...kubercFlag,
  'allowlist-entry': texts('Plugin that may run, as command=PATH; may be given several times'),
  appendarg: texts('With --section aliases: argument after those of the line'),
  command: text('', 'Command that it is about, such as get or "set env"'),
  name: text('', 'With --section aliases: the name of the alias'),
  option: texts('Flag and value, as flag=value; may be given several times'),
  overwrite: bool(false, 'Replace what is there already'),
  policy: text('', 'Which credential plugins may run: AllowAll, DenyAll or Allowlist'),
  prependarg: texts('With --section aliases: argument before those of the line'),
  section: { ...text('', 'What to set: defaults, aliases or credentialplugin'), isRequired: true },
} as const;

type Options = Words<typeof flags>['flags'];

/** `kubectl kuberc set`. */
export const set: Command = command({
  name: 'set',
  usage: 'set --section (defaults|aliases) --command COMMAND',
  summary: 'Set preferences',
  examples: `  kuberc set --section defaults --command get --option output=wide
  kuberc set --section aliases --name getn --command get --prependarg nodes
  kuberc set --section credentialplugin --policy Allowlist --allowlist-entry command=sign-in`,
  flags,
  complete: ({ flags: given }) => given,
  run: async (options, session) => {
    const { path } = placeOf(options.kuberc, session);
    validate(options);
    const before = readFile(path) ?? { apiVersion, kind: 'Preference' };
    save(changed(before, options, parsed(options.option)), path, session);
  },
});

const sections = ['defaults', 'aliases', 'credentialplugin'];

function validate(options: Options): void {
  const { section, name, command: about, policy } = options;
  const refuse = (words: string): never => {
    throw new Error(words);
  };
  if (!sections.includes(section))
    refuse(`--section must be "defaults", "aliases", or "credentialplugin", got: ${section}`);
  if (section === 'aliases' && !name) refuse('--name is required when --section=aliases');
  if (section === 'defaults' && name)
    refuse('--name should not be specified when --section=defaults');
  if (section === 'defaults' && options.prependarg.length + options.appendarg.length > 0)
    refuse('--prependarg and --appendarg are only valid for --section=aliases');
  if (section !== 'credentialplugin' && !about)
    refuse('--command is required when --section=aliases or --section=defaults');
  if (section !== 'credentialplugin') return;
  const entries = options['allowlist-entry'].length;
  if (!policy) refuse('--policy is required when --section=credentialplugin');
  if (!['AllowAll', 'DenyAll', 'Allowlist'].includes(policy))
    refuse(` --policy must be  "AllowAll", "DenyAll", or "Allowlist", got: ${policy}`);
  if (policy === 'Allowlist' && entries === 0)
    refuse('--allowlist-entry is required when --section=credentialplugin and --policy=Allowlist');
  if (policy !== 'Allowlist' && entries > 0)
    refuse(
      '--allowlist-entry may only be used when --section=credentialplugin and --policy=Allowlist',
    );
}

const parsed = (given: readonly string[]): readonly OptionDefault[] =>
  given.map((each) => {
    const at = each.indexOf('=');
    if (at < 0)
      throw new Error(`invalid option format ${JSON.stringify(each)}, expected flag=value`);
    return { name: each.slice(0, at).replace(/^-+/, ''), default: each.slice(at + 1) };
  });

/** The preferences with what the line says; of what it says nothing stays. */
function changed(before: Preference, options: Options, set: readonly OptionDefault[]): Preference {
  const { section, name, command: about, overwrite } = options;
  if (section === 'credentialplugin') {
    const list =
      options.policy === 'Allowlist' ? allowed(options) : before.credentialPluginAllowlist;
    return {
      ...before,
      ...(list && { credentialPluginAllowlist: list }),
      credentialPluginPolicy: options.policy,
    };
  }
  if (section === 'defaults') {
    const all = before.defaults ?? [];
    const old = all.find((each) => each.command === about);
    if (old && !overwrite)
      throw new Error(
        `defaults for command ${JSON.stringify(about)} already exist, use --overwrite to replace`,
      );
    const made = { command: about, options: set.length > 0 ? set : (old?.options ?? null) };
    return { ...before, defaults: replaced(all, old, made) };
  }
  const all = before.aliases ?? [];
  const old = all.find((each) => each.name === name);
  if (old && !overwrite)
    throw new Error(`alias ${JSON.stringify(name)} already exists, use --overwrite to replace`);
  const [append, prepend, own] = [
    chosen(options.appendarg, old?.appendArgs),
    chosen(options.prependarg, old?.prependArgs),
    chosen(set, old?.options),
  ];
  const made: Alias = {
    ...(append && { appendArgs: append }),
    command: about,
    name,
    ...(own && { options: own }),
    ...(prepend && { prependArgs: prepend }),
  };
  return { ...before, aliases: replaced(all, old, made) };
}

const chosen = <T>(given: readonly T[], old: readonly T[] | undefined): readonly T[] | undefined =>
  given.length > 0 ? given : old;

const replaced = <T>(all: readonly T[], old: T | undefined, made: T): readonly T[] =>
  old === undefined ? [...all, made] : all.map((each) => (each === old ? made : each));

function allowed(options: Options): readonly { readonly command: string }[] {
  const errors: string[] = [];
  const entries: { readonly command: string }[] = [];
  for (const pair of options['allowlist-entry'].flatMap((each) => each.split(','))) {
    const at = pair.indexOf('=');
    const [field, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (at < 0) errors.push(`improperly formatted allowlist entry: ${JSON.stringify(pair)}`);
    else if (field === 'name')
      errors.push('allowlist entry field "name" is deprecated, use "command" instead');
    else if (field !== 'command')
      errors.push(`unrecognized allowlist entry field: ${JSON.stringify(field)}`);
    else if (value.trim() === '')
      errors.push(`empty value in allowlist entry for field ${JSON.stringify(field)}`);
    else entries.push({ command: value });
  }
  if (errors.length > 0) throw new Error(errors.length > 1 ? `[${errors.join(', ')}]` : errors[0]);
  return entries;
}
