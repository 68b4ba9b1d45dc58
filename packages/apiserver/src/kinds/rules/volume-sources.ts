import type { VolumeSource } from '@coxswain/api/types/core-v1';
import {
  allInvalid,
  invalidValue,
  notSupported,
  rangeText,
  required,
  type Rules,
} from './field.ts';
import { dns1123Label } from './name.ts';

/** Rules of one kind of volume; `owner` is the name of the volume. */
export type SourceRule<T> = (source: T, path: string, owner: string) => Rules;

type Given<K extends keyof VolumeSource> = NonNullable<VolumeSource[K]>;

const isAbsent = (value: unknown): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && !value.length);

/** Fields that must be there. */
export const needs = (...fields: string[]) =>
  function* (source: object, path: string): Rules {
    for (const field of fields)
      if (isAbsent((source as Readonly<Record<string, unknown>>)[field]))
        yield required(`${path}.${field}`);
  };

function* partition(path: string, value: number | undefined): Rules {
  if (value !== undefined && (value < 0 || value > 255))
    yield invalidValue(`${path}.partition`, value, rangeText(1, 255));
}

/** The fields of a secret that a source names. */
const secretNeeds =
  (...fields: string[]) =>
  (path: string, secret: object | undefined): Rules =>
    secret ? needs(...fields)(secret, `${path}.secretRef`) : needs()({}, path);

const initiatorShapes: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z\d\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z\d]{16}$/,
  naa: /^naa.[A-Za-z\d]{32}$/,
};

function* initiator(path: string, name: string, otherPrefix: string): Rules {
  const shape = initiatorShapes[name.slice(0, 3)];
  if (!shape) yield invalidValue(path, name, otherPrefix);
  else if (!shape.test(name)) yield invalidValue(path, name, 'must be valid format');
}

/** `inPod` volumes tell more of a wrong prefix; volumes of the cluster name their secret's namespace. */
export const iscsi = (inPod: boolean): SourceRule<Given<'iscsi'>> =>
  function* (source, path, owner) {
    const { targetPortal, iqn, lun, initiatorName, secretRef } = source;
    const wrong = inPod
      ? 'must be valid format starting with iqn, eui, or naa'
      : 'must be valid format';
    const tooLong =
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
    const isLong = initiatorName !== undefined && `${owner}:${targetPortal}`.length > 64;
    if (!targetPortal) yield required(`${path}.targetPortal`);
    if (!inPod && isLong) yield invalidValue(`${path}.targetportal`, targetPortal, tooLong);
    if (iqn) yield* initiator(`${path}.iqn`, iqn, wrong);
    else yield required(`${path}.iqn`);
    if (lun < 0 || lun > 255) yield invalidValue(`${path}.lun`, lun, rangeText(0, 255));
    if ((source.chapAuthDiscovery || source.chapAuthSession) && !secretRef)
      yield required(`${path}.secretRef`);
    if (!inPod) yield* secretNeeds('name')(path, secretRef);
    if (initiatorName !== undefined)
      yield* initiator(`${path}.initiatorname`, initiatorName, wrong);
    if (inPod && isLong) yield invalidValue(path, targetPortal, tooLong);
  };

export function* fibreChannel(source: Given<'fc'>, path: string): Rules {
  const { targetWWNs = [], wwids = [], lun } = source;
  if (!targetWWNs.length && !wwids.length)
    yield required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both');
  if (targetWWNs.length && wwids.length)
    yield invalidValue(
      `${path}.targetWWNs`,
      targetWWNs,
      'targetWWNs and wwids can not be specified simultaneously',
    );
  if (!targetWWNs.length) return;
  if (lun === undefined)
    yield required(`${path}.lun`, 'lun is required if targetWWNs is specified');
  else if (lun < 0 || lun > 255) yield invalidValue(`${path}.lun`, lun, rangeText(0, 255));
}

/** Upstream names the field by an older name. */
export function* gceDisk(source: Given<'gcePersistentDisk'>, path: string): Rules {
  const at = path.replace(/gcePersistentDisk$/, 'persistentDisk');
  yield* needs('pdName')(source, at);
  yield* partition(at, source.partition);
}

export function* awsDisk(source: Given<'awsElasticBlockStore'>, path: string): Rules {
  yield* needs('volumeID')(source, path);
  yield* partition(path, source.partition);
}

const hostPorts = 'must be a host:port pair or multiple pairs separated by commas';
const hostPort = /^([^:[\]]*|\[[^[\]]*\]):[^:]*$/;

export function* quobyte(source: Given<'quobyte'>, path: string): Rules {
  const { registry, tenant = '' } = source;
  if (!registry) yield required(`${path}.registry`, hostPorts);
  else if (tenant.length >= 65)
    yield required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters');
  else
    for (const pair of registry.split(','))
      if (!hostPort.test(pair)) yield invalidValue(`${path}.registry`, registry, hostPorts);
  yield* needs('volume')(source, path);
}

export function* flocker(
  { datasetName = '', datasetUUID = '' }: Given<'flocker'>,
  path: string,
): Rules {
  if (!datasetName && !datasetUUID)
    yield required(path, 'one of datasetName and datasetUUID is required');
  if (datasetName && datasetUUID)
    yield invalidValue(
      path,
      'resource',
      'datasetName and datasetUUID can not be specified simultaneously',
    );
  if (datasetName.includes('/'))
    yield invalidValue(`${path}.datasetName`, datasetName, "must not contain '/'");
}

/** `fields` are those that a secret must have. */
export const cinder = (...fields: string[]): SourceRule<Given<'cinder'>> =>
  function* (source, path) {
    yield* needs('volumeID')(source, path);
    yield* secretNeeds(...fields)(path, source.secretRef);
  };

export const storageOs = (...fields: string[]): SourceRule<Given<'storageos'>> =>
  function* ({ volumeName, volumeNamespace, secretRef }, path) {
    if (volumeName) yield* allInvalid(`${path}.volumeName`, volumeName, dns1123Label(volumeName));
    else yield required(`${path}.volumeName`);
    if (volumeNamespace)
      yield* allInvalid(`${path}.volumeNamespace`, volumeNamespace, dns1123Label(volumeNamespace));
    yield* secretNeeds(...fields)(path, secretRef);
  };

export function* flexVolume(source: Given<'flexVolume'>, path: string): Rules {
  yield* needs('driver')(source, path);
  for (const key in source.options) {
    const space = `.${key.split('/', 1)[0]!.toLowerCase()}`;
    if (space.endsWith('.kubernetes.io') || space.endsWith('.k8s.io'))
      yield invalidValue(
        `${path}.options[${key}]`,
        key,
        'kubernetes.io and k8s.io namespaces are reserved',
      );
  }
}

const managedDisks =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const blobDisks = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';
const cachingModes = ['None', 'ReadOnly', 'ReadWrite'];
const diskKinds = ['Dedicated', 'Managed', 'Shared'];

export function* azureDisk(source: Given<'azureDisk'>, path: string): Rules {
  const { diskURI, cachingMode, kind } = source;
  yield* needs('diskName', 'diskURI')(source, path);
  if (cachingMode !== undefined && !cachingModes.includes(cachingMode))
    yield notSupported(`${path}.cachingMode`, cachingMode, cachingModes);
  if (kind === undefined) return;
  if (!diskKinds.includes(kind)) yield notSupported(`${path}.kind`, kind, diskKinds);
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/'))
    yield notSupported(`${path}.diskURI`, diskURI, [managedDisks]);
  if (kind !== 'Managed' && !diskURI.startsWith('https://'))
    yield notSupported(`${path}.diskURI`, diskURI, [blobDisks]);
}

export function* nfs({ server, path: directory }: Given<'nfs'>, path: string): Rules {
  if (!server) yield required(`${path}.server`);
  if (!directory) yield required(`${path}.path`);
  if (!directory?.startsWith('/'))
    yield invalidValue(`${path}.path`, directory ?? '', 'must be an absolute path');
}
