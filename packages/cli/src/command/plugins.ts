import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { constants as os } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Session } from '../session/session.ts';
import { Exit } from './failure.ts';

/** Programs on the PATH that are commands, by what their names begin with. */
export const pluginPrefixes = (program: string): readonly string[] =>
  program === 'cox' ? ['cox', 'kubectl'] : ['kubectl'];

/** The folders of the PATH, each once. */
export const pathFolders = ({ PATH = '' }: NodeJS.ProcessEnv): readonly string[] =>
  [...new Set(PATH.split(delimiter))].filter((folder) => folder.trim() !== '');

export interface Plugin {
  readonly path: string;
  readonly args: readonly string[];
}

/**
 * The plugin that a line means: of `kubectl-a-b`, `kubectl-a` the longest that is there for the words before the
 * first flag, but of at least so many words; a dash in a word is an underscore in the name.
 */
export function findPlugin(
  words: readonly string[],
  program: string,
  env: NodeJS.ProcessEnv,
  least = 1,
): Plugin | undefined {
  const flagAt = words.findIndex((word) => word.startsWith('-'));
  const names = words
    .slice(0, flagAt < 0 ? words.length : flagAt)
    .map((word) => word.replaceAll('-', '_'));
  for (let count = names.length; count >= least; count--)
    for (const prefix of pluginPrefixes(program)) {
      const path = pathOfProgram([prefix, ...names.slice(0, count)].join('-'), env);
      if (path) return { path, args: words.slice(count) };
    }
  return undefined;
}

/** Where a program of that name stands in the folders of the PATH. */
export function pathOfProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  if (name.includes('/')) return undefined;
  return pathFolders(env)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Whether a file can be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Files of the PATH's folders that are named like plugins; a folder that cannot be read is given as its error. */
export function* pluginFiles(
  program: string,
  env: NodeJS.ProcessEnv,
): Iterable<string | { readonly folder: string; readonly error: Error }> {
  for (const folder of pathFolders(env))
    try {
      for (const file of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) =>
        a.name < b.name ? -1 : 1,
      ))
        if (
          !file.isDirectory() &&
          pluginPrefixes(program).some((prefix) => file.name.startsWith(`${prefix}-`))
        )
          yield join(folder, file.name);
    } catch (error) {
      yield { folder, error: error as Error };
    }
}

/** Runs a plugin in our place: its terminal, its signals, its exit code. */
export async function runPlugin(
  { path, args }: Plugin,
  { env, signal, io }: Pick<Session, 'env' | 'signal' | 'io'>,
): Promise<number> {
  using _terminal = io.terminal.lend();
  const child = spawn(path, args, { env, signal, stdio: 'inherit' });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', (error: NodeJS.ErrnoException) =>
    reject(new Exit(1, `error: fork/exec ${path}: ${error.code ?? error.message}`)),
  );
  child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? os.signals[signal] : 0)));
  return await promise;
}
