import { compareQuantities } from '@coxswain/api/quantity';
import type { PersistentVolumeClaimSpec, Volume, VolumeSource } from '@coxswain/api/types/core-v1';
import type { ObjectMeta } from '@coxswain/api/types/meta';
import {
  allInvalid,
  duplicate,
  forbiddenField,
  invalidValue,
  notSupported,
  oneOf,
  required,
  tooLong,
  type Rules,
} from './field.ts';
import { annotations, labels } from './labels.ts';
import { dns1123Label, dns1123Subdomain, subdomainName } from './name.ts';
import { descendingPath, fileMode, noBacksteps } from './path.ts';
import { claimSpec } from './claim.ts';
import { downwardFiles, keysToPaths, projected } from './projection.ts';
import {
  awsDisk,
  azureDisk,
  cinder,
  fibreChannel,
  flexVolume,
  flocker,
  gceDisk,
  iscsi,
  needs,
  nfs,
  quobyte,
  storageOs,
} from './volume-sources.ts';

export interface VolumeRules {
  /** Whether the object is a pod itself, not a template of one. */
  readonly isPod: boolean;
  readonly meta: ObjectMeta | undefined;
  /** The name of the volume whose source is looked at. */
  readonly owner?: string;
}

type SourceRule<K extends keyof VolumeSource> = (
  source: NonNullable<VolumeSource[K]>,
  path: string,
  rules: VolumeRules,
) => Rules;

const hostPathTypes = [
  ...['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate'],
  ...['File', 'FileOrCreate', 'Socket'],
];
export const pullPolicies: readonly string[] = ['Always', 'IfNotPresent', 'Never'];

/** Rules of a path of the node. */
export function* hostPath(
  { path: directory, type }: NonNullable<VolumeSource['hostPath']>,
  path: string,
): Rules {
  if (!directory) {
    yield required(`${path}.path`);
    return;
  }
  yield* noBacksteps(`${path}.path`, directory);
  if (type !== undefined && !hostPathTypes.includes(type))
    yield notSupported(`${path}.type`, type, hostPathTypes);
}

/** What each kind of volume must hold, in the order in which upstream looks for them. */
const sources: { readonly [K in keyof VolumeSource]-?: SourceRule<K> } = {
  *emptyDir({ sizeLimit }, path) {
    if (sizeLimit !== undefined && compareQuantities(sizeLimit, '0') < 0)
      yield forbiddenField(
        `${path}.sizeLimit`,
        'SizeLimit field must be a valid resource quantity',
      );
  },
  hostPath,
  *gitRepo(source, path) {
    yield* needs('repository')(source, path);
    yield* descendingPath(`${path}.directory`, source.directory ?? '');
  },
  gcePersistentDisk: gceDisk,
  awsElasticBlockStore: awsDisk,
  *secret({ secretName, defaultMode, items }, path) {
    if (!secretName) yield required(`${path}.secretName`);
    yield* fileMode(`${path}.defaultMode`, defaultMode);
    yield* keysToPaths(`${path}.items`, items);
  },
  nfs,
  iscsi: (source, path, { owner = '' }) => iscsi(true)(source, path, owner),
  glusterfs: needs('endpoints', 'path'),
  flocker,
  persistentVolumeClaim: needs('claimName'),
  rbd: needs('monitors', 'image'),
  cinder: (source, path) => cinder('name')(source, path, ''),
  cephfs: needs('monitors'),
  quobyte,
  *downwardAPI({ defaultMode, items }, path) {
    yield* fileMode(`${path}.defaultMode`, defaultMode);
    yield* downwardFiles(path, items);
  },
  fc: fibreChannel,
  flexVolume,
  *configMap({ name, defaultMode, items }, path) {
    if (!name) yield required(`${path}.name`);
    yield* fileMode(`${path}.defaultMode`, defaultMode);
    yield* keysToPaths(`${path}.items`, items);
  },
  azureFile: needs('secretName', 'shareName'),
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk,
  storageos: (source, path) => storageOs('name')(source, path, ''),
  projected,
  scaleIO: needs('gateway', 'system', 'volumeName'),
  *csi({ driver, nodePublishSecretRef }, path) {
    yield* csiDriverName(`${path}.driver`, driver);
    if (!nodePublishSecretRef) return;
    const { name } = nodePublishSecretRef;
    if (name) yield* allInvalid(`${path}.name`, name, subdomainName(name));
    else yield required(`${path}.nodePublishSecretRef.name`);
  },
  *ephemeral({ volumeClaimTemplate: template }, path) {
    const at = `${path}.volumeClaimTemplate`;
    if (!template) {
      yield required(at);
      return;
    }
    yield* annotations(`${at}.metadata.annotations`, template.metadata?.annotations ?? {});
    yield* labels(`${at}.metadata.labels`, template.metadata?.labels ?? {});
    for (const field in template.metadata)
      if (field !== 'labels' && field !== 'annotations' && field !== 'creationTimestamp')
        yield forbiddenField(`${at}.metadata.${field}`, 'cannot be set');
    yield* claimSpec(`${at}.spec`, template.spec as PersistentVolumeClaimSpec);
  },
  *image({ reference, pullPolicy }, path, { isPod }) {
    if (isPod && !reference) yield required(`${path}.reference`);
    yield* oneOf(`${path}.pullPolicy`, pullPolicy, pullPolicies);
  },
};
const sourceNames = Object.keys(sources) as (keyof VolumeSource)[];

export function* csiDriverName(path: string, name: string): Rules {
  if (!name) {
    yield required(path);
    return;
  }
  if (name.length > 63) yield tooLong(path, 63);
  yield* allInvalid(path, name, dns1123Subdomain(name.toLowerCase()));
}

/** Rules of a pod's volumes. */
export function* volumes(path: string, given: readonly Volume[], rules: VolumeRules): Rules {
  const names = new Set<string>();
  const pod = rules.meta?.name;
  const created = new Set(
    pod ? given.filter(({ ephemeral }) => ephemeral).map(({ name }) => `${pod}-${name}`) : [],
  );
  for (const [index, volume] of given.entries()) {
    const at = `${path}[${index}]`;
    yield* volumeSource(at, volume, rules);
    if (volume.name) yield* allInvalid(`${at}.name`, volume.name, dns1123Label(volume.name));
    else yield required(`${at}.name`);
    if (names.has(volume.name)) yield duplicate(`${at}.name`, volume.name);
    names.add(volume.name);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && created.has(claim))
      yield invalidValue(
        `${at}.persistentVolumeClaim.claimName`,
        claim,
        'must not reference a PVC that gets created for an ephemeral volume',
      );
    if (volume.ephemeral && pod && volume.name)
      for (const message of subdomainName(`${pod}-${volume.name}`))
        yield invalidValue(
          `${at}.name`,
          volume.name,
          `PVC name "${pod}-${volume.name}": ${message}`,
        );
  }
}

function* volumeSource(path: string, volume: Volume, rules: VolumeRules): Rules {
  let count = 0;
  for (const name of sourceNames) {
    const source = volume[name];
    if (source === undefined) continue;
    count += 1;
    if (count > 1)
      yield forbiddenField(`${path}.${name}`, 'may not specify more than 1 volume type');
    else
      yield* (sources[name] as SourceRule<typeof name>)(source, `${path}.${name}`, {
        ...rules,
        owner: volume.name,
      });
  }
  if (count === 0) yield required(path, 'must specify a volume type');
}
