import { readFile } from 'node:fs/promises';
import { Failure } from '../command/verb.ts';

/** The PEM text that `--flag` names; throws Failure for a file that cannot be read or holds none. */
export async function readPem(flag: string, path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new Failure(`cannot read --${flag} ${path}: ${cause.message}`, { cause });
  });
  if (!text.includes('-----BEGIN '))
    throw new Failure(`cannot use --${flag} ${path}: it holds no PEM block`);
  return text;
}
