/** Classes and drivers of storage: what is filled in, what is refused and in what words. */
import { edits } from '../edits.ts';
import type { RequestList } from '../request.ts';

const apiVersion = 'storage.k8s.io/v1';
const root = `/apis/${apiVersion}`;

const storageClass = (fields: object): object => ({
  ...{ apiVersion, kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'example.com/a' },
  ...fields,
});
const topology = (...matchLabelExpressions: readonly object[]): object =>
  storageClass({ allowedTopologies: [{ matchLabelExpressions }] });
const driver = (spec: object): object => ({
  ...{ apiVersion, kind: 'CSIDriver', metadata: { name: 'csi.example.com' } },
  spec,
});
const node = (...drivers: readonly object[]): object => ({
  ...{ apiVersion, kind: 'CSINode', metadata: { name: 'n1' } },
  spec: { drivers },
});
const attachment = (spec: object, status?: object): object => ({
  ...{ apiVersion, kind: 'VolumeAttachment', metadata: { name: 'a' }, status },
  spec: {
    attacher: 'csi.example.com',
    nodeName: 'n1',
    source: { persistentVolumeName: 'pv' },
    ...spec,
  },
});
const attributes = (fields: object): object => ({
  ...{ apiVersion, kind: 'VolumeAttributesClass', metadata: { name: 'silver' } },
  ...{ driverName: 'csi.example.com', parameters: { iops: '1' }, ...fields },
});
const capacity = (fields: object): object => ({
  ...{ apiVersion, kind: 'CSIStorageCapacity', metadata: { name: 'room' } },
  ...{ storageClassName: 'fast', ...fields },
});

const lists: readonly RequestList[] = [
  {
    name: 'storageclasses, refused and filled in',
    requests: edits(`${root}/storageclasses`, {
      good: storageClass({}),
      'no provisioner': storageClass({ provisioner: '' }),
      'a provisioner that cannot be': storageClass({ provisioner: 'A b' }),
      'a loud provisioner': storageClass({ provisioner: 'Example.com/A' }),
      'odd policies': storageClass({ reclaimPolicy: 'Recycle', volumeBindingMode: 'Odd' }),
      'empty policies': storageClass({ reclaimPolicy: '', volumeBindingMode: '' }),
      'an empty parameter': storageClass({ parameters: { '': 'x' } }),
      topology: topology({ key: 'zone', values: ['a'] }),
      'topology of old': topology({ key: 'failure-domain.beta.kubernetes.io/zone', values: ['a'] }),
      'topology that cannot be': topology(
        { key: '-', values: [] },
        { key: 'zone', values: ['a', 'a'] },
        { key: 'zone', values: ['b'] },
      ),
      'topology twice': storageClass({
        allowedTopologies: [
          { matchLabelExpressions: [{ key: 'zone', values: ['a', 'b'] }] },
          { matchLabelExpressions: [{ key: 'zone', values: ['b', 'a'] }] },
        ],
      }),
      'empty topology': storageClass({ allowedTopologies: [{}] }),
    }),
  },
  {
    name: 'volumeattributesclasses, refused and filled in',
    requests: edits(`${root}/volumeattributesclasses`, {
      good: attributes({}),
      'no driver': attributes({ driverName: '' }),
      'a driver that cannot be': attributes({ driverName: 'a b' }),
      'no parameters': attributes({ parameters: {} }),
      'too many parameters': attributes({
        parameters: Object.fromEntries(Array.from({ length: 513 }, (_, n) => [`p${n}`, 'x'])),
      }),
    }),
  },
  {
    name: 'csidrivers, refused and filled in',
    requests: edits(`${root}/csidrivers`, {
      nothing: driver({}),
      'odd policies': driver({ fsGroupPolicy: 'Odd', volumeLifecycleModes: ['Odd', 'Ephemeral'] }),
      tokens: driver({ tokenRequests: [{ audience: 'a' }] }),
      'tokens that cannot be': driver({
        tokenRequests: [
          { audience: 'a', expirationSeconds: 10 },
          { audience: 'a' },
          { audience: 'b', expirationSeconds: 5_000_000_000 },
        ],
        serviceAccountTokenInSecrets: true,
      }),
      'tokens in secrets without tokens': driver({ serviceAccountTokenInSecrets: false }),
      'a short period': driver({ nodeAllocatableUpdatePeriodSeconds: 5 }),
      'a feature that is off': driver({ preventPodSchedulingIfMissing: true }),
    }),
  },
  {
    name: 'csinodes, refused and filled in',
    requests: edits(`${root}/csinodes`, {
      'a driver': node({
        name: 'csi.example.com',
        nodeID: 'n1',
        topologyKeys: ['zone'],
        allocatable: { count: 5 },
      }),
      'no name': node({ name: '', nodeID: '' }),
      'drivers that cannot be': node(
        { name: 'A_b', nodeID: 'x'.repeat(257), allocatable: { count: -1 } },
        { name: 'a', nodeID: 'n', topologyKeys: ['', 'b', 'b'] },
        { name: 'a', nodeID: 'n' },
      ),
    }),
  },
  {
    name: 'volumeattachments, refused and filled in',
    requests: edits(`${root}/volumeattachments`, {
      good: attachment({}, { attached: true }),
      'no attacher': attachment({ attacher: '' }),
      'an attacher that cannot be': attachment({ attacher: `A_${'x'.repeat(70)}` }),
      'no source': attachment({ source: {} }),
      'an empty source': attachment({ source: { persistentVolumeName: '' } }),
      'a volume that cannot be': attachment({ source: { persistentVolumeName: 'A_b' } }),
      'no node': attachment({ nodeName: '' }),
    }),
  },
  {
    name: 'csistoragecapacities, refused and filled in',
    requests: edits(`${root}/namespaces/default/csistoragecapacities`, {
      good: capacity({ capacity: '1Gi', nodeTopology: { matchLabels: { a: 'b' } } }),
      'no class': capacity({ storageClassName: '' }),
      'less than nothing': capacity({ capacity: '-1' }),
      'a topology that cannot be': capacity({ nodeTopology: { matchLabels: { '-': 'b' } } }),
      'topology of old': capacity({
        nodeTopology: {
          matchLabels: { 'beta.kubernetes.io/os': 'linux' },
          matchExpressions: [{ key: 'beta.kubernetes.io/arch', operator: 'Exists' }],
        },
      }),
    }),
  },
];

export default lists;
