import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileWords } from '../../command/file-faults.ts';

/** The content of the file that a flag names, for a `-data` field; nothing where it is there and cannot be read. */
export function embedded(flag: string, path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path)).toString('base64');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return '';
    throw new Error(`could not stat ${flag} file ${path}: stat ${path}: ${fileWords(cause)}`, {
      cause,
    });
  }
}
