import type { Volume } from '@coxswain/api/types/core-v1';
import { configMap } from './config-map.ts';
import { downwardApi } from './downward-api.ts';
import { emptyDir } from './empty-dir.ts';
import { hostPath } from './host-path.ts';
import type { VolumePlugin } from './plugin.ts';
import { projected } from './projected.ts';
import { secret } from './secret.ts';

/** Every kind of volume that this kubelet can make ready. */
export const volumePlugins: readonly VolumePlugin[] = [
  emptyDir,
  hostPath,
  configMap,
  secret,
  downwardApi,
  projected,
];

/** The plugin for a volume, and its source. Throws, in upstream's words, where there is none. */
export function pluginFor(volume: Volume): readonly [VolumePlugin, unknown] {
  for (const plugin of volumePlugins) {
    const source: unknown = plugin.source(volume);
    if (source !== undefined) return [plugin, source];
  }
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'none';
  throw new Error(
    `failed to get Plugin from volumeSpec for volume "${volume.name}" err=no volume plugin matched (source ${kind} is not supported by this kubelet)`,
  );
}
