import type { Command, CommandEntry } from '../command/command.ts';
import { findCommand } from '../command/find-command.ts';
import { bool, type Flag, type Flags } from '../command/flags.ts';
import { type ParsedLine, parseLine } from '../command/parse.ts';
import type { Place } from '../command/run.ts';
import { globalFlags, globalsOf } from '../config/overrides.ts';
import { formatNames } from '../printers/formats.ts';
import { openSession } from '../session/open-session.ts';
import {
  argumentsOf,
  valuesByCommand,
  valuesOf,
  valuesOfGlobal,
  type Wanted,
} from './arguments.ts';
import { type Completions, fileEndings, files, noFiles, type Offer } from './words.ts';

const none: Completions = { words: [], directive: noFiles };
const failed = (note: string): Completions => ({
  ...{ words: [], directive: files },
  notes: [`[Error] ${note}`],
});

/** Completes the last of `words` as cobra does. What cannot be asked is left out. */
export async function complete(
  words: readonly string[],
  commands: readonly CommandEntry[],
  place: Place,
): Promise<Completions> {
  if (words.length === 0) throw new Error('requires at least 1 arg(s), only received 0');
  try {
    return await completed(words, commands, place);
  } catch {
    return none;
  }
}

/** The line that is completed, as far as it was typed. */
interface Line {
  readonly path: readonly string[];
  readonly entry: Command | undefined;
  /** Flags of its own, and those with the flags of all commands. */
  readonly own: Flags;
  readonly flags: Flags;
  readonly parsed: ParsedLine;
  /** What is typed of the word, without the flag whose value it is. */
  readonly typed: string;
  /** Behind `--` there are arguments only. */
  readonly areFlagsOver: boolean;
  readonly place: Place;
}

async function completed(
  words: readonly string[],
  commands: readonly CommandEntry[],
  place: Place,
): Promise<Completions> {
  const before = words.slice(0, -1);
  const last = words.at(-1)!;
  const { path, entry, rest, unknown } = await findCommand(before, commands);
  if (unknown !== undefined) return beyond(before, last, place);
  const own: Flags = { ...(entry ? entry.flags : globalFlags), help };
  const flags: Flags = { ...globalFlags, ...own };
  const { name, typed, given } = awaiting(rest, last, flags);
  const areFlagsOver = rest.includes('--');
  let parsed: ParsedLine;
  try {
    parsed = parseLine(given, flags);
  } catch (error) {
    return failed(
      `Error while parsing flags from args [${given.join(' ')}]: ${(error as Error).message}`,
    );
  }
  if (name !== undefined && !flags[name] && !areFlagsOver)
    return failed(`Subcommand '${entry?.name ?? place.program}' does not support flag '${name}'`);
  if (parsed.changed.has('help')) return none;
  const line: Line = { path, entry, own, flags, parsed, typed, areFlagsOver, place };
  if (name !== undefined && !areFlagsOver) return ofFlag(name, line);
  if (typed.startsWith('-') && !typed.includes('=') && !areFlagsOver)
    return { words: ofFlagNames(line), directive: noFiles };
  const found = await ofArguments(line, commands);
  if (words.length > 1) return found;
  const { pluginWords } = await import('./plugins.ts');
  const plugins = pluginWords([], typed, place).filter(
    ([word]) => !commands.some((command) => command.name === word),
  );
  return { ...found, words: sorted([...found.words, ...plugins]) };
}

/** What a line of no command of ours may become: that of a plugin. */
async function beyond(before: readonly string[], last: string, place: Place): Promise<Completions> {
  const nothing = failed(`unable to find a command for arguments: [${before.join(' ')}]`);
  if (before[0]!.startsWith('-')) return nothing;
  const { pluginCompletions } = await import('./plugins.ts');
  const found = (await pluginCompletions(before, last, place)) ?? nothing;
  const cleared = 'Cleared global flags for plugin completion';
  return { ...found, notes: [cleared, ...(found.notes ?? [])] };
}

const help = bool(false, 'Say what the command does', { short: 'h' });

/** The flag whose value is being typed, what is typed of it, and the words that stand before both. */
function awaiting(
  words: readonly string[],
  last: string,
  flags: Flags,
): { readonly name?: string; readonly typed: string; readonly given: readonly string[] } {
  const equals = last.startsWith('-') ? last.indexOf('=') : -1;
  if (equals > 0) {
    const name = nameOf(last.slice(0, equals), flags);
    return { name, typed: last.slice(equals + 1), given: words };
  }
  const flag = words.at(-1) ?? '';
  const name = /^-(-.|[^-])/.test(flag) && !flag.includes('=') ? nameOf(flag, flags) : undefined;
  const isAwaited = !last.startsWith('-') && name !== undefined && flags[name]?.bare === undefined;
  return isAwaited
    ? { name, typed: last, given: flags[name] ? words.slice(0, -1) : words }
    : { typed: last, given: words };
}

/** The flag of a word: by its name, or by the last of its letters. */
function nameOf(word: string, flags: Flags): string {
  if (word.startsWith('--')) return word.slice(2);
  const letter = word.at(-1)!;
  return Object.keys(flags).find((name) => flags[name]!.short === letter) ?? letter;
}

const sorted = <T extends readonly [string, ...unknown[]]>(words: readonly T[]): readonly T[] =>
  words.toSorted(([a], [b]) => (a < b ? -1 : 1));

/** A flag by its name and its letter, as far as they begin as typed. */
const spellings = (name: string, { short, help }: Flag<any>, typed: string): readonly Offer[] =>
  [`--${name}`, ...(short ? [`-${short}`] : [])]
    .filter((word) => word.startsWith(typed))
    .map((word) => [word, help]);

function missingFlags({ flags, parsed, typed }: Line): readonly Offer[] {
  return sorted(Object.entries(flags))
    .filter(([name, { isRequired }]) => isRequired && !parsed.changed.has(name))
    .flatMap(([name, flag]) => spellings(name, flag, typed));
}

/** Those that a line must have, else those of all commands before those of this one. */
function ofFlagNames(line: Line): readonly Offer[] {
  const { own, parsed, typed } = line;
  const missing = missingFlags(line);
  if (missing.length > 0) return missing;
  const inherited = Object.entries<Flag<any>>(globalFlags).filter(([name]) => !own[name]);
  return [...sorted(inherited), ...sorted(Object.entries(own))]
    .filter(([, { isHidden, deprecated }]) => !isHidden && !deprecated)
    .filter(([name, { type }]) => !parsed.changed.has(name) || /^string(s|Array|To)/.test(type))
    .flatMap(([name, flag]) => spellings(name, flag, typed));
}

async function ofFlag(name: string, line: Line): Promise<Completions> {
  const { path, entry, typed, parsed } = line;
  if (name === 'filename') return { words: [['json'], ['yaml'], ['yml']], directive: fileEndings };
  if (name === 'output' && entry?.flags['template']) {
    const more = entry.name === 'get' ? ['custom-columns', 'custom-columns-file', 'wide'] : [];
    const formats = [...formatNames, ...more].filter((format) => format.startsWith(typed));
    return { words: formats.map((format) => [format]), directive: noFiles };
  }
  const wanted =
    valuesByCommand[path.join(' ')]?.[name] ??
    valuesOf[name] ??
    (entry?.flags[name] ? undefined : valuesOfGlobal[name]);
  if (!wanted) return { words: [], directive: files };
  const args = wanted.of === 'containers' ? parsed.args : [];
  return asked(wanted, args, line);
}

async function ofArguments(line: Line, commands: readonly CommandEntry[]): Promise<Completions> {
  const { path, entry, parsed, typed } = line;
  const isFirst = parsed.args.length === 0;
  if (entry?.name === 'help') {
    const about = await findCommand(parsed.args, commands);
    const topics = about.unknown === undefined ? below(about.entry, commands) : [];
    return { words: namesOf(topics, typed), directive: noFiles };
  }
  const isBegun =
    !isFirst || Object.keys(entry?.flags ?? {}).some((name) => parsed.changed.has(name));
  const among = isBegun ? [] : below(entry, commands);
  const known = [...namesOf(among, typed), ...missingFlags(line)];
  const wanted = argumentsOf[path.join(' ')];
  if (wanted?.of === 'words' ? !isFirst : !wanted)
    return { words: known, directive: among.length > 0 ? noFiles : files };
  const found = await asked(wanted!, parsed.args, line);
  return { ...found, words: [...known, ...found.words] };
}

/** The commands that a word below one may name. */
const below = (
  entry: Command | undefined,
  commands: readonly CommandEntry[],
): readonly CommandEntry[] =>
  (entry ? (entry.commands ?? []) : commands).filter(({ isHidden }) => !isHidden);

const namesOf = (among: readonly CommandEntry[], typed: string): readonly Offer[] =>
  sorted(
    among
      .filter(({ name }) => name.startsWith(typed))
      .map(({ name, summary }) => [name, summary] as const),
  );

/** Asks the cluster that the line names, or its kubeconfig. */
async function asked(
  wanted: Wanted,
  args: readonly string[],
  { entry, parsed, typed, place }: Line,
): Promise<Completions> {
  const { offered } = await import('./offers.ts');
  const quiet = { ...place, io: { ...place.io, err: () => undefined } };
  const global = globalsOf(entry?.flags ?? {}, parsed.flags);
  using session = openSession({ ...quiet, global });
  return await offered(wanted, args, typed, session);
}
