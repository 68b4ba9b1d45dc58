import { classOf } from '@coxswain/api/volumes';
import { compareQuantities } from '@coxswain/api';
import type { PersistentVolumeClaim, Volume } from '@coxswain/api/types/core-v1';
import { goText } from '../../printers/go-text.ts';
import {
  annotationMax,
  entriesOf,
  labelsOf,
  type Lines,
  quantityText,
  row,
  section,
  shortened,
} from './lines.ts';

/** The fields of a volume's source, whichever it is. */
type Source = Readonly<Record<string, any>>;
/** What stands before the tab, and the field behind it or what is made of the source; a default other than nothing. */
type Field = readonly [
  label: string,
  field: string | ((source: Source) => unknown),
  none?: unknown,
];

interface Sort {
  readonly type: string;
  readonly fields: readonly Field[];
  readonly more?: (source: Source) => Lines;
}

const readOnly: Field = ['ReadOnly:', 'readOnly', false];
const fsType: Field = ['FSType:', 'fsType'];
const optional: Field = ['Optional:', 'optional', false];
const partition: Field = ['Partition:', 'partition', 0];

/** A reference to a Secret as Go prints the pointer. */
const secretRef: Field = [
  'SecretRef:',
  ({ secretRef: ref }) => ref && `&LocalObjectReference{Name:${ref.name ?? ''},}`,
  'nil',
];
const farSecretRef: Field = [
  'SecretRef:',
  ({ secretRef: ref }) =>
    ref && `&SecretReference{Name:${ref.name ?? ''},Namespace:${ref.namespace ?? ''},}`,
  'nil',
];

const attributes = ({ volumeAttributes }: Source): Lines => {
  const lines = entriesOf(volumeAttributes as Record<string, string>).map(
    ([key, value]) => `    ${shortened(`${key}=${value}`, annotationMax)}`,
  );
  return lines.length === 0
    ? ['VolumeAttributes:\t<none>']
    : lines.map((line, at) => `${at === 0 ? 'VolumeAttributes:' : '    '}\t${line}`);
};

const scaleIo = (names: readonly Field[]): Sort => ({
  type: 'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
  fields: [
    ['Gateway:', 'gateway'],
    ['System:', 'system'],
    ['Protection Domain:', 'protectionDomain'],
    ['Storage Pool:', 'storagePool'],
    ['Storage Mode:', 'storageMode'],
    ['VolumeName:', 'volumeName'],
    ...names,
    fsType,
    readOnly,
  ],
});

const azureFile = (names: readonly Field[]): Sort => ({
  type: 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
  fields: [['SecretName:', 'secretName'], ...names, ['ShareName:', 'shareName'], readOnly],
});

const glusterfs = (names: readonly Field[]): Sort => ({
  type: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
  fields: [['EndpointsName:', 'endpoints'], ...names, ['Path:', 'path'], readOnly],
});

const csi = (names: readonly Field[]): Sort => ({
  type: 'CSI (a Container Storage Interface (CSI) volume source)',
  fields: [['Driver:', 'driver'], fsType, ...names, readOnly],
  more: attributes,
});

/** Sources whose reference to a Secret may name its namespace in a volume of the cluster. */
const withSecret = (secret: Field): Readonly<Record<string, Sort>> => ({
  iscsi: {
    type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    fields: [
      ['TargetPortal:', 'targetPortal'],
      ['IQN:', 'iqn'],
      ['Lun:', 'lun', 0],
      ['ISCSIInterface', 'iscsiInterface'],
      fsType,
      readOnly,
      ['Portals:', 'portals', []],
      ['DiscoveryCHAPAuth:', 'chapAuthDiscovery', false],
      ['SessionCHAPAuth:', 'chapAuthSession', false],
      secret,
      ['InitiatorName:', 'initiatorName', '<none>'],
    ],
  },
  rbd: {
    type: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    fields: [
      ['CephMonitors:', 'monitors', []],
      ['RBDImage:', 'image'],
      fsType,
      ['RBDPool:', 'pool'],
      ['RadosUser:', 'user'],
      ['Keyring:', 'keyring'],
      secret,
      readOnly,
    ],
  },
  cephfs: {
    type: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    fields: [
      ['Monitors:', 'monitors', []],
      ['Path:', 'path'],
      ['User:', 'user'],
      ['SecretFile:', 'secretFile'],
      secret,
      readOnly,
    ],
  },
  cinder: {
    type: 'Cinder (a Persistent Disk resource in OpenStack)',
    fields: [['VolumeID:', 'volumeID'], fsType, readOnly, secret],
  },
  flexVolume: {
    type: 'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    fields: [['Driver:', 'driver'], fsType, secret, readOnly, ['Options:', 'options', {}]],
  },
});

const shared: Readonly<Record<string, Sort>> = {
  hostPath: {
    type: 'HostPath (bare host directory volume)',
    fields: [
      ['Path:', 'path'],
      ['HostPathType:', 'type', '<none>'],
    ],
  },
  gcePersistentDisk: {
    type: 'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    fields: [['PDName:', 'pdName'], fsType, partition, readOnly],
  },
  awsElasticBlockStore: {
    type: 'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    fields: [['VolumeID:', 'volumeID'], fsType, partition, readOnly],
  },
  nfs: {
    type: 'NFS (an NFS mount that lasts the lifetime of a pod)',
    fields: [['Server:', 'server'], ['Path:', 'path'], readOnly],
  },
  quobyte: {
    type: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    fields: [['Registry:', 'registry'], ['Volume:', 'volume'], readOnly],
  },
  portworxVolume: {
    type: 'PortworxVolume (a Portworx Volume resource)',
    fields: [['VolumeID:', 'volumeID']],
  },
  azureDisk: {
    type: 'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    fields: [
      ['DiskName:', 'diskName'],
      ['DiskURI:', 'diskURI'],
      ['Kind: ', 'kind'],
      fsType,
      ['CachingMode:', 'cachingMode'],
      readOnly,
    ],
  },
  vsphereVolume: {
    type: 'vSphereVolume (a Persistent Disk resource in vSphere)',
    fields: [['VolumePath:', 'volumePath'], fsType, ['StoragePolicyName:', 'storagePolicyName']],
  },
  photonPersistentDisk: {
    type: 'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    fields: [['PdID:', 'pdID'], fsType],
  },
  storageos: {
    type: 'StorageOS (a StorageOS Persistent Disk resource)',
    fields: [
      ['VolumeName:', 'volumeName'],
      ['VolumeNamespace:', 'volumeNamespace'],
      fsType,
      readOnly,
    ],
  },
  fc: {
    type: 'FC (a Fibre Channel disk)',
    fields: [
      ['TargetWWNs:', ({ targetWWNs }) => (targetWWNs ?? []).join(', ')],
      ['LUN:', 'lun', '<none>'],
      fsType,
      readOnly,
    ],
  },
  flocker: {
    type: 'Flocker (a Flocker volume mounted by the Flocker agent)',
    fields: [
      ['DatasetName:', 'datasetName'],
      ['DatasetUUID:', 'datasetUUID'],
    ],
  },
};

const projected = ({ sources = [] }: Source): Lines =>
  (sources as readonly Source[]).flatMap((each): Lines => {
    if (each['secret']) return fieldLines(each['secret'], [['SecretName:', 'name'], optional]);
    if (each['downwardAPI']) return ['DownwardAPI:\ttrue'];
    if (each['configMap'])
      return fieldLines(each['configMap'], [['ConfigMapName:', 'name'], optional]);
    const token = each['serviceAccountToken'];
    return token ? [`TokenExpirationSeconds:\t${token.expirationSeconds}`] : [];
  });

const ofPods: Readonly<Record<string, Sort>> = {
  ...shared,
  ...withSecret(secretRef),
  scaleIO: scaleIo([]),
  azureFile: azureFile([]),
  glusterfs: glusterfs([]),
  csi: csi([]),
  emptyDir: {
    type: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    fields: [
      ['Medium:', 'medium'],
      [
        'SizeLimit:',
        ({ sizeLimit }) =>
          sizeLimit && compareQuantities(sizeLimit, '0') > 0 ? quantityText(sizeLimit) : undefined,
        '<unset>',
      ],
    ],
  },
  gitRepo: {
    type: 'GitRepo (a volume that is pulled from git when the pod is created)',
    fields: [
      ['Repository:', 'repository'],
      ['Revision:', 'revision'],
    ],
  },
  secret: {
    type: 'Secret (a volume populated by a Secret)',
    fields: [['SecretName:', 'secretName'], optional],
  },
  configMap: {
    type: 'ConfigMap (a volume populated by a ConfigMap)',
    fields: [['Name:', 'name'], optional],
  },
  persistentVolumeClaim: {
    type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    fields: [['ClaimName:', 'claimName'], readOnly],
  },
  ephemeral: {
    type: 'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
    fields: [],
    more: ({ volumeClaimTemplate: template }) =>
      template ? claimLines({ metadata: {}, ...template }, false) : [],
  },
  downwardAPI: {
    type: 'DownwardAPI (a volume populated by information about the pod)',
    fields: [],
    more: ({ items = [] }) => [
      'Items:',
      (items as readonly Source[]).flatMap(({ fieldRef, resourceFieldRef, path }) => [
        fieldRef && `${fieldRef.fieldPath} -> ${path}`,
        resourceFieldRef && `${resourceFieldRef.resource} -> ${path}`,
      ]),
    ],
  },
  projected: {
    type: 'Projected (a volume that contains injected data from multiple sources)',
    fields: [],
    more: projected,
  },
  image: {
    type: 'Image (a container image or OCI artifact)',
    fields: [
      ['Reference:', 'reference'],
      ['PullPolicy:', 'pullPolicy'],
    ],
  },
};

const ofCluster: Readonly<Record<string, Sort>> = {
  ...shared,
  ...withSecret(farSecretRef),
  scaleIO: scaleIo([
    ['SecretName:', ({ secretRef: ref }) => ref?.name],
    ['SecretNamespace:', ({ secretRef: ref }) => ref?.namespace],
  ]),
  azureFile: azureFile([['SecretNamespace:', 'secretNamespace']]),
  glusterfs: glusterfs([['EndpointsNamespace:', 'endpointsNamespace', '<unset>']]),
  csi: csi([['VolumeHandle:', 'volumeHandle']]),
  local: {
    type: 'LocalVolume (a persistent volume backed by local storage on a node)',
    fields: [['Path:', 'path']],
  },
};

const fieldLines = (source: Source, fields: readonly Field[]): Lines =>
  fields.map(([label, field, none = '']) => {
    const value = typeof field === 'string' ? source[field] : field(source);
    return `${label}\t${goText(value ?? none)}`;
  });

function sourceLines(of: object, sorts: Readonly<Record<string, Sort>>): Lines {
  for (const [name, source] of Object.entries(of)) {
    const sort = sorts[name];
    if (sort && source)
      return [
        `Type:\t${sort.type}`,
        ...fieldLines(source, sort.fields),
        ...(sort.more?.(source) ?? []),
      ];
  }
  return [];
}

/** What a volume of the cluster is made of. */
export function clusterSource(spec: object): Lines {
  const lines = sourceLines(spec, ofCluster);
  return lines.length > 0 ? [[lines]] : [['<unknown>']];
}

/** The volumes of a pod, or of a template where `margin` is a space. */
export function volumeLines(volumes: readonly Volume[] | undefined, margin = ''): Lines {
  const space = margin.repeat(2);
  if (!volumes || volumes.length === 0) return [`${space}Volumes:\t<none>`];
  return [
    `${space}Volumes:`,
    volumes.flatMap((volume): Lines => {
      const lines = sourceLines(volume, ofPods);
      return [`${margin}${volume.name}:`, ...(lines.length > 0 ? [lines] : ['<unknown>'])];
    }),
  ];
}

const modes = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX' };
const modeNames = Object.entries({ ...modes, ReadWriteOncePod: 'RWOP' });

/** Access modes in short, in the order that they always have. */
export const modesText = (given: readonly string[] | undefined): string =>
  modeNames
    .filter(([mode]) => given?.includes(mode))
    .map(([, short]) => short)
    .join(',');

/** Values of labels inside a pod stand further in, as kubectl prints them. */
const pushed = (line: Lines[number]): Lines[number] =>
  typeof line === 'string' ? line.replace(/\t(?! {2})/, '\t    ') : line;

/** An object by group, kind and name. */
export const referenceLines = (to: {
  readonly apiGroup?: string | undefined;
  readonly kind: string;
  readonly name: string;
}): Lines => [row('APIGroup', to.apiGroup), `Kind:\t${to.kind}`, `Name:\t${to.name}`];

/** A claim; without what only a claim of its own has where it is a template. */
export function claimLines(claim: PersistentVolumeClaim, isWhole: boolean, status?: string): Lines {
  const { metadata, spec } = claim;
  const isBound = Boolean(spec.volumeName);
  return [
    isWhole && `Name:\t${metadata.name}`,
    isWhole && `Namespace:\t${metadata.namespace ?? ''}`,
    `StorageClass:\t${classOf(claim)}`,
    isWhole && `Status:\t${status}`,
    `Volume:\t${spec.volumeName ?? ''}`,
    ...(isWhole ? labelsOf(metadata) : labelsOf(metadata).map(pushed)),
    isWhole && `Finalizers:\t${goText(metadata.finalizers ?? [])}`,
    `Capacity:\t${isBound ? quantityText(claim.status?.capacity?.['storage']) : ''}`,
    `Access Modes:\t${isBound ? modesText(claim.status?.accessModes) : ''}`,
    row('VolumeMode', spec.volumeMode),
    ...section('DataSource:', spec.dataSource && referenceLines(spec.dataSource)),
  ];
}
