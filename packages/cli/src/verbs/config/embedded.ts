import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The content of the file that a flag names, for a `-data` field. */
export function embedded(flag: string, path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path)).toString('base64');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(
      `could not stat ${flag} file ${path}: stat ${path}: ${isMissing ? 'no such file or directory' : 'permission denied'}`,
      { cause },
    );
  }
}
