import { lstatSync, realpathSync, statSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Unreachable } from '@coxswain/client/http';
import { goCause } from '../command/failure.ts';
import { fileBytes, fileWords } from '../command/file-faults.ts';
import { got } from '../objects/got.ts';
import { type Clone, clone, type Repository, repositoryOf } from './repository.ts';

/** What the files of a build may be. */
export interface Reading {
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Files outside the folder of a kustomization are refused. */
  readonly isRestricted: boolean;
}

/** Reads the files of one kustomization, whose folder is its root. */
export interface Loader {
  readonly root: string;
  readonly load: (path: string) => Promise<Buffer>;
  /** The loader of a base: a folder beside, or a repository. */
  readonly below: (path: string) => Promise<Loader>;
  readonly close: () => void;
}

interface Place {
  readonly root: string;
  readonly referrer: Place | undefined;
  readonly repository?: Repository;
  readonly clone?: Clone;
}

/** An answer that is none: no base is looked for then. */
export class HttpFailure extends Error {}

/** The loader of the kustomization that a build is of. */
export async function openLoader(path: string, reading: Reading): Promise<Loader> {
  const repository = repositoryOf(path);
  if (repository) return loaderOf(await cloned(repository, undefined, reading), reading);
  return loaderOf(
    { root: folderOf(resolve(reading.cwd, path), path), referrer: undefined },
    reading,
  );
}

function loaderOf(place: Place, reading: Reading): Loader {
  const isRestricted = reading.isRestricted || Boolean(place.repository);
  const own = { ...reading, isRestricted };
  return {
    root: place.root,
    load: (path) => load(place.root, path, own),
    below: async (path) => loaderOf(await below(place, path, own), own),
    close: () => place.clone?.[Symbol.dispose](),
  };
}

const isBelow = (path: string, folder: string): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`);

/** A path without links, as a folder and the name of a file in it; the name is empty for folders. */
function cleaned(path: string, given = path): { readonly folder: string; readonly file: string } {
  let whole: string;
  try {
    whole = realpathSync(path);
  } catch (cause) {
    throw new Error(`evalsymlink failure on '${given}' : ${lstatError(path, cause)}`, { cause });
  }
  return statSync(whole).isDirectory()
    ? { folder: whole, file: '' }
    : { folder: dirname(whole), file: basename(whole) };
}

/** Go's words, with the first part of the path that is not there. */
function lstatError(path: string, cause: unknown): string {
  let missing = '';
  for (const part of path.split('/').slice(1)) {
    missing = `${missing}/${part}`;
    if (!lstatSync(missing, { throwIfNoEntry: false })) break;
  }
  return `lstat ${missing}: ${fileWords(cause)}`;
}

function folderOf(path: string, given: string): string {
  const fail = (words: string): Error =>
    new Error(`must build at directory: not a valid directory: ${words}`);
  if (given === '') throw new Error('must build at directory: directory path cannot be empty');
  let found: ReturnType<typeof cleaned>;
  try {
    found = cleaned(path, given);
  } catch (cause) {
    throw fail((cause as Error).message);
  }
  if (found.file === '') return found.folder;
  throw new Error(`must build at directory: '${given}': file is not directory`);
}

async function load(root: string, path: string, reading: Reading): Promise<Buffer> {
  if (/^https?:\/\//i.test(path)) return fetched(path, reading.signal);
  const whole = isAbsolute(path) ? path : join(root, path);
  if (!reading.isRestricted) return fileBytes(whole);
  const { folder, file } = cleaned(whole);
  if (file === '') throw new Error(`'${whole}' must resolve to a file`);
  if (!isBelow(folder, root))
    throw new Error(`security; file '${whole}' is not in or below '${root}'`);
  return fileBytes(join(folder, file));
}

async function fetched(url: string, signal: AbortSignal): Promise<Buffer> {
  const answer = await got(url, signal).catch((cause: Unreachable) => {
    throw new Error(`Get ${JSON.stringify(url)}: ${goCause(cause)}`, { cause });
  });
  if (answer.ok) return Buffer.from(await answer.arrayBuffer());
  if (repositoryOf(url)) throw new Error('URL is a git repository');
  throw new HttpFailure(
    `HTTP Error: status code ${answer.status} (${STATUS_CODES[answer.status] ?? ''})`,
  );
}

async function below(place: Place, path: string, reading: Reading): Promise<Place> {
  if (path === '') throw new Error('new root cannot be empty');
  const repository = repositoryOf(path);
  if (repository) return cloned(repository, place, reading);
  if (isAbsolute(path)) throw new Error(`new root '${path}' cannot be absolute`);
  const root = folderOf(join(place.root, path), join(place.root, path));
  const clone = containing(place);
  if (clone && !isBelow(root, clone.folder))
    throw new Error(
      `security; bases in kustomizations found in cloned git repos must be within the repo, but base '${root}' is outside '${clone.folder}'`,
    );
  for (let at: Place | undefined = place; at; at = at.referrer)
    if (isBelow(at.root, root))
      throw new Error(
        `cycle detected: candidate root '${root}' contains visited root '${at.root}'`,
      );
  return { root, referrer: place };
}

const containing = (place: Place | undefined): Clone | undefined =>
  place && (place.clone ?? containing(place.referrer));

async function cloned(
  repository: Repository,
  referrer: Place | undefined,
  { signal }: Reading,
): Promise<Place> {
  for (let at = referrer; at; at = at.referrer)
    if (at.repository?.raw.startsWith(repository.raw))
      throw new Error(
        `cycle detected: URI '${repository.raw}' referenced by previous URI '${at.repository.raw}'`,
      );
  const own = await clone(repository, signal);
  try {
    const path = join(own.folder, repository.path);
    const { folder, file } = cleaned(path);
    if (file !== '') throw new Error(`'${path}' refers to file '${file}'; expecting directory`);
    if (!isBelow(folder, own.folder))
      throw new Error(
        `${JSON.stringify(path)} refers to directory outside of repo ${JSON.stringify(own.folder)}`,
      );
    return { root: folder, referrer, repository, clone: own };
  } catch (error) {
    own[Symbol.dispose]();
    throw error;
  }
}
