import type { Pod, ProjectedVolumeSource, VolumeProjection } from '@coxswain/api/types/core-v1';
import { containersOf, namespaceOf } from '../pods/spec.ts';
import type { PayloadFile } from './atomic-writer.ts';
import { downwardFiles } from './downward-api.ts';
import { setUpMemory, showFiles } from './file-volume.ts';
import { configMapContents, defaultFileMode, objectFiles, secretContents } from './payload.ts';
import type { VolumePlugin, VolumeSources } from './plugin.ts';

const tokenSecondsDefault = 3600;

/** Several sources in one folder, a service account's token among them; later sources win. */
export const projected: VolumePlugin<ProjectedVolumeSource> = {
  name: 'kubernetes.io/projected',
  source: (volume) => volume.projected,

  async setUp(request) {
    const { source, pod, sources } = request;
    const mode = source.defaultMode ?? defaultFileMode;
    const parts = await Promise.all(
      (source.sources ?? []).map((one) => filesOf(one, pod, sources, mode)),
    );
    await setUpMemory(request);
    return showFiles(request, new Map(parts.flatMap((part) => [...part])), sources.nowMs());
  },
};

async function filesOf(
  one: VolumeProjection,
  pod: Pod,
  sources: VolumeSources,
  mode: number,
): Promise<ReadonlyMap<string, PayloadFile>> {
  const namespace = namespaceOf(pod);
  if (one.secret) {
    const { name = '', items, optional = false } = one.secret;
    const object = await sources.secret(namespace, name);
    if (!object && !optional) throw new Error(`secret "${name}" not found`);
    return objectFiles(secretContents(object), items, mode, optional);
  }
  if (one.configMap) {
    const { name = '', items, optional = false } = one.configMap;
    const object = await sources.configMap(namespace, name);
    if (!object && !optional) throw new Error(`configmap "${name}" not found`);
    return objectFiles(configMapContents(object), items, mode, optional);
  }
  if (one.downwardAPI) return downwardFiles(one.downwardAPI.items ?? [], pod, sources.facts, mode);
  if (one.serviceAccountToken) {
    const {
      path,
      audience = '',
      expirationSeconds = tokenSecondsDefault,
    } = one.serviceAccountToken;
    const token = await sources.token(pod, audience, expirationSeconds);
    const user = commonUser(pod);
    const isOwned = user !== undefined || pod.spec!.securityContext?.fsGroup !== undefined;
    return new Map([[path, { data: Buffer.from(token), mode: isOwned ? 0o600 : mode, user }]]);
  }
  throw new Error(`unsupported projection: ${Object.keys(one).join()}`);
}

/** The user that all containers run as, if it is one: the token is then theirs alone. */
function commonUser(pod: Pod): number | undefined {
  const users = new Set(
    [...containersOf(pod)].map(
      ([, { securityContext }]) =>
        securityContext?.runAsUser ?? pod.spec!.securityContext?.runAsUser,
    ),
  );
  const [user] = users;
  return users.size === 1 ? user : undefined;
}
