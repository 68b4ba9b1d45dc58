import { mkdir, stat, writeFile } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import type { HostPathVolumeSource } from '@coxswain/api/types/core-v1';
import type { VolumePlugin } from './plugin.ts';

type Check = readonly [is: (stats: Stats) => boolean, words: string];

const checks: Readonly<Record<string, Check>> = {
  Directory: [(stats) => stats.isDirectory(), 'is not a directory'],
  DirectoryOrCreate: [(stats) => stats.isDirectory(), 'is not a directory'],
  File: [(stats) => stats.isFile(), 'is not a file'],
  FileOrCreate: [(stats) => stats.isFile(), 'is not a file'],
  Socket: [(stats) => stats.isSocket(), 'is not a socket file'],
  CharDevice: [(stats) => stats.isCharacterDevice(), 'is not a character device'],
  BlockDevice: [(stats) => stats.isBlockDevice(), 'is not a block device'],
};

/** A file or folder of the node itself, checked or made as its type asks. */
export const hostPath: VolumePlugin<HostPathVolumeSource> = {
  name: 'kubernetes.io/host-path',
  source: (volume) => volume.hostPath,

  async setUp({ source: { path, type } }) {
    const check = type ? checks[type] : undefined;
    if (check) {
      const [is, words] = check;
      const there = await stat(path).catch(() => undefined);
      if (!there && type === 'DirectoryOrCreate')
        await mkdir(path, { recursive: true, mode: 0o755 });
      else if (!there && type === 'FileOrCreate')
        await writeFile(path, '', { mode: 0o644, flag: 'a' });
      else if (!there || !is(there))
        throw new Error(`hostPath type check failed: ${path} ${words}`);
    }
    return { path, readOnly: false };
  },
};
