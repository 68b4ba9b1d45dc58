import { created, updated, type Case, type Good } from '../broken.ts';
import type { RequestList } from '../request.ts';

const volume: Good = {
  ...{
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    resource: 'persistentvolumes',
    clusterWide: true,
  },
  fields: {
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/data' },
    },
  },
};
const claim: Good = {
  ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', resource: 'persistentvolumeclaims' },
  fields: {
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'none',
      resources: { requests: { storage: '1Gi' } },
    },
  },
};
const source = (given: object): Case[1] => ({
  'spec.hostPath': undefined,
  ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`spec.${name}`, value])),
});
const affinity = (term: object): object => ({ required: { nodeSelectorTerms: [term] } });

const volumes: readonly Case[] = [
  ['no access modes', { 'spec.accessModes': [] }],
  ['access modes', { 'spec.accessModes': ['x'] }],
  ['access modes that exclude', { 'spec.accessModes': ['ReadWriteOncePod', 'ReadWriteOnce'] }],
  ['no capacity', { 'spec.capacity': {} }],
  ['capacity', { 'spec.capacity': { storage: '-1' } }],
  ['capacity 0', { 'spec.capacity': { storage: '0' } }],
  ['capacity of another', { 'spec.capacity': { cpu: '1' } }],
  ['reclaim', { 'spec.persistentVolumeReclaimPolicy': 'x' }],
  ['recycle', { 'spec.persistentVolumeReclaimPolicy': 'Recycle' }],
  [
    'recycle the root',
    { 'spec.persistentVolumeReclaimPolicy': 'Recycle', 'spec.hostPath': { path: '/' } },
  ],
  ['class', { 'spec.storageClassName': 'A_' }],
  ['attributes class', { 'spec.volumeAttributesClassName': '' }],
  ['attributes class bad', { 'spec.volumeAttributesClassName': 'A_' }],
  ['mode', { 'spec.volumeMode': 'x' }],
  ['no source', source({})],
  ['two sources', { 'spec.nfs': { server: 'a', path: '/b' } }],
  ['host path', { 'spec.hostPath': { path: 'a/../b', type: 'x' } }],
  ['nfs', source({ nfs: { server: '', path: '' } })],
  ['local', source({ local: { path: '' } })],
  ['local without affinity', source({ local: { path: '/x' } })],
  [
    'local with affinity',
    {
      ...source({ local: { path: '/x' } }),
      'spec.nodeAffinity': affinity({
        matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }],
      }),
    },
  ],
  ['affinity', { 'spec.nodeAffinity': {} }],
  ['affinity terms', { 'spec.nodeAffinity': { required: { nodeSelectorTerms: [] } } }],
  [
    'affinity term',
    { 'spec.nodeAffinity': affinity({ matchExpressions: [{ key: 'a b', operator: 'x' }] }) },
  ],
  ['csi', source({ csi: { driver: '', volumeHandle: '' } })],
  [
    'csi secrets',
    source({
      csi: {
        driver: 'a',
        volumeHandle: 'b',
        controllerPublishSecretRef: { name: '', namespace: '' },
        nodeStageSecretRef: { name: 'a' },
        nodePublishSecretRef: { namespace: 'a' },
        controllerExpandSecretRef: {},
        nodeExpandSecretRef: { name: 'A_', namespace: 'B_' },
      },
    }),
  ],
  ['iscsi', source({ iscsi: { targetPortal: '', iqn: 'iqn.x', lun: -1 } })],
  [
    'iscsi discovery',
    source({
      iscsi: { targetPortal: 'a', iqn: 'eui.0123456789abcdef', lun: 1, chapAuthSession: true },
    }),
  ],
  ['rbd', source({ rbd: { monitors: [], image: '' } })],
  ['ceph', source({ cephfs: { monitors: [] } })],
  ['gce', source({ gcePersistentDisk: { pdName: '', partition: 256 } })],
  ['aws', source({ awsElasticBlockStore: { volumeID: '' } })],
  ['azure file', source({ azureFile: { secretName: '', shareName: '', secretNamespace: '' } })],
  ['azure disk', source({ azureDisk: { diskName: '', diskURI: '' } })],
  ['cinder', source({ cinder: { volumeID: '', secretRef: {} } })],
  ['fc', source({ fc: { targetWWNs: ['x'] } })],
  ['flex', source({ flexVolume: { driver: '' } })],
  ['flocker', source({ flocker: { datasetName: 'a/b', datasetUUID: 'x' } })],
  ['gluster', source({ glusterfs: { endpoints: '', path: '' } })],
  ['photon', source({ photonPersistentDisk: { pdID: '' } })],
  ['portworx', source({ portworxVolume: { volumeID: '' } })],
  ['quobyte', source({ quobyte: { registry: 'a:b', volume: '' } })],
  ['scale io', source({ scaleIO: { gateway: '', system: '', volumeName: '', secretRef: {} } })],
  ['storage os', source({ storageos: { volumeName: '', secretRef: {} } })],
  ['vsphere', source({ vsphereVolume: { volumePath: '' } })],
  [
    'class annotation',
    { 'metadata.annotations': { 'volume.beta.kubernetes.io/storage-class': 'x' } },
  ],
];
const volumeUpdates: readonly Case[] = [
  ['nothing', {}],
  ['source', { 'spec.hostPath.path': '/other' }],
  ['mode', { 'spec.volumeMode': 'Block' }],
  ['capacity', { 'spec.capacity.storage': '2Gi' }],
  ['class', { 'spec.storageClassName': 'x' }],
  ['attributes class', { 'spec.volumeAttributesClassName': 'x' }],
  [
    'affinity',
    {
      'spec.nodeAffinity': affinity({
        matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }],
      }),
    },
  ],
  ['status', { status: { phase: 'Bound' } }],
];

const claims: readonly Case[] = [
  ['no access modes', { 'spec.accessModes': [] }],
  ['access modes', { 'spec.accessModes': ['x', 'ReadWriteOncePod', 'ReadWriteOnce'] }],
  ['no request', { 'spec.resources': {} }],
  ['request', { 'spec.resources.requests.storage': '-1' }],
  ['request 0', { 'spec.resources.requests.storage': '0' }],
  ['fractional request', { 'spec.resources.requests.storage': '1m' }],
  ['limit below', { 'spec.resources.limits': { storage: '1Mi' } }],
  ['selector', { 'spec.selector': { matchLabels: { 'a b': 'c' } } }],
  ['class', { 'spec.storageClassName': 'A_' }],
  ['mode', { 'spec.volumeMode': 'x' }],
  ['attributes class', { 'spec.volumeAttributesClassName': 'A_' }],
  ['source', { 'spec.dataSource': { kind: '', name: '' } }],
  ['source kind', { 'spec.dataSource': { kind: 'Secret', name: 'x' } }],
  ['source group', { 'spec.dataSource': { apiGroup: 'A_', kind: 'x', name: 'x' } }],
  [
    'source reference',
    { 'spec.dataSourceRef': { kind: 'PersistentVolumeClaim', name: 'x', namespace: 'y' } },
  ],
  [
    'sources that differ',
    {
      'spec.dataSource': { kind: 'PersistentVolumeClaim', name: 'x' },
      'spec.dataSourceRef': { kind: 'PersistentVolumeClaim', name: 'y' },
    },
  ],
  ['source of a group', { 'spec.dataSource': { apiGroup: 'example.com', kind: 'X', name: 'x' } }],
  ['status', { status: { phase: 'Bound' } }],
  [
    'class annotation',
    { 'metadata.annotations': { 'volume.beta.kubernetes.io/storage-class': 'x' } },
  ],
];
const claimUpdates: readonly Case[] = [
  ['nothing', {}],
  ['request', { 'spec.resources.requests.storage': '2Gi' }],
  ['access modes', { 'spec.accessModes': ['ReadOnlyMany'] }],
  ['volume', { 'spec.volumeName': 'x' }],
  ['class', { 'spec.storageClassName': 'x' }],
  ['no class', { 'spec.storageClassName': undefined }],
  ['mode', { 'spec.volumeMode': 'Block' }],
];
const claimStatus: readonly Case[] = [
  [
    'capacity',
    { status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '-1' } } },
  ],
  ['conditions', { status: { conditions: [{ type: 'x', status: 'y' }] } }],
  [
    'allocated',
    {
      status: {
        allocatedResources: { storage: '-1', 'a b': '1', cpu: '1' },
        allocatedResourceStatuses: { storage: 'x', cpu: 'y' },
      },
    },
  ],
  ['modify', { status: { modifyVolumeStatus: { status: 'x' } } }],
];

const lists: readonly RequestList[] = [
  created(volume, volumes),
  updated(volume, volumeUpdates),
  updated(
    { ...volume, name: 'status-of-a-volume' },
    [['phase', { status: { phase: 'Bound' } }]],
    'status',
  ),
  created(claim, claims),
  updated(claim, claimUpdates),
  updated({ ...claim, name: 'status-of-a-claim' }, claimStatus, 'status'),
];

export default lists;
