import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Keeps what can be asked for again, whole or not at all. A folder that cannot be written to is left alone. */
export function keepFile(path: string, content: string | Uint8Array): void {
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    writeFileSync(beside, content, { mode: 0o660 });
    renameSync(beside, path);
  } catch {
    // It is asked for again the next time.
  }
}
