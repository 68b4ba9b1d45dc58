import { copyFile, mkdir, open } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileWords } from '../../command/file-faults.ts';
import { type TarEntry, tarEntries } from '../../tar/read.ts';
import { remotePath, withoutShortcuts } from './file-spec.ts';

/** Where an archive goes. */
export interface Destination {
  /** What every member's name begins with. */
  readonly prefix: string;
  readonly folder: string;
  readonly cwd: string;
  readonly warn: (text: string) => void;
  /** What the first warning of a link says can be done instead. */
  readonly advice: string;
}

/** Writes the files of an archive, and nothing outside of its destination; symbolic links are left out. */
export async function unpack(archive: AsyncIterable<Uint8Array>, to: Destination): Promise<void> {
  let hasAdvised = false;
  for await (const entry of tarEntries(archive)) {
    if (!entry.name.startsWith(to.prefix)) throw new Error('tar contents corrupted');
    const shown = pathOf(entry.name, to);
    if (!isWithin(to.folder, shown)) {
      to.warn(`warning: file ${JSON.stringify(shown)} is outside target destination, skipping\n`);
      continue;
    }
    if (entry.type === 'symlink') {
      const advice = hasAdvised ? '' : ` (${to.advice})`;
      await making(() => mkdir(dirname(resolve(to.cwd, shown)), { recursive: true }), to);
      to.warn(
        `warning: skipping symlink: ${JSON.stringify(shown)} -> ${JSON.stringify(entry.linkName)}${advice}\n`,
      );
      hasAdvised = true;
    } else await making(() => write(entry, resolve(to.cwd, shown), to), to);
  }
}

const pathOf = (name: string, { prefix, folder }: Destination): string =>
  join(folder, remotePath(name.slice(prefix.length)));

function isWithin(folder: string, path: string): boolean {
  const between = relative(folder, path) || '.';
  return between === '.' || between === withoutShortcuts(between);
}

async function write(entry: TarEntry, path: string, to: Destination): Promise<void> {
  await mkdir(entry.type === 'directory' ? path : dirname(path), { recursive: true });
  if (entry.type === 'directory') return;
  const linked = entry.linkName.startsWith(to.prefix) ? pathOf(entry.linkName, to) : '';
  // A second name of a file that has just been written.
  if (entry.type === 'link' && linked && isWithin(to.folder, linked))
    return copyFile(resolve(to.cwd, linked), path);
  await using file = await open(path, 'w');
  for await (const piece of entry.content) await file.writeFile(piece);
}

/** Failures of the file system in Go's words, with the path as it was given. */
async function making<T>(act: () => Promise<T>, { cwd }: Destination): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { syscall, path } = error as NodeJS.ErrnoException;
    if (!syscall || !path) throw error;
    const shown = path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
    throw new Error(`${syscall} ${shown}: ${fileWords(error)}`, { cause: error });
  }
}
