import { created, updated, type Case, type Good } from '../broken.ts';
import type { RequestList } from '../request.ts';

const node: Good = {
  ...{ apiVersion: 'v1', kind: 'Node', resource: 'nodes', clusterWide: true },
  fields: { spec: { taints: [{ key: 'differential', effect: 'NoSchedule' }] } },
};
const namespace: Good = {
  ...{ apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces', clusterWide: true },
  fields: { spec: {} },
};

const nodes: readonly Case[] = [
  [
    'taints',
    {
      'spec.taints': [
        { key: '', effect: '' },
        { key: 'a b', value: 'c d', effect: 'x' },
        { key: 'a', effect: 'NoSchedule' },
        { key: 'a', effect: 'NoSchedule' },
      ],
    },
  ],
  ['pod ranges', { 'spec.podCIDRs': ['x', '10.0.0.0/24', '10.0.1.0/24'] }],
  ['pod range', { 'spec.podCIDR': 'x' }],
  ['pod ranges differ', { 'spec.podCIDR': '10.0.0.0/24', 'spec.podCIDRs': ['10.0.1.0/24'] }],
  ['pod range with zeros', { 'spec.podCIDR': '010.0.0.0/24' }],
  ['external ID', { 'spec.externalID': 'x', 'spec.providerID': 'y' }],
  [
    'configuration source',
    { 'spec.configSource': { configMap: { name: '', namespace: '', kubeletConfigKey: '' } } },
  ],
  [
    'labels of old',
    {
      'metadata.labels': {
        'beta.kubernetes.io/os': 'linux',
        'failure-domain.beta.kubernetes.io/region': 'x',
      },
    },
  ],
  [
    'annotations',
    { 'metadata.annotations': { 'scheduler.alpha.kubernetes.io/preferAvoidPods': '{' } },
  ],
  [
    'status',
    {
      status: {
        capacity: { cpu: '-1', 'a b': '1', pods: '1500m' },
        addresses: [{ type: 'x', address: 'y' }],
      },
    },
  ],
  [
    'huge pages',
    {
      status: {
        capacity: { memory: '1Gi', 'hugepages-2Mi': '2Gi' },
        allocatable: { 'hugepages-2Mi': '2Gi', memory: '1Gi' },
      },
    },
  ],
  ['unschedulable', { 'spec.unschedulable': true }],
];
const nodeUpdates: readonly Case[] = [
  ['nothing', {}],
  ['taint', { 'spec.taints': [{ key: 'a', effect: 'x' }] }],
  ['provider', { 'spec.providerID': 'x' }],
  ['pod range', { 'spec.podCIDR': '10.0.0.0/24', 'spec.podCIDRs': ['10.0.0.0/24'] }],
  ['pod range bad', { 'spec.podCIDR': 'x', 'spec.podCIDRs': ['x'] }],
  ['external ID', { 'spec.externalID': 'x' }],
  [
    'configuration source',
    { 'spec.configSource': { configMap: { name: 'a', namespace: 'b', kubeletConfigKey: 'c' } } },
  ],
  ['status is kept', { status: { capacity: { cpu: '1' } } }],
];
const nodeStatus: readonly Case[] = [
  [
    'capacity',
    {
      status: {
        capacity: { cpu: '-1', 'a b': '1', x: '1' },
        allocatable: { cpu: '1', memory: '-1' },
      },
    },
  ],
  [
    'addresses twice',
    {
      status: {
        addresses: [
          { type: 'InternalIP', address: '1.1.1.1' },
          { type: 'InternalIP', address: '1.1.1.1' },
        ],
      },
    },
  ],
  [
    'good',
    {
      status: {
        capacity: { cpu: '2', 'example.com/x': '3' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
  ],
  ['fractions', { status: { capacity: { 'example.com/x': '1500m', pods: '1100m' } } }],
  [
    'configuration',
    { status: { config: { assigned: { configMap: { name: '', namespace: 'A_' } } } } },
  ],
  ['volumes', { status: { volumesAttached: [{ name: '', devicePath: '' }] } }],
  ['features', { status: { declaredFeatures: ['b', 'a', 'a'] } }],
];

const namespaces: readonly Case[] = [
  ['finalizers', { 'spec.finalizers': ['x', 'kubernetes', 'a b/c'] }],
  ['labels', { 'metadata.labels': { 'kubernetes.io/metadata.name': 'other' } }],
  ['a name with dots', { 'metadata.name': 'a.b' }],
  ['a long name', { 'metadata.name': 'a'.repeat(64) }],
  ['status', { status: { phase: 'Terminating' } }],
  ['pod security', { 'metadata.labels': { 'pod-security.kubernetes.io/enforce': 'x' } }],
];

const lists: readonly RequestList[] = [
  created(node, nodes),
  updated(node, nodeUpdates),
  updated({ ...node, name: 'status-of-a-node' }, nodeStatus, 'status'),
  created(namespace, namespaces),
  updated({ ...namespace, name: 'differential-updated' }, [
    ['nothing', {}],
    ['label', { 'metadata.labels': { 'kubernetes.io/metadata.name': 'other' } }],
    ['no label', { 'metadata.labels': {} }],
    ['finalizers', { 'spec.finalizers': [] }],
  ]),
  updated(
    { ...namespace, name: 'differential-status' },
    [
      ['terminating', { status: { phase: 'Terminating' } }],
      ['conditions', { status: { phase: 'Active', conditions: [{ type: 'x', status: 'y' }] } }],
    ],
    'status',
  ),
  updated(
    { ...namespace, name: 'differential-finalize' },
    [
      ['other finalizers', { 'spec.finalizers': ['x'] }],
      ['qualified', { 'spec.finalizers': ['example.com/x', 'kubernetes'] }],
    ],
    'finalize',
  ),
];

export default lists;
