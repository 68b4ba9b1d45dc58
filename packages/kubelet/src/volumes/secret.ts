import type { SecretVolumeSource } from '@coxswain/api/types/core-v1';
import { namespaceOf } from '../pods/spec.ts';
import { setUpMemory, showFiles } from './file-volume.ts';
import { defaultFileMode, objectFiles, secretContents } from './payload.ts';
import type { VolumePlugin } from './plugin.ts';

/** The keys of a Secret as files in memory that follow its changes. */
export const secret: VolumePlugin<SecretVolumeSource> = {
  name: 'kubernetes.io/secret',
  source: (volume) => volume.secret,

  async setUp(request) {
    const { source, pod, sources } = request;
    const object = await sources.secret(namespaceOf(pod), source.secretName ?? '');
    if (!object && !source.optional) throw new Error(`secret "${source.secretName}" not found`);
    const mode = source.defaultMode ?? defaultFileMode;
    const files = objectFiles(secretContents(object), source.items, mode, source.optional ?? false);
    await setUpMemory(request);
    return showFiles(request, files, sources.nowMs());
  },
};
