import { isNil } from '@coxswain/api';
import type {
  PersistentVolume,
  PersistentVolumeSpec,
  SecretReference,
} from '@coxswain/api/types/core-v1';
import { compareQuantities, wholeValue } from '@coxswain/api/quantity';
import { nodeSelector } from '../rules/affinity.ts';
import { accessModes } from '../rules/claim.ts';
import { difference } from '../rules/difference.ts';
import { equal } from '../rules/equal.ts';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type Rules,
} from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { dns1123Label, dns1123Subdomain, subdomainName } from '../rules/name.ts';
import { noBacksteps } from '../rules/path.ts';
import { csiDriverName, hostPath } from '../rules/volume.ts';
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
  type SourceRule,
  storageOs,
} from '../rules/volume-sources.ts';

function* secretReference(path: string, secret: SecretReference | undefined): Rules {
  if (!secret) return;
  const { name, namespace } = secret;
  if (name) yield* allInvalid(`${path}.name`, name, dns1123Subdomain(name));
  else yield required(`${path}.name`);
  if (namespace) yield* allInvalid(`${path}.namespace`, namespace, dns1123Label(namespace));
  else yield required(`${path}.namespace`);
}

const csiSecrets = [
  ...['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef'],
  'nodeExpandSecretRef',
] as const;

/** What each kind of volume must hold, in upstream's order. */
const sources: Readonly<Record<string, SourceRule<never>>> = {
  hostPath,
  gcePersistentDisk: gceDisk,
  awsElasticBlockStore: awsDisk,
  *glusterfs(source: NonNullable<PersistentVolumeSpec['glusterfs']>, path) {
    yield* needs('endpoints', 'path')(source, path);
    if (source.endpointsNamespace === '') yield required(`${path}.endpointsNamespace`);
  },
  flocker,
  nfs,
  rbd: needs('monitors', 'image'),
  quobyte,
  cephfs: needs('monitors'),
  iscsi: iscsi(false),
  cinder: cinder('name', 'namespace'),
  fc: fibreChannel,
  flexVolume,
  *azureFile(source: NonNullable<PersistentVolumeSpec['azureFile']>, path) {
    yield* needs('secretName', 'shareName')(source, path);
    if (source.secretNamespace === '') yield required(`${path}.secretNamespace`);
  },
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk,
  scaleIO: needs('gateway', 'system', 'volumeName'),
  *local({ path: directory }: NonNullable<PersistentVolumeSpec['local']>, path) {
    if (!directory) yield required(`${path}.path`);
    yield* noBacksteps(`${path}.path`, directory);
  },
  storageos: storageOs('name', 'namespace'),
  *csi(source: NonNullable<PersistentVolumeSpec['csi']>, path) {
    yield* csiDriverName(`${path}.driver`, source.driver);
    if (!source.volumeHandle) yield required(`${path}.volumeHandle`);
    for (const field of csiSecrets) yield* secretReference(`${path}.${field}`, source[field]);
  },
};
const reclaims = ['Delete', 'Recycle', 'Retain'];

function* capacity({ capacity: given }: PersistentVolumeSpec): Rules {
  const names = Object.keys(given ?? {});
  if (!names.length) yield required('spec.capacity');
  if (given?.['storage'] === undefined || names.length > 1)
    yield notSupported('spec.capacity', isNil(given) ? null : given, ['storage']);
  for (const name of names) {
    const at = `spec.capacity[${name}]`;
    const quantity = given![name]!;
    const value = wholeValue(quantity);
    if (value < 0) yield invalidValue(at, value, 'must be a valid resource quantity');
    if (compareQuantities(quantity, '0') <= 0)
      yield invalidValue(at, quantity, 'must be greater than zero');
  }
}

function* modes({ accessModes: given = [] }: PersistentVolumeSpec): Rules {
  if (!given.length) yield required('spec.accessModes');
  for (const mode of given)
    if (!accessModes.includes(mode)) yield notSupported('spec.accessModes', mode, accessModes);
  const others = given.filter((one) => one !== 'ReadWriteOncePod' && accessModes.includes(one));
  if (given.includes('ReadWriteOncePod') && others.length)
    yield forbiddenField(
      'spec.accessModes',
      'may not use ReadWriteOncePod with other access modes',
    );
}

const sourcesOf = (spec: PersistentVolumeSpec): readonly string[] =>
  Object.keys(sources).filter((name) => spec[name as keyof PersistentVolumeSpec] !== undefined);

const mountable = [
  ...['gcePersistentDisk', 'awsElasticBlockStore', 'glusterfs', 'nfs', 'rbd', 'quobyte', 'iscsi'],
  ...['cinder', 'cephfs', 'azureFile', 'vsphereVolume', 'azureDisk', 'photonPersistentDisk'],
] as const;
const mountOptions = 'volume.beta.kubernetes.io/mount-options';

/** Rules of a volume of the cluster. */
export function* persistentVolumeRules(volume: PersistentVolume): Rules {
  yield* volumeRules(volume);
  const { metadata, spec } = volume;
  if (metadata.annotations?.[mountOptions] === undefined) return;
  if (!mountable.some((source) => spec[source]))
    yield forbiddenField(
      `metadata.annotations.${mountOptions}`,
      'may not specify mount options for this volume type',
    );
}

function* volumeRules({ metadata, spec }: PersistentVolume): Rules {
  yield* modes(spec);
  yield* capacity(spec);
  const policy = spec.persistentVolumeReclaimPolicy;
  if (policy && !reclaims.includes(policy))
    yield notSupported('spec.persistentVolumeReclaimPolicy', policy, reclaims);
  if (spec.nodeAffinity) {
    if (spec.nodeAffinity.required)
      yield* nodeSelector('spec.nodeAffinity.required', spec.nodeAffinity.required);
    else yield required('spec.nodeAffinity.required', 'must specify required node constraints');
  }
  const given = sourcesOf(spec);
  for (const [index, name] of given.entries()) {
    const path = `spec.${name}`;
    if (index > 0) {
      yield forbiddenField(path, 'may not specify more than 1 volume type');
      continue;
    }
    const source = spec[name as keyof PersistentVolumeSpec] as never;
    yield* sources[name]!(source, path, metadata.name);
    if (name === 'local' && !spec.nodeAffinity)
      yield required('spec.nodeAffinity', 'Local volume requires node affinity');
  }
  if (!given.length) yield required('spec', 'must specify a volume type');
  if (spec.hostPath?.path && /^\/+$/.test(spec.hostPath.path) && policy === 'Recycle')
    yield forbiddenField(
      'spec.persistentVolumeReclaimPolicy',
      "may not be 'recycle' for a hostPath mount of '/'",
    );
  const classes = { storageClassName: spec.storageClassName };
  for (const [field, name] of Object.entries(classes))
    if (name) yield* allInvalid(`spec.${field}`, name, subdomainName(name));
  if (spec.volumeMode !== undefined && !['Block', 'Filesystem'].includes(spec.volumeMode))
    yield notSupported('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem']);
  yield* attributesClass(spec);
}

function* attributesClass(spec: PersistentVolumeSpec): Rules {
  const name = spec.volumeAttributesClassName;
  const path = 'spec.volumeAttributesClassName';
  if (name === undefined) return;
  if (!name) yield required(path, 'an empty string is disallowed');
  else yield* allInvalid(path, name, subdomainName(name));
  if (!spec.csi)
    yield required('spec.csi', 'has to be specified when using volumeAttributesClassName');
}

const sourceOf = (spec: PersistentVolumeSpec): object =>
  Object.fromEntries(
    sourcesOf(spec).map((name) => [name, spec[name as keyof PersistentVolumeSpec]]),
  );

/** Rules of a changed volume: where its data are stays. */
export function* persistentVolumeUpdateRules(
  next: PersistentVolume,
  before: PersistentVolume,
): Rules {
  yield* persistentVolumeRules(next);
  yield* volumeRules(next); // upstream asks once more
  const { csi } = next.spec;
  const learnsSecret =
    csi?.controllerExpandSecretRef && before.spec.csi && !before.spec.csi.controllerExpandSecretRef;
  const now = sourceOf(
    learnsSecret
      ? { ...next.spec, csi: { ...csi, controllerExpandSecretRef: undefined } }
      : next.spec,
  );
  const old = sourceOf(before.spec);
  if (!equal(now, old))
    yield forbiddenField(
      'spec.persistentvolumesource',
      `spec.persistentvolumesource is immutable after creation\n${difference('core.PersistentVolumeSource', old, now)}`,
    );
  yield* immutable('volumeMode', next.spec.volumeMode, before.spec.volumeMode);
  if (
    before.spec.nodeAffinity !== undefined &&
    !equal(next.spec.nodeAffinity, before.spec.nodeAffinity)
  )
    yield invalidValue(
      'nodeAffinity',
      next.spec.nodeAffinity ?? null,
      'field is immutable, except for updating from beta label to GA',
    );
  const attributes = 'volumeAttributesClassName';
  if (before.spec[attributes] !== undefined && next.spec[attributes] === undefined)
    yield forbiddenField(`spec.${attributes}`, 'update from non-nil value to nil is forbidden');
}
