import { globalFlags } from '../config/overrides.ts';
import { openSession } from '../session/open-session.ts';
import type { Session } from '../session/session.ts';
import type { Command, CommandEntry } from './command.ts';
import { HelpError, told, UsageError } from './failure.ts';
import { bool, type Flags } from './flags.ts';
import { commandHelp, overview } from './help.ts';
import { findPlugin, runPlugin } from './plugins.ts';
import { FlagError, parseLine } from './parse.ts';
import { suggestions } from './suggestions.ts';

/** Where a line is run. */
export type Place = Pick<Session, 'io' | 'env' | 'cwd' | 'world' | 'signal' | 'program'>;

const helpFlag = { help: bool(false, 'Say what the command does', { short: 'h' }) };

/** Runs one command line and gives its exit code; nothing is thrown. */
export async function runLine(
  words: readonly string[],
  commands: readonly CommandEntry[],
  place: Place,
): Promise<number> {
  try {
    return await runWords(words, commands, place);
  } catch (error) {
    const { text, code } = told(error);
    place.io.err(text);
    return code;
  }
}

async function runWords(
  words: readonly string[],
  commands: readonly CommandEntry[],
  place: Place,
): Promise<number> {
  const { io, program } = place;
  const { path, entry, rest, unknown } = await findCommand(words, commands);
  const full = [program, ...path].join(' ');
  if (unknown !== undefined || isPluginOf(entry, rest)) {
    const plugin = findPlugin(words, program, place.env, entry ? 2 : 1);
    if (plugin) return runPlugin(plugin, place.env);
  }
  if (unknown !== undefined && words[0]!.startsWith('-')) {
    io.err(`Error: flags cannot be placed before plugin name: ${words[0]}\n`);
    return 1;
  }
  if (unknown !== undefined) {
    io.err(unknownText(unknown, full, commands));
    return 1;
  }
  if (!entry) {
    io.out(overview(program, commands));
    return 0;
  }
  const known: Flags = { ...globalFlags, ...entry.flags, ...helpFlag };
  try {
    const { flags, changed, args, dash } = parseLine(rest, known);
    if (flags['help']) {
      io.out(commandHelp(entry, full));
      return 0;
    }
    if (!entry.run) return helpAlone(entry, full, args, place);
    confirmRequired(entry.flags, changed);
    const options = entry.complete?.({ flags, changed, args, dash });
    using session = openSession({ ...place, global: flags as never });
    await entry.run(options, session);
    return 0;
  } catch (error) {
    if (error instanceof HelpError) io.out(commandHelp(entry, full));
    if (error instanceof HelpError && error.message === '') return 0;
    if (!(error instanceof FlagError) && !(error instanceof UsageError)) throw error;
    const see =
      error instanceof FlagError
        ? `See '${full} --help' for usage.`
        : `See '${full} -h' for help and examples`;
    io.err(`error: ${error.message}\n${see}\n`);
    return 1;
  }
}

/** Whether a plugin may be meant that adds to a command. */
const isPluginOf = (entry: Command | undefined, [first]: readonly string[]): boolean =>
  entry?.name === 'create' && first !== undefined && !first.startsWith('-');

/** What a command does that only holds others. */
function helpAlone(entry: Command, full: string, args: readonly string[], { io }: Place): number {
  const { stream, code = 1 } = entry.alone ?? {};
  if (args.length > 0 && code !== 0)
    throw new UsageError(`unknown command ${JSON.stringify(args.join(' '))}`);
  (stream === 'out' ? io.out : io.err)(commandHelp(entry, full));
  return code;
}

function confirmRequired(flags: Flags, changed: ReadonlySet<string>): void {
  const missing = Object.entries(flags)
    .filter(([name, { isRequired }]) => isRequired && !changed.has(name))
    .map(([name]) => JSON.stringify(name))
    .toSorted();
  if (missing.length > 0) throw new Error(`required flag(s) ${missing.join(', ')} not set`);
}

interface Sought {
  readonly path: readonly string[];
  readonly entry?: Command;
  readonly rest: readonly string[];
  readonly unknown?: string;
}

/** The innermost command that the words name; flags may stand before it. */
async function findCommand(
  words: readonly string[],
  top: readonly CommandEntry[],
): Promise<Sought> {
  const rest = [...words];
  const path: string[] = [];
  let entry: Command | undefined;
  for (let among = top; among.length > 0;) {
    const at = firstArgument(rest, { ...globalFlags, ...entry?.flags });
    const word = rest[at];
    if (at < 0 || word === undefined) break;
    const found = among.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (!found) return entry ? { path, entry, rest } : { path, rest, unknown: word };
    rest.splice(at, 1);
    path.push(found.name);
    entry = await found.load();
    among = entry.commands ?? [];
  }
  return { path, rest, ...(entry && { entry }) };
}

/** Where the first word stands that is neither a flag nor the value of one. */
function firstArgument(words: readonly string[], flags: Flags): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return at;
    const takesNext = !word.includes('=') && takesValue(word, flags);
    if (takesNext) at++;
  }
  return -1;
}

function takesValue(word: string, flags: Flags): boolean {
  const flag = word.startsWith('--')
    ? flags[word.slice(2)]
    : word.length === 2
      ? Object.values(flags).find(({ short }) => short === word[1])
      : undefined;
  return flag !== undefined && flag.bare === undefined;
}

function unknownText(word: string, full: string, among: readonly CommandEntry[]): string {
  const near = suggestions(word, among);
  const hint =
    near.length > 0 ? `\n\nDid you mean this?\n${near.map((name) => `\t${name}\n`).join('')}` : '';
  return hint
    ? `error: unknown command ${JSON.stringify(word)} for ${JSON.stringify(full)}${hint}`
    : `error: unknown command ${JSON.stringify(word)} for ${JSON.stringify(full)}\n`;
}
