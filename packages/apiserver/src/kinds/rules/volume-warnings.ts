import type {
  KeyToPath,
  PersistentVolumeClaimSpec,
  Volume,
  VolumeProjection,
} from '@coxswain/api/types/core-v1';
import { fractionWarnings } from './fraction-warnings.ts';

type Warnings = Generator<string, void, undefined>;

const oldVolumes: readonly (readonly [source: keyof Volume, field: string, why: string])[] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

/** What is unwise in the volumes of a pod. */
export function* volumeWarnings(path: string, volumes: readonly Volume[]): Warnings {
  for (const [index, volume] of volumes.entries()) {
    for (const [source, field, why] of oldVolumes)
      if (volume[source]) yield `${path}[${index}].${field}: ${why}`;
    const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
    if (claim) yield* claimWarnings(`${path}[${index}].ephemeral.volumeClaimTemplate.spec`, claim);
  }
  for (const volume of volumes) yield* overlaps(volume);
}

/** What is unwise in what a claim asks for. */
export function* claimWarnings(path: string, { resources }: PersistentVolumeClaimSpec): Warnings {
  for (const kind of ['requests', 'limits'] as const)
    yield* fractionWarnings(`${path}.resources.${kind}`, resources?.[kind], ['storage']);
}

interface Placed {
  readonly path: string;
  readonly source: string;
}

function* overlaps({ name, configMap, secret, downwardAPI, projected }: Volume): Warnings {
  const volume = `volume ${JSON.stringify(name)}`;
  const sources = [
    [`ConfigMap ${JSON.stringify(configMap?.name ?? '')}`, configMap?.items],
    [`Secret ${JSON.stringify(secret?.secretName ?? '')}`, secret?.items],
    ['DownwardAPI', downwardAPI?.items],
  ] as const;
  for (const [source, items] of sources)
    for (const text of clashes((items ?? []).map(({ path }) => ({ path, source: '' }))))
      yield `${volume} (${source}): overlapping paths: ${text}`;
  const placed: Placed[] = [];
  for (const source of projected?.sources ?? [])
    if (Object.keys(source).length) placed.push(...filesOf(source));
    else yield `${volume} (Projected) has no sources provided`;
  for (const text of clashes(placed)) yield `${volume} (Projected): overlapping paths: ${text}`;
}

/** The files of the first source that a projection names. */
function filesOf(given: VolumeProjection): readonly Placed[] {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle } = given;
  const all = (items: readonly Pick<KeyToPath, 'path'>[], source: string): readonly Placed[] =>
    items.map(({ path }) => ({ path, source }));
  if (configMap?.items)
    return all(configMap.items, `ConfigMap ${JSON.stringify(configMap.name ?? '')}`);
  if (secret?.items) return all(secret.items, `Secret ${JSON.stringify(secret.name ?? '')}`);
  if (downwardAPI?.items) return all(downwardAPI.items, 'DownwardAPI');
  if (serviceAccountToken) return all([serviceAccountToken], 'ServiceAccountToken');
  if (clusterTrustBundle) {
    const name = clusterTrustBundle.name ?? clusterTrustBundle.signerName;
    return all([clusterTrustBundle], `ClusterTrustBundle ${JSON.stringify(name)}`);
  }
  const { certificateChainPath, keyPath, credentialBundlePath } = given.podCertificate ?? {};
  return [
    { path: certificateChainPath ?? '', source: 'PodCertificate chain' },
    { path: keyPath ?? '', source: 'PodCertificate key' },
    { path: credentialBundlePath ?? '', source: 'PodCertificate credential bundle' },
  ].filter(({ path }) => path);
}

const shown = ({ path, source }: Placed): string =>
  `${JSON.stringify(path)}${source && ` (${source})`}`;

/** Each path that is, or lies in, or holds, one before it. */
function* clashes(files: readonly Placed[]): Warnings {
  const seen: Placed[] = [];
  for (const { path: given = '', source } of files) {
    const file = { path: given.replace(/\/+$/, ''), source };
    const within = `${file.path}/`;
    for (const other of file.path ? seen : [])
      if (
        other.path &&
        (`${other.path}/`.startsWith(within) || within.startsWith(`${other.path}/`))
      )
        yield `${shown(file)} with ${shown(other)}`;
    seen.push(file);
  }
}
