import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { environmentNameErrors } from '@coxswain/api';
import { fileBytes, fileWords } from '../../command/file-faults.ts';
import { type Flag, list, texts } from '../../command/flags.ts';
import type { Session } from '../../session/session.ts';

/** Where the keys of a ConfigMap or Secret come from. */
export interface KeySources {
  readonly 'from-file': readonly string[];
  readonly 'from-literal': readonly string[];
  readonly 'from-env-file': readonly string[];
}

/** `--from-file`, `--from-literal`, `--from-env-file`. */
export const sourceFlags = (
  what: string,
): { readonly [K in keyof KeySources]: Flag<readonly string[]> } => ({
  'from-file': list(
    `File with one value, as [KEY=]PATH; of a folder every file whose name is a key of a ${what}`,
  ),
  'from-literal': texts('A value itself, as KEY=VALUE'),
  'from-env-file': list('File of lines KEY=VALUE'),
});

/** Refuses sources that do not go together. */
export function checkSources(given: KeySources): void {
  if (given['from-env-file'].length === 0) return;
  if (given['from-file'].length > 0 || given['from-literal'].length > 0)
    throw new Error('from-env-file cannot be combined with from-file or from-literal');
}

/** Takes a key with its value; throws for keys that are wrong or there already. */
export type AddKey = (key: string, value: Buffer) => void;
type Place = Pick<Session, 'cwd' | 'env'>;

/** Adds each `KEY=VALUE`. */
export function addLiterals(literals: readonly string[], add: AddKey): void {
  for (const literal of literals) {
    const equals = literal.indexOf('=');
    if (equals <= 0) throw new Error(`invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), Buffer.from(literal.slice(equals + 1)));
  }
}

function isFolder(path: string, { cwd }: Place): boolean {
  try {
    return statSync(resolve(cwd, path)).isDirectory();
  } catch (cause) {
    throw new Error(`error reading ${path}: ${fileWords(cause)}`, { cause });
  }
}

/** Adds files, as `[KEY=]PATH`, and the files of folders. */
export function addFiles(sources: readonly string[], place: Place, add: AddKey): void {
  for (const source of sources) {
    const { key, path } = keyAndPath(source);
    if (!isFolder(path, place)) {
      add(key, fileBytes(path, place));
      continue;
    }
    if (source.includes('=')) throw new Error('cannot give a key name for a directory path');
    const folder = resolve(place.cwd, path);
    const files = readdirSync(folder, { withFileTypes: true }).filter((item) => item.isFile());
    for (const { name } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      add(name, fileBytes(join(path, name), place));
  }
}

function keyAndPath(source: string): { key: string; path: string } {
  const [key = '', path, more] = source.split('=');
  if (path === undefined) return { key: basename(source), path: source };
  if (more !== undefined) throw new Error("key names or file paths cannot contain '='");
  if (!key) throw new Error(`key name for file path ${path} missing`);
  if (!path) throw new Error(`file path for key name ${key} missing`);
  return { key, path };
}

/** Adds the lines `KEY=VALUE` of files; a lone KEY has its value from the environment. */
export function addEnvFiles(
  files: readonly string[],
  what: string,
  place: Place,
  add: AddKey,
): void {
  for (const file of files) {
    if (isFolder(file, place)) throw new Error(`env ${what} file cannot be a directory`);
    const text = fileBytes(file, place)
      .toString()
      .replace(/^\ufeff/, '');
    for (const line of text.split(/\r?\n/)) {
      const begun = line.trimStart();
      if (begun === '' || begun.startsWith('#')) continue;
      const equals = begun.indexOf('=');
      const key = equals < 0 ? begun : begun.slice(0, equals);
      const errors = environmentNameErrors(key);
      if (errors.length > 0)
        throw new Error(`${JSON.stringify(key)} is not a valid key name: ${errors.join(';')}`);
      add(key, Buffer.from(equals < 0 ? (place.env[key] ?? '') : begun.slice(equals + 1)));
    }
  }
}
