import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

/** One file of a volume. */
export interface PayloadFile {
  readonly data: Uint8Array;
  readonly mode: number;
  readonly user?: number | undefined;
}

export type Payload = ReadonlyMap<string, PayloadFile>;

const dataLink = '..data';
const newDataLink = '..data_tmp';

/**
 * Makes `dir` show exactly `payload`, all of it at once: files lie in a folder of their own behind the link `..data`, which is
 * swapped in one rename, and every visible name is a link through it. Without a difference nothing is touched.
 * `name` gives each such folder its name; `finish` sets owners before the swap.
 */
export async function writeAtomically(
  dir: string,
  payload: Payload,
  name: string,
  finish: (folder: string) => Promise<void> = async () => {},
): Promise<void> {
  for (const path of payload.keys()) checkPath(path);
  const old = await readlink(join(dir, dataLink)).catch(absentIsUndefined);
  const oldPaths = old ? await filesBelow(join(dir, old)) : [];
  if (old && (await isSame(join(dir, old), oldPaths, payload))) {
    await linkVisible(dir, payload);
    return;
  }
  const folder = `..${name}`;
  const path = join(dir, folder);
  await mkdir(path, { mode: 0o755 });
  await chmod(path, 0o755);
  for (const [file, { data, mode, user }] of payload) {
    const target = join(path, file);
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await writeFile(target, data);
    await chmod(target, mode); // whatever the umask said
    if (user !== undefined) await chown(target, user, 0);
  }
  await finish(path);
  await rm(join(dir, newDataLink), { force: true });
  await symlink(folder, join(dir, newDataLink));
  await rename(join(dir, newDataLink), join(dir, dataLink));
  await linkVisible(dir, payload);
  const visible = new Set([...payload.keys()].map(topOf));
  const gone = new Set(oldPaths.map(topOf).filter((top) => !visible.has(top)));
  for (const top of gone) await rm(join(dir, top), { recursive: true, force: true });
  if (old) await rm(join(dir, old), { recursive: true, force: true });
}

const topOf = (path: string): string => normalize(path).split('/')[0]!;

function checkPath(path: string): void {
  const parts = path.split('/');
  if (path === '' || path.startsWith('/'))
    throw new Error(`invalid path: must be relative path: ${path}`);
  if (parts.includes('..')) throw new Error(`invalid path: must not contain '..': ${path}`);
  if (parts[0]!.startsWith('..'))
    throw new Error(`invalid path: must not start with '..': ${path}`);
}

async function linkVisible(dir: string, payload: Payload): Promise<void> {
  for (const top of new Set([...payload.keys()].map(topOf))) {
    const link = join(dir, top);
    const target = await readlink(link).catch(absentIsUndefined);
    if (target === undefined) await symlink(join(dataLink, top), link);
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    absentIsUndefined,
  );
  return (entries ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

async function isSame(
  folder: string,
  paths: readonly string[],
  payload: Payload,
): Promise<boolean> {
  if (paths.length !== payload.size) return false;
  for (const [path, { data }] of payload) {
    const there = await readFile(join(folder, path)).catch(absentIsUndefined);
    if (!there || Buffer.compare(there, data) !== 0) return false;
  }
  return true;
}

function absentIsUndefined(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
