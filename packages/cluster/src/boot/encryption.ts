import { readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseYaml } from '@coxswain/api';
import { type CurrentEncryption, encryptionOf } from '@coxswain/apiserver/encryption';
import type { World } from '@coxswain/base';
import { Failure } from '../command/verb.ts';
import type { OversightFlag } from './oversight-flags.ts';

/** Editors write a file in several steps. */
const settleMs = 500;

/** How the flags want objects kept; undefined: as they are. Follows the file where that is asked for, until disposed. */
export function openEncryption(
  flags: Readonly<Partial<Record<OversightFlag, string>>>,
  world: World,
): (CurrentEncryption & Disposable) | undefined {
  const path = flags['encryption-provider-config'];
  if (path === undefined) return undefined;
  const read = (): CurrentEncryption['now'] =>
    encryptionOf(parseYaml(readFileSync(path, 'utf8')).value);
  const log = world.log.named('encryption');
  const first = (): CurrentEncryption['now'] => {
    try {
      return read();
    } catch (cause) {
      throw new Failure(`error while parsing file: ${path}: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
  const current = { now: first(), [Symbol.dispose]: (): void => watcher?.close() };
  const reload = (): void => {
    try {
      current.now = read();
      log.info('encryption configuration is read anew');
    } catch (error) {
      log.error('encryption configuration cannot be read; the one before stays', error);
    }
  };
  let timer: Disposable | undefined;
  // Its folder: a file that is replaced, as a Secret's are, is another file.
  const watcher =
    flags['encryption-provider-config-automatic-reload'] === 'true'
      ? watch(dirname(path), (_, name) => {
          if (name !== basename(path) && name !== '..data') return;
          timer?.[Symbol.dispose]();
          timer = world.clock.after(settleMs, reload);
        })
      : undefined;
  watcher?.unref();
  return current;
}
