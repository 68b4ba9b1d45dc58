import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
};

/** What Go says of a file that cannot be had, behind its name. */
export const fileWords = (error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return words[code] ?? message;
};

/** Whether a file that was to be read is not there. */
export const isMissing = (error: unknown): boolean =>
  ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';

/** The bytes of a file. Fails in Go's words, with the path as it was given, behind `before`. */
export function fileBytes(
  path: string,
  { cwd = '', before = '' }: { readonly cwd?: string; readonly before?: string } = {},
): Buffer {
  try {
    return readFileSync(resolve(cwd, path));
  } catch (cause) {
    const verb = (cause as NodeJS.ErrnoException).code === 'EISDIR' ? 'read' : 'open';
    throw new Error(`${before}${verb} ${path}: ${fileWords(cause)}`, { cause });
  }
}
