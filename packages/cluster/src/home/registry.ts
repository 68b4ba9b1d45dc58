import { dirname, join } from 'node:path';
import { makeFolder, readJson, writeFileAtomic } from './files.ts';

/** Cluster names -> their data folders. */
export type Registry = Readonly<Record<string, string>>;

const fileOf = (home: string): string => join(home, 'clusters.json');

/** Every cluster of this home, by name. */
export async function readRegistry(home: string): Promise<Registry> {
  return (await readJson<Registry>(fileOf(home))) ?? {};
}

/** Writes `name` -> `folder`; with undefined, forgets the name. */
export async function register(
  home: string,
  name: string,
  folder: string | undefined,
): Promise<void> {
  const { [name]: _, ...others } = await readRegistry(home);
  const next = folder === undefined ? others : { ...others, [name]: folder };
  await makeFolder(dirname(fileOf(home)));
  await writeFileAtomic(fileOf(home), `${JSON.stringify(next, null, 2)}\n`);
}

/** Where `name` keeps its data: as registered, else `home/name`. */
export async function folderOf(home: string, name: string): Promise<string> {
  return (await readRegistry(home))[name] ?? join(home, name);
}
