import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KeyPair } from './issue.ts';

/** Where certificates and keys are kept: one folder, files of mode 0600, each replaced whole or not at all. */
export interface PkiFolder {
  read(name: string): string | undefined;
  write(name: string, text: string): void;
}

/** A folder of the file system; made with mode 0700 when missing. */
export function pkiFolder(dir: string): PkiFolder {
  return {
    read(name) {
      try {
        return readFileSync(join(dir, name), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw new Error(`reading ${name} of ${dir}`, { cause: error });
      }
    },
    write(name, text) {
      const path = join(dir, name);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const draft = `${path}.new`;
      writeFileSync(draft, text, { mode: 0o600, flush: true });
      renameSync(draft, path);
    },
  };
}

/** Kept nowhere but here. */
export function memoryFolder(): PkiFolder {
  const files = new Map<string, string>();
  return {
    read: (name) => files.get(name),
    write: (name, text) => void files.set(name, text),
  };
}

/** The pair `name`.crt and `name`.key; undefined unless both are there. */
export function readPair(folder: PkiFolder, name: string): KeyPair | undefined {
  const certificate = folder.read(`${name}.crt`);
  const key = folder.read(`${name}.key`);
  return certificate && key ? { certificate, key } : undefined;
}

/** The key goes first: a certificate is never there without its key. */
export function writePair(folder: PkiFolder, name: string, pair: KeyPair): void {
  folder.write(`${name}.key`, pair.key);
  folder.write(`${name}.crt`, pair.certificate);
}
