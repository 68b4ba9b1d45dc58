import {
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type AuditEvent, legacyLine } from '@coxswain/apiserver/audit';
import type { Clock } from '@coxswain/base';

export interface AuditLogSettings {
  /** `-`: the standard output. */
  readonly path: string;
  readonly format: 'json' | 'legacy';
  readonly maxBytes: number; // 0: never put aside
  readonly maxBackups: number; // 0: all
  readonly maxAgeMs: number; // 0: for ever
  readonly compress: boolean;
}

/** A line for each event; a file that is full is put aside under its time. */
export class AuditLog implements Disposable {
  readonly #settings: AuditLogSettings;
  readonly #clock: Clock;
  #file: number;
  #bytes: number;

  constructor(settings: AuditLogSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    if (settings.path === '-') [this.#file, this.#bytes] = [1, 0];
    else {
      mkdirSync(dirname(settings.path), { recursive: true, mode: 0o700 });
      this.#file = openSync(settings.path, 'a', 0o600);
      this.#bytes = fstatSync(this.#file).size;
    }
  }

  write(event: AuditEvent): void {
    const text = this.#settings.format === 'json' ? JSON.stringify(event) : legacyLine(event);
    const line = Buffer.from(`${text}\n`);
    const { maxBytes, path } = this.#settings;
    if (path !== '-' && maxBytes > 0 && this.#bytes > 0 && this.#bytes + line.length > maxBytes)
      this.#rotate();
    for (let at = 0; at < line.length;) at += writeSync(this.#file, line, at);
    this.#bytes += line.length;
  }

  [Symbol.dispose](): void {
    if (this.#settings.path !== '-') closeSync(this.#file);
    this.#file = -1; // another file may get the number: a late event must fail, not be written there
  }

  #rotate(): void {
    const { path, compress } = this.#settings;
    closeSync(this.#file);
    const stamp = new Date(this.#clock.now()).toISOString().replaceAll(':', '-').replace('Z', '');
    const aside = join(dirname(path), `${stem(path)}-${stamp}${extname(path)}`);
    renameSync(path, aside);
    this.#file = openSync(path, 'a', 0o600);
    this.#bytes = 0;
    if (compress) void squeeze(aside);
    this.#prune();
  }

  /** Drops what is too old or too much of what was put aside. */
  #prune(): void {
    const { path, maxBackups, maxAgeMs } = this.#settings;
    const start = `${stem(path)}-`;
    const names = readdirSync(dirname(path))
      .filter((name) => name.startsWith(start) && timeOf(name.slice(start.length)) !== undefined)
      .toSorted()
      .toReversed();
    const oldestMs = this.#clock.now() - maxAgeMs;
    names.forEach((name, at) => {
      const isOld = maxAgeMs > 0 && timeOf(name.slice(start.length))! < oldestMs;
      if (isOld || (maxBackups > 0 && at >= maxBackups))
        rmSync(join(dirname(path), name), { force: true });
    });
  }
}

const stem = (path: string): string => basename(path, extname(path));

/** When a file was put aside, by its name. */
function timeOf(text: string): number | undefined {
  const found = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3})/.exec(text);
  return found ? Date.parse(`${found[1]}T${found[2]}:${found[3]}:${found[4]}Z`) : undefined;
}

async function squeeze(path: string): Promise<void> {
  try {
    const packed = createWriteStream(`${path}.gz`, { mode: 0o600 });
    await pipeline(createReadStream(path), createGzip(), packed);
    rmSync(path, { force: true });
  } catch {
    rmSync(`${path}.gz`, { force: true }); // the plain one stays
  }
}
