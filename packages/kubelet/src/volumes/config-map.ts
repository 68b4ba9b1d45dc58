import type { ConfigMapVolumeSource } from '@coxswain/api/types/core-v1';
import { namespaceOf } from '../pods/spec.ts';
import { showFiles } from './file-volume.ts';
import { configMapContents, defaultFileMode, objectFiles } from './payload.ts';
import type { VolumePlugin } from './plugin.ts';

/** The keys of a ConfigMap as files that follow its changes. */
export const configMap: VolumePlugin<ConfigMapVolumeSource> = {
  name: 'kubernetes.io/configmap',
  source: (volume) => volume.configMap,

  async setUp(request) {
    const { source, pod, sources } = request;
    const object = await sources.configMap(namespaceOf(pod), source.name ?? '');
    if (!object && !source.optional) throw new Error(`configmap "${source.name}" not found`);
    const mode = source.defaultMode ?? defaultFileMode;
    const files = objectFiles(
      configMapContents(object),
      source.items,
      mode,
      source.optional ?? false,
    );
    return showFiles(request, files, sources.nowMs());
  },
};
