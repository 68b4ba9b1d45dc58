import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** The place of `subPath` inside a volume, made as a folder if nothing is there. Throws when it leads out of the volume. */
export async function resolveSubPath(volume: string, subPath: string): Promise<string> {
  if (subPath.startsWith('/') || subPath.split('/').includes('..'))
    throw new Error(`subPath "${subPath}" must be a relative path without '..'`);
  const root = await realpath(volume);
  const target = join(root, subPath);
  const there = await stat(target).catch(() => undefined);
  if (!there) await makeInside(root, subPath);
  const real = await realpath(target);
  if (real !== root && !real.startsWith(root + sep))
    throw new Error(`subPath "${subPath}" is not within the volume`);
  return real;
}

/** Each step is made and looked at before the next, so that no link leads a folder out of the volume. */
async function makeInside(root: string, subPath: string): Promise<void> {
  let at = root;
  const { mode } = await stat(root);
  for (const part of subPath.split('/').filter(Boolean)) {
    const next = join(at, part);
    try {
      await mkdir(next);
      await chmod(next, mode & 0o7777); // whatever the umask said
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    at = await realpath(next);
    if (!at.startsWith(root + sep))
      throw new Error(`subPath "${subPath}" is not within the volume`);
  }
}
