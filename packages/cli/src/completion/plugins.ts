import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { pathOfProgram, pluginFiles, pluginPrefixes } from '../command/plugins.ts';
import type { Session } from '../session/session.ts';
import { type Completions, files, type Offer } from './words.ts';

type Place = Pick<Session, 'program' | 'env' | 'cwd' | 'signal'>;

/** Plugins as the words that call them: `kubectl-a_b-c` is `a-b c`. */
const pluginsOf = ({ program, env }: Place): readonly (readonly string[])[] =>
  [...pluginFiles(program, env)]
    .filter((found) => typeof found === 'string')
    .map((path) => basename(path).split('-').slice(1))
    .map((words) => words.map((word) => word.replaceAll('_', '-')));

/** The words that may follow `before` in the names of plugins. */
export function pluginWords(before: readonly string[], typed: string, place: Place): Offer[] {
  const next = pluginsOf(place)
    .filter((words) => before.every((word, at) => words[at] === word))
    .map((words) => words[before.length] ?? '');
  return [...new Set(next)]
    .filter((word) => word !== '' && word.startsWith(typed))
    .map((word) => [word, `The command ${word} is a plugin installed by the user`]);
}

/** Enough for the longest list that a plugin may offer. */
const bytesMax = 1 << 20;

/** What the plugin that the words name offers, by its `kubectl_complete-NAME`; undefined where they name none. */
export async function pluginCompletions(
  before: readonly string[],
  typed: string,
  place: Place,
): Promise<Completions | undefined> {
  const plugins = pluginsOf(place);
  const isCalled = (count: number): boolean =>
    plugins.some((words) => before.slice(0, count).every((word, at) => words[at] === word));
  let count = before.length;
  while (count > 0 && !isCalled(count)) count--;
  if (count === 0) return undefined;
  const name = before.slice(0, count).map((word) => word.replaceAll('-', '_'));
  const notes: string[] = [];
  const words = count === before.length ? pluginWords(before, typed, place) : [];
  const none = { words, directive: files, notes };
  for (const prefix of pluginPrefixes(place.program)) {
    const completer = [`${prefix}_complete`, ...name].join('-');
    notes.push(`About to look for: ${completer}`);
    const path = pathOfProgram(completer, place.env);
    if (!path) continue;
    const args = [...before.slice(count), typed];
    notes.push(`About to call: ${path} ${args.join(' ')}`);
    const { env, cwd, signal } = place;
    const { stdout } = await promisify(execFile)(path, args, {
      ...{ env, cwd, signal, maxBuffer: bytesMax },
    }).catch(() => ({ stdout: '' }));
    return { ...none, ...read(stdout, words) };
  }
  const full = [place.program, ...name].join('-');
  notes.push(`Plugin ${full} does not provide a matching completion executable`);
  return none;
}

/** Words, a line each; the last may be `:` and what the shell should do. */
function read(text: string, before: readonly Offer[]): Pick<Completions, 'words' | 'directive'> {
  const lines = text.split('\n').filter(Boolean);
  const [, directive] = /^:(\d+)$/.exec(lines.at(-1) ?? '') ?? [];
  const words = (directive === undefined ? lines : lines.slice(0, -1)).map((line): Offer => {
    const [word = '', ...help] = line.split('\t');
    return [word, help.join('\t')];
  });
  return { words: [...before, ...words], directive: Number(directive ?? files) };
}
