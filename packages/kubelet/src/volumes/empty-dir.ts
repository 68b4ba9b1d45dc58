import { chmod, mkdir } from 'node:fs/promises';
import { wholeValue } from '@coxswain/api';
import type { EmptyDirVolumeSource } from '@coxswain/api/types/core-v1';
import { ownByGroup } from './ownership.ts';
import type { VolumePlugin } from './plugin.ts';

/** A scratch folder that lives exactly as long as its pod; with medium Memory it is in memory. */
export const emptyDir: VolumePlugin<EmptyDirVolumeSource> = {
  name: 'kubernetes.io/empty-dir',
  source: (volume) => volume.emptyDir,

  async setUp({ source, dir, pod, mounts }) {
    const isNew = (await mkdir(dir, { recursive: true })) !== undefined;
    if (source.medium && source.medium !== 'Memory' && !source.medium.startsWith('HugePages'))
      throw new Error(`unknown storage medium "${source.medium}"`);
    if (source.medium === 'Memory') {
      const bytes = source.sizeLimit ? wholeValue(source.sizeLimit) : 0;
      await mounts.tmpfs(dir, bytes ? [`size=${bytes}`] : []);
    }
    if (isNew) {
      await chmod(dir, 0o777); // any container user may write
      const group = pod.spec!.securityContext?.fsGroup;
      if (group !== undefined) await ownByGroup(dir, group, false);
    }
    return { path: dir, readOnly: false };
  },
};
