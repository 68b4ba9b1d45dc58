import { sentence, wantsColour } from '@coxswain/base';
import type { CommandEntry } from '../command/command.ts';
import { findCommand } from '../command/find-command.ts';
import type { Flags } from '../command/flags.ts';
import { parseLine } from '../command/parse.ts';
import { globalFlags } from '../config/overrides.ts';
import { messagesFor } from '../messages/index.ts';
import { documentsOf, sourcesOf } from '../objects/files.ts';
import { openSession } from '../session/open-session.ts';
import type { Session } from '../session/session.ts';
import { asked } from './ask.ts';
import type { Line } from './line.ts';
import { type Hint, hintOf } from './rules.ts';

type Place = Pick<Session, 'io' | 'env' | 'cwd' | 'world' | 'signal' | 'program'>;

/** A line that was run, with what it wrote to standard error and how it ended. */
export interface Ended {
  readonly words: readonly string[];
  readonly told: string;
  readonly code: number;
}

/** One line that teaches, for people at a terminal; empty where there is nothing to say. */
export async function hintText(
  { words, told, code }: Ended,
  commands: readonly CommandEntry[],
  place: Place,
): Promise<string> {
  const { entry, rest } = await findCommand(words, commands);
  const known: Flags = { ...globalFlags, ...entry?.flags };
  const given = parsed(rest, known);
  const quiet = { ...place, io: { ...place.io, out: () => {}, err: () => {} } };
  using session = openSession({
    ...quiet,
    global: (given?.flags ?? parseLine([], globalFlags).flags) as Session['global'],
  });
  const manifests = await manifestsOf(given?.flags['filename'], session);
  const isFailed = code !== 0;
  const hint =
    hintOf({ words, isFailed, told, flags: Object.keys(known), ...manifests }) ??
    (isFailed && given ? await asked(told, session) : undefined);
  return hint ? lineOf(hint, place.env) : '';
}

function lineOf([name, facts = {}]: Hint, env: Place['env']): string {
  const { hints } = messagesFor(env);
  const text = `${hints.prefix} ${sentence(hints[name], facts)}`;
  return wantsColour(env, true) ? `\u001B[36m${text}\u001B[39m\n` : `${text}\n`;
}

/** What teaches something about a line whose verb nobody knows; empty where there is nothing to say. */
export function unknownVerbHint(words: readonly string[], env: Place['env']): string {
  const told = `unknown command ${JSON.stringify(words[0])} for "cox"`;
  const hint = hintOf({ words, told, isFailed: true, flags: [], documents: [], texts: [] });
  return hint ? lineOf(hint, env) : '';
}

/** Undefined for a line that cannot be read, which was told of already. */
function parsed(words: readonly string[], flags: Flags): ReturnType<typeof parseLine> | undefined {
  try {
    return parseLine(words, flags);
  } catch {
    return undefined;
  }
}

/** The manifests of files; standard input is gone by now, and URLs are not asked twice. */
async function manifestsOf(
  filenames: unknown,
  session: Session,
): Promise<Pick<Line, 'documents' | 'texts'>> {
  const none = { documents: [], texts: [] };
  if (!Array.isArray(filenames)) return none;
  const local = (filenames as string[]).filter((name) => name !== '-' && !/^https?:/.test(name));
  if (local.length === 0) return none;
  const { sources } = sourcesOf({ filename: local }, session);
  const found = await Promise.all(sources.map((source) => documentsOf(source).catch(() => [])));
  return {
    documents: found.flat().map(({ object }) => object),
    texts: await Promise.all(sources.map(({ text }) => text())),
  };
}
