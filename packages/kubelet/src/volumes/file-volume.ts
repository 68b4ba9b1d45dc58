import { chmod, mkdir } from 'node:fs/promises';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { MountedVolume } from '../host.ts';
import { formatMicroTime } from '@coxswain/api';
import { type Payload, writeAtomically } from './atomic-writer.ts';
import type { VolumeRequest } from './plugin.ts';
import { ownByGroup } from './ownership.ts';

/** A folder in memory, so that nothing of it reaches a disk. */
export async function setUpMemory({ dir, mounts }: VolumeRequest<unknown>): Promise<void> {
  await mkdir(dir, { recursive: true });
  await mounts.tmpfs(dir, []);
}

/** Shows `payload` in the volume's folder, read-only to the pod and readable by its fsGroup. */
export async function showFiles(
  { dir, pod }: { readonly dir: string; readonly pod: Pod },
  payload: Payload,
  nowMs: number,
): Promise<MountedVolume> {
  await mkdir(dir, { recursive: true });
  await chmod(dir, 0o777);
  const name = formatMicroTime(nowMs).replaceAll(/[-T:]/g, '_').replace('Z', '');
  const fsGroup = pod.spec!.securityContext?.fsGroup;
  const finish = async (folder: string): Promise<void> => {
    if (fsGroup !== undefined) await ownByGroup(folder, fsGroup, true);
  };
  await writeAtomically(dir, payload, `${name}.${++folders}`, finish);
  return { path: dir, readOnly: true };
}

/** Two folders made in the same instant have different names. */
let folders = 0;
