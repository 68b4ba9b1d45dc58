import type {
  DownwardAPIVolumeFile,
  DownwardAPIVolumeSource,
  Pod,
} from '@coxswain/api/types/core-v1';
import { fieldText, type NodeFacts, resourceText } from '../pods/field-ref.ts';
import type { PayloadFile } from './atomic-writer.ts';
import { setUpMemory, showFiles } from './file-volume.ts';
import { defaultFileMode } from './payload.ts';
import type { VolumePlugin } from './plugin.ts';

/** What the pod is told about itself, as files that follow its labels and annotations. */
export const downwardApi: VolumePlugin<DownwardAPIVolumeSource> = {
  name: 'kubernetes.io/downward-api',
  source: (volume) => volume.downwardAPI,

  async setUp(request) {
    const { source, pod, sources } = request;
    const mode = source.defaultMode ?? defaultFileMode;
    const files = downwardFiles(source.items ?? [], pod, sources.facts, mode);
    await setUpMemory(request);
    return showFiles(request, files, sources.nowMs());
  },
};

/** One file for each item. */
export function downwardFiles(
  items: readonly DownwardAPIVolumeFile[],
  pod: Pod,
  facts: NodeFacts,
  mode: number,
): Map<string, PayloadFile> {
  const files = new Map<string, PayloadFile>();
  for (const { path, fieldRef, resourceFieldRef, mode: own } of items) {
    const text = fieldRef
      ? fieldText(fieldRef, pod, facts)
      : resourceText(resourceFieldRef!, pod, pod.spec!.containers[0]!, facts);
    files.set(path, { data: Buffer.from(text), mode: own ?? mode });
  }
  return files;
}
