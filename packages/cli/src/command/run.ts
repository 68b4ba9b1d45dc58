import { globalFlags, globalsOf } from '../config/overrides.ts';
import { preferred } from '../kuberc/preferred.ts';
import { openSession } from '../session/open-session.ts';
import type { Session } from '../session/session.ts';
import { traceFailure } from '../session/trace.ts';
import type { Command, CommandEntry } from './command.ts';
import { HalfPrinted, Exit, HelpError, Stopped, told, UsageError } from './failure.ts';
import { findCommand } from './find-command.ts';
import { bool, type Flags } from './flags.ts';
import { commandHelp, commandsOf, overview } from './help.ts';
import { findPlugin, runPlugin } from './plugins.ts';
import { FlagError, parseLine } from './parse.ts';
import { suggestions } from './suggestions.ts';

/** Where a line is run. */
export type Place = Pick<
  Session,
  'io' | 'env' | 'cwd' | 'world' | 'signal' | 'program' | 'preference'
>;

const helpFlag = { help: bool(false, 'Say what the command does', { short: 'h' }) };

/**
 * Runs one command line and gives its exit code, or none where the process is to end by the signal that stopped it.
 * Nothing is thrown. At a terminal a hint may follow.
 */
export async function runLine(
  words: readonly string[],
  commands: readonly CommandEntry[],
  place: Place,
): Promise<number | undefined> {
  const known = commandsOf(place.program, commands);
  if (!place.io.isErrTerminal || words[0]?.startsWith('__complete'))
    return ran(words, known, place);
  let told = '';
  const err = (text: string): void => {
    if (told.length < toldMax) told += text;
    place.io.err(text);
  };
  const code = await ran(words, known, { ...place, io: { ...place.io, err } });
  if (code === undefined || (code === 0 && told === '' && !teachable.test(words.join(' '))))
    return code;
  try {
    const { hintText } = await import('../hints/index.ts');
    place.io.err(await hintText({ words, told, code }, known, place));
  } catch {
    // The line has ended as it did: without a hint there is nothing more to say.
  }
  return code;
}

/** Lines that may teach something though all went well: those with manifests, labels and taints. */
const teachable = /(^|\s)(-f|--filename\b)|^(label|taint)\b/;

/** Characters of standard error that hints look at. */
const toldMax = 65_536;

async function ran(
  words: readonly string[],
  commands: readonly CommandEntry[],
  place: Place,
): Promise<number | undefined> {
  try {
    if (words[0]?.startsWith('__complete')) return await runWords(words, commands, place);
    const { env, io } = place;
    const line = await preferred(words, commands, env, io.err).catch((error: Error) => {
      throw new Exit(1, `error occurred while applying preferences ${error.message}`);
    });
    return await runWords(line.words, commands, { ...place, preference: line.preference });
  } catch (error) {
    if (error instanceof Stopped) return error.code;
    if (error instanceof HalfPrinted) place.io.out(error.printed);
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
  if (words[0] === '__complete' || words[0] === '__completeNoDesc')
    return completed(words, commands, place);
  const { path, entry, rest, unknown } = await findCommand(words, commands);
  const full = [program, ...path].join(' ');
  if (unknown !== undefined || isPluginOf(entry, rest)) {
    const plugin = findPlugin(words, program, place.env, entry ? 2 : 1);
    if (plugin) return runPlugin(plugin, place);
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
  let options: unknown;
  try {
    const { flags, changed, args, dash } = parseLine(rest, known);
    if (flags['help']) {
      io.out(commandHelp(entry, full));
      return 0;
    }
    if (!entry.run) return helpAlone(entry, full, args, place);
    for (const name of changed)
      if (known[name]?.deprecated)
        io.err(`Flag --${name} has been deprecated, ${known[name].deprecated}\n`);
    if (!Object.hasOwn(entry.flags, 'profile')) confirmProfile(flags['profile']);
    confirmRequired(entry.flags, changed);
    options = entry.complete?.({ flags, changed, args, dash });
    using session = openSession({ ...place, global: globalsOf(entry.flags, flags) });
    for (const [name, { warn }] of Object.entries(entry.flags)) warn?.(flags[name], session);
    await entry.run(options, session).catch(traced(session));
    confirmUnstopped(entry, options, place);
    const count = session.global['warnings-as-errors'] ? session.warnings() : 0;
    if (count > 0) throw new Exit(1, `error: ${count} warning${count > 1 ? 's' : ''} received`);
    return 0;
  } catch (error) {
    confirmUnstopped(entry, options, place);
    if (error instanceof HelpError) io.out(commandHelp(entry, full));
    if (error instanceof HelpError && error.message === '') return 0;
    const { failureCode = 1 } = entry;
    if (!(error instanceof FlagError) && !(error instanceof UsageError)) {
      if (failureCode === 1 || error instanceof Exit) throw error;
      io.err(told(error).text);
      return failureCode;
    }
    const see =
      error instanceof FlagError && failureCode === 1
        ? `See '${full} --help' for usage.`
        : `See '${full} -h' for help and examples`;
    const { message } = error;
    io.err(`${message.startsWith('error: ') ? '' : 'error: '}${message}\n${see}\n`);
    return failureCode;
  }
}

function confirmUnstopped(
  { stopCode }: Command,
  options: unknown,
  { signal, io }: Pick<Place, 'signal' | 'io'>,
): void {
  if (!signal.aborted) return;
  const { cause } = signal.reason as Error;
  throw new Stopped(options === undefined ? undefined : stopCode?.(options, io, String(cause)));
}

const traced =
  (session: Session) =>
  (error: unknown): never => {
    traceFailure(session, error);
    throw error;
  };

async function completed(
  [how, ...words]: readonly string[],
  commands: readonly CommandEntry[],
  place: Place,
): Promise<number> {
  const [{ complete }, { completionText, directiveText }] = await Promise.all([
    import('../completion/complete.ts'),
    import('../completion/words.ts'),
  ]);
  const found = await complete(words, commands, place);
  place.io.out(completionText(found, how === '__complete'));
  place.io.err(directiveText(found));
  return 0;
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

const profiles = ['none', 'cpu', 'heap', 'goroutine', 'threadcreate', 'block', 'mutex'];

function confirmProfile(profile: unknown): void {
  if (!profiles.includes(profile as string))
    throw new Error(`unknown profile '${String(profile)}'`);
}

function confirmRequired(flags: Flags, changed: ReadonlySet<string>): void {
  const missing = Object.entries(flags)
    .filter(([name, { isRequired }]) => isRequired && !changed.has(name))
    .map(([name]) => JSON.stringify(name))
    .toSorted();
  if (missing.length > 0) throw new Error(`required flag(s) ${missing.join(', ')} not set`);
}

function unknownText(word: string, full: string, among: readonly CommandEntry[]): string {
  const near = suggestions(word, among);
  const hint =
    near.length > 0 ? `\n\nDid you mean this?\n${near.map((name) => `\t${name}\n`).join('')}` : '';
  return hint
    ? `error: unknown command ${JSON.stringify(word)} for ${JSON.stringify(full)}${hint}`
    : `error: unknown command ${JSON.stringify(word)} for ${JSON.stringify(full)}\n`;
}
