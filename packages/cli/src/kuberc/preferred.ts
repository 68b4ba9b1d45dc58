import { normalize } from 'node:path';
import type { CommandEntry } from '../command/command.ts';
import { findCommand } from '../command/find-command.ts';
import { type Flags, quoted } from '../command/flags.ts';
import { parseLine } from '../command/parse.ts';
import { globalFlags } from '../config/overrides.ts';
import { commandOf, type OptionDefault, type Preference, readPreference } from './preference.ts';

/** A line as the preferences of the user make it, and what they say of credential plugins. */
export interface Preferred {
  readonly words: readonly string[];
  readonly preference?: Preference | undefined;
}

/** Applies what the user prefers: aliases first, then defaults of flags that the line does not name. */
export async function preferred(
  words: readonly string[],
  commands: readonly CommandEntry[],
  env: NodeJS.ProcessEnv,
  tell: (text: string) => void,
): Promise<Preferred> {
  if (words.length === 0) return { words };
  const file = namedFile(words);
  let preference: Preference | undefined;
  try {
    preference = readPreference(file, env, tell);
  } catch (cause) {
    throw new Error(`kuberc error ${(cause as Error).message}`, { cause });
  }
  if (!preference) return { words };
  validate(preference);
  const aliased = await withAlias(words, preference, commands, tell);
  const { path, entry, rest, unknown } = await findCommand(aliased.words, commands);
  if (!entry || unknown !== undefined) return { words: aliased.words, preference };
  let line = rest;
  for (const { command, options } of preference.defaults ?? []) {
    const names = command.split(/\s+/).filter(Boolean);
    if (aliased.name !== undefined && names[0] === aliased.name)
      throw new Error(`alias ${aliased.name} can not be overridden`);
    const meant = await findCommand(names, commands);
    if (meant.unknown !== undefined)
      tell(`Warning: command ${JSON.stringify(command)} not found to set kuberc override\n`);
    else if (aliased.name === undefined && meant.path.at(-1) === path.at(-1)) {
      const flags = { ...globalFlags, ...entry.flags };
      const set = optionWords(options ?? [], flags, words, {
        unknown: (name) => `invalid flag ${name} for command ${command}`,
        bad: ({ name, default: value }) =>
          `could not apply override value ${value} to flag ${name} in command ${command}`,
      });
      line = [...set, ...line];
    }
  }
  return { words: line === rest ? aliased.words : [...path, ...line], preference };
}

/** What `--kuberc` names. */
function namedFile(words: readonly string[]): string {
  for (const [at, word] of words.entries()) {
    if (word === '--') break;
    if (word !== '--kuberc' && !word.includes('--kuberc=')) continue;
    const path = word === '--kuberc' ? words[at + 1] : word.split('=')[1];
    if (!path) throw new Error('kuberc file is not found');
    return path;
  }
  return '';
}

function validate({ aliases, defaults, ...plugins }: Preference): void {
  const names = new Set<string>();
  const checkFlags = (options: readonly OptionDefault[] | null | undefined): void => {
    for (const { name } of options ?? [])
      if (name.startsWith('-'))
        throw new Error(`flag name ${name} should be in long form without dashes`);
  };
  for (const { name, options } of aliases ?? []) {
    if (!/^[a-zA-Z]+$/.test(name))
      throw new Error('invalid alias name, can only include alphabetical characters');
    checkFlags(options);
    if (names.has(name)) throw new Error(`duplicate alias name ${name}`);
    names.add(name);
  }
  for (const { options } of defaults ?? []) checkFlags(options);
  const { credentialPluginPolicy: policy = '', credentialPluginAllowlist: list } = plugins;
  if (policy === 'Allowlist') {
    if (!list)
      throw new Error('credential plugin policy set to "Allowlist", but allowlist is unspecified');
    if (list.length === 0)
      throw new Error(
        'credential plugin policy set to "Allowlist", but allowlist is empty; use "DenyAll" policy instead',
      );
    for (const [at, command] of list.map(commandOf).entries()) {
      const clean = normalize(command).replace(/(?<=.)\/$/, '');
      if (!command)
        throw new Error(
          `misconfigured credential plugin allowlist: empty allowlist entry #${at + 1}`,
        );
      if (clean !== command)
        throw new Error(`non-normalized file path: ${quoted(command)} vs ${quoted(clean)}`);
    }
  } else if (!['', 'AllowAll', 'DenyAll'].includes(policy))
    throw new Error(`unknown plugin policy: ${JSON.stringify(policy)}`);
  else if (list)
    throw new Error(
      `misconfigured credential plugin allowlist: plugin policy is ${JSON.stringify(policy)} but allowlist is non-nil`,
    );
}

/** The line with the command that its alias stands for. */
async function withAlias(
  words: readonly string[],
  { aliases }: Preference,
  commands: readonly CommandEntry[],
  tell: (text: string) => void,
): Promise<{ readonly words: readonly string[]; readonly name?: string }> {
  if ((await findCommand(words, commands)).unknown === undefined) return { words };
  const at = words.findIndex((word) => !word.startsWith('-'));
  const alias = aliases?.find(({ name }) => name === words[at]);
  if (!alias) return { words };
  const { name, command, options, prependArgs, appendArgs } = alias;
  if ((await findCommand([name], commands)).unknown === undefined) {
    tell(`Warning: Setting alias ${JSON.stringify(name)} to a built-in command is not supported\n`);
    return { words };
  }
  const names = command.split(/\s+/).filter(Boolean);
  const { entry, unknown } = await findCommand(names, commands);
  if (!entry || unknown !== undefined)
    throw new Error(
      `command ${JSON.stringify(command)} not found to set alias ${JSON.stringify(name)}: [${names.join(' ')}]`,
    );
  const set = optionWords(options ?? [], { ...globalFlags, ...entry.flags }, words, {
    unknown: (flag) => `invalid alias flag ${flag} in alias ${name}`,
    bad: ({ name: flag, default: value }) =>
      `could not apply value ${value} to flag ${flag} in alias ${name}`,
  });
  const before = [...words.slice(0, at), ...names, ...set, ...(prependArgs ?? [])];
  return { words: [...before, ...words.slice(at + 1), ...(appendArgs ?? [])], name };
}

/** Options that the line does not name, as words of it. Throws for what the command does not take. */
function optionWords(
  options: readonly OptionDefault[],
  flags: Flags,
  words: readonly string[],
  texts: {
    readonly unknown: (name: string) => string;
    readonly bad: (option: OptionDefault) => string;
  },
): readonly string[] {
  return options.flatMap((option) => {
    const flag = flags[option.name];
    if (!flag) throw new Error(texts.unknown(option.name));
    if (words.some((word) => names(word, option.name, flag.short))) return [];
    const word = `--${option.name}=${option.default}`;
    try {
      parseLine([word], flags);
    } catch (cause) {
      throw new Error(`${texts.bad(option)} err: ${(cause as Error).message}`, { cause });
    }
    return [word];
  });
}

/** Whether a word names the flag: whole, short, or among other short ones. */
const names = (word: string, name: string, short: string | undefined): boolean =>
  word === `--${name}` ||
  word.startsWith(`--${name}=`) ||
  (short !== undefined &&
    (word.startsWith(`-${short}`) || (/^-[a-zA-Z]+$/.test(word) && word.includes(short))));
