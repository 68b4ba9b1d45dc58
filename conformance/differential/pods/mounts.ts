import type { Case } from '../broken.ts';
import { c0, withVolume, projectedSource, v0 } from './parts.ts';

/** Volumes, and how they are mounted. */
export const mounts: readonly Case[] = [
  [
    'mount of nothing',
    {
      [`${c0}.volumeMounts`]: [
        { name: 'x', mountPath: '/x' },
        { name: '', mountPath: '' },
      ],
    },
  ],
  [
    'mounts at one path',
    withVolume(
      { emptyDir: {} },
      {
        [`${c0}.volumeMounts`]: [
          { name: 'data', mountPath: '/x' },
          { name: 'data', mountPath: '/x', subPath: '../y', subPathExpr: '/z' },
        ],
      },
    ),
  ],
  [
    'mount with a colon',
    withVolume(
      { emptyDir: {} },
      { [`${c0}.volumeMounts`]: [{ name: 'data', mountPath: '/a:b', subPath: '/y' }] },
    ),
  ],
  [
    'mount propagation',
    withVolume(
      { emptyDir: {} },
      {
        [`${c0}.volumeMounts`]: [
          { name: 'data', mountPath: '/a', mountPropagation: 'x' },
          { name: 'data', mountPath: '/b', mountPropagation: 'Bidirectional' },
        ],
      },
    ),
  ],
  [
    'recursive read only',
    withVolume(
      { emptyDir: {} },
      {
        [`${c0}.volumeMounts`]: [
          { name: 'data', mountPath: '/a', recursiveReadOnly: 'x' },
          { name: 'data', mountPath: '/b', recursiveReadOnly: 'Enabled' },
          {
            name: 'data',
            mountPath: '/c',
            readOnly: true,
            recursiveReadOnly: 'Enabled',
            mountPropagation: 'HostToContainer',
          },
        ],
      },
    ),
  ],
  [
    'volume without a name',
    { 'spec.volumes': [{ name: '' }, { name: 'A_' }, { name: 'a' }, { name: 'a' }] },
  ],
  ['volume of two sources', withVolume({ emptyDir: {}, hostPath: { path: '/x' } })],
  ['emptyDir', withVolume({ emptyDir: { sizeLimit: '-1', medium: 'HugePages' } })],
  ['emptyDir medium', withVolume({ emptyDir: { medium: 'x' } })],
  ['hostPath', withVolume({ hostPath: { path: '' } })],
  ['hostPath back', withVolume({ hostPath: { path: '/a/../b', type: 'x' } })],
  ['gitRepo', withVolume({ gitRepo: { repository: '' } })],
  ['gitRepo directory', withVolume({ gitRepo: { repository: 'x', directory: '../x' } })],
  ['gce', withVolume({ gcePersistentDisk: { pdName: '', partition: 300 } })],
  ['aws', withVolume({ awsElasticBlockStore: { volumeID: '', partition: -1 } })],
  [
    'secret',
    withVolume({
      secret: {
        secretName: '',
        defaultMode: 1024,
        items: [
          { key: '', path: '' },
          { key: 'a', path: '../x', mode: -1 },
          { key: 'b', path: '/x' },
        ],
      },
    }),
  ],
  ['nfs', withVolume({ nfs: { server: '', path: 'x' } })],
  ['iscsi', withVolume({ iscsi: { targetPortal: '', iqn: 'x', lun: 300 } })],
  [
    'iscsi names',
    withVolume({
      iscsi: {
        targetPortal: 'x',
        iqn: 'iqn.2001-04.com:x',
        lun: 1,
        chapAuthDiscovery: true,
        initiatorName: 'y',
      },
    }),
  ],
  ['glusterfs', withVolume({ glusterfs: { endpoints: '', path: '' } })],
  ['flocker', withVolume({ flocker: {} })],
  ['rbd', withVolume({ rbd: { monitors: [], image: '' } })],
  ['cinder', withVolume({ cinder: { volumeID: '', secretRef: { name: '' } } })],
  ['cephfs', withVolume({ cephfs: { monitors: [] } })],
  ['claim', withVolume({ persistentVolumeClaim: { claimName: '' } })],
  [
    'configMap',
    withVolume({ configMap: { name: '', defaultMode: -1, items: [{ key: 'a', path: '..' }] } }),
  ],
  ['fc', withVolume({ fc: { targetWWNs: [], lun: 256 } })],
  ['fc both', withVolume({ fc: { targetWWNs: ['x'], wwids: ['y'], lun: 1 } })],
  ['azureFile', withVolume({ azureFile: { secretName: '', shareName: '' } })],
  [
    'azureDisk',
    withVolume({ azureDisk: { diskName: '', diskURI: 'x', cachingMode: 'x', kind: 'y' } }),
  ],
  [
    'azureDisk uri',
    withVolume({ azureDisk: { diskName: 'a', diskURI: 'blob:x', kind: 'Dedicated' } }),
  ],
  ['vsphere', withVolume({ vsphereVolume: { volumePath: '' } })],
  ['photon', withVolume({ photonPersistentDisk: { pdID: '' } })],
  ['quobyte', withVolume({ quobyte: { registry: '', volume: '', tenant: 'x'.repeat(70) } })],
  ['quobyte registry', withVolume({ quobyte: { registry: 'x', volume: 'v' } })],
  ['portworx', withVolume({ portworxVolume: { volumeID: '' } })],
  [
    'scaleIO',
    withVolume({ scaleIO: { gateway: '', system: '', volumeName: '', secretRef: null } }),
  ],
  ['storageos', withVolume({ storageos: { volumeName: '', secretRef: { name: '' } } })],
  ['csi', withVolume({ csi: { driver: '' } })],
  ['csi name', withVolume({ csi: { driver: 'A_', nodePublishSecretRef: { name: '' } } })],
  ['flexVolume', withVolume({ flexVolume: { driver: '', options: { 'kubernetes.io/x': 'y' } } })],
  ['image', withVolume({ image: { reference: '', pullPolicy: 'x' } })],
  ['image with spaces', withVolume({ image: { reference: ' x ' } })],
  [
    'image with sub path',
    withVolume(
      { image: { reference: 'x' } },
      { [`${c0}.volumeMounts`]: [{ name: 'data', mountPath: '/a', subPath: 'x' }] },
    ),
  ],
  ['ephemeral', withVolume({ ephemeral: {} })],
  [
    'ephemeral spec',
    withVolume({
      ephemeral: {
        volumeClaimTemplate: {
          metadata: { name: 'x', labels: { 'a b': 'c' } },
          spec: { accessModes: [], volumeName: 'y' },
        },
      },
    }),
  ],
  [
    'downwardAPI',
    withVolume({
      downwardAPI: {
        defaultMode: 1000,
        items: [
          { path: '', fieldRef: { fieldPath: 'x' } },
          { path: 'a' },
          {
            path: 'b',
            fieldRef: { fieldPath: 'metadata.name' },
            resourceFieldRef: { resource: 'limits.cpu' },
          },
          { path: 'c', resourceFieldRef: { resource: 'limits.cpu' } },
          { path: 'd', fieldRef: { fieldPath: 'status.podIP' } },
        ],
      },
    }),
  ],
  ['projected of nothing', withVolume({ projected: {} })],
  ['projected mode', withVolume({ projected: { defaultMode: 1000, sources: [{}] } })],
  ['projected secret', projectedSource({ secret: { name: '', items: [{ key: '', path: '..' }] } })],
  ['projected two', projectedSource({ secret: { name: 'a' }, configMap: { name: 'b' } })],
  ['projected token', projectedSource({ serviceAccountToken: { path: '', expirationSeconds: 1 } })],
  [
    'projected token long',
    projectedSource({
      serviceAccountToken: { path: 'x', expirationSeconds: 4294967297, audience: 'x' },
    }),
  ],
  ['projected trust', projectedSource({ clusterTrustBundle: { path: '' } })],
  ['projected certificate', projectedSource({ podCertificate: { signerName: 'x', keyType: 'y' } })],
  [
    'projected paths twice',
    withVolume({
      projected: {
        sources: [
          { secret: { name: 'a', items: [{ key: 'a', path: 'x' }] } },
          { configMap: { name: 'a', items: [{ key: 'a', path: 'x' }] } },
        ],
      },
    }),
  ],
  [
    'volumes of 2 claims',
    {
      'spec.volumes': [
        { name: 'a', persistentVolumeClaim: { claimName: 'x' } },
        { name: 'b', persistentVolumeClaim: { claimName: 'x' } },
      ],
    },
  ],
  [
    'gcp warnings',
    {
      [v0]: { name: 'a', gcePersistentDisk: { pdName: 'x' } },
      'spec.volumes.1': { name: 'b', rbd: { monitors: ['x'], image: 'y' } },
    },
  ],
];
