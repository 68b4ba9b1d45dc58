import { chmod, lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const setGroupId = 0o2000;

/** Gives everything in `folder` to the group, readable (and writable unless `isReadOnly`) to it; new files in it inherit the group. */
export async function ownByGroup(
  folder: string,
  group: number,
  isReadOnly: boolean,
): Promise<void> {
  await ownOne(folder, group, isReadOnly);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await ownByGroup(path, group, isReadOnly);
    else await ownOne(path, group, isReadOnly);
  }
}

async function ownOne(path: string, group: number, isReadOnly: boolean): Promise<void> {
  const stats = await lstat(path);
  await lchown(path, stats.uid, group);
  if (stats.isSymbolicLink()) return;
  const access = isReadOnly ? 0o440 : 0o660;
  const extra = stats.isDirectory() ? setGroupId | 0o110 : 0;
  await chmod(path, (stats.mode & 0o7777) | access | extra);
}
