import { readFileSync } from 'node:fs';
import { parseYaml } from '@coxswain/api';
import {
  type CurrentEncryption,
  type Encryption,
  encryptionOf,
  type KmsSettings,
} from '@coxswain/apiserver/encryption';
import type { World } from '@coxswain/base';
import { Failure } from '../command/verb.ts';
import { followFile } from './follow-file.ts';
import type { OversightFlag } from './oversight-flags.ts';

/** Requests that are under way may still need the plugins of the configuration before. */
const closeAfterMs = 30_000;

interface Read extends Disposable {
  readonly encryption: Encryption;
}

/** Reads the file and asks its plugins for their keys, once; they answer on from there. */
async function read(path: string, world: World): Promise<Read> {
  const document = parseYaml(readFileSync(path, 'utf8')).value;
  const wanted: KmsSettings[] = [];
  const shell = (settings: KmsSettings) => {
    wanted.push(settings);
    return { prefix: '', seal: (value: Uint8Array) => value, open: (value: Uint8Array) => value };
  };
  const plain = encryptionOf(document, shell);
  if (wanted.length === 0) return { encryption: plain, [Symbol.dispose]() {} };
  const { Kms } = await import('@coxswain/apiserver/encryption/kms');
  const plugins = new Map(wanted.map((settings) => [settings.name, new Kms(settings, world)]));
  await Promise.all([...plugins.values()].map((plugin) => plugin.open()));
  return {
    encryption: encryptionOf(document, ({ name }) => plugins.get(name)!.transformer),
    [Symbol.dispose]() {
      for (const plugin of plugins.values()) plugin[Symbol.dispose]();
    },
  };
}

/** How the flags want objects kept; undefined: as they are. Follows the file where that is asked for, until disposed. */
export async function openEncryption(
  flags: Readonly<Partial<Record<OversightFlag, string>>>,
  world: World,
): Promise<(CurrentEncryption & Disposable) | undefined> {
  const path = flags['encryption-provider-config'];
  if (path === undefined) return undefined;
  const log = world.log.named('encryption');
  let used = await read(path, world).catch((cause: Error) => {
    throw new Failure(`error while parsing file: ${path}: ${cause.message}`, { cause });
  });
  const current: CurrentEncryption & Disposable = {
    now: used.encryption,
    [Symbol.dispose]() {
      watcher?.[Symbol.dispose]();
      used[Symbol.dispose]();
    },
  };
  const reload = async (): Promise<void> => {
    try {
      const before = used;
      used = await read(path, world);
      current.now = used.encryption;
      world.clock.after(closeAfterMs, () => before[Symbol.dispose]());
      log.info('encryption configuration is read anew');
      current.changed?.();
    } catch (error) {
      log.error('encryption configuration cannot be read; the one before stays', error);
    }
  };
  const watcher =
    flags['encryption-provider-config-automatic-reload'] === 'true'
      ? followFile(path, world.clock, reload)
      : undefined;
  return current;
}
