import { created, updated, type Case, type Good } from '../broken.ts';
import type { RequestList } from '../request.ts';

const core = (kind: string, resource: string, fields: Good['fields']): Good => ({
  apiVersion: 'v1',
  kind,
  resource,
  fields,
});

const quota = core('ResourceQuota', 'resourcequotas', { spec: { hard: { pods: '1' } } });
const quotas: readonly Case[] = [
  ['below zero', { 'spec.hard': { pods: '-1' } }],
  [
    'names',
    {
      'spec.hard': {
        'a b': '1',
        x: '1',
        'count/pods': '1',
        'requests.example.com/gpu': '1',
        'limits.example.com/gpu': '1',
      },
    },
  ],
  ['fractions', { 'spec.hard': { pods: '1500m', services: '1m' } }],
  [
    'scopes',
    { 'spec.scopes': ['x', 'BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating'] },
  ],
  ['scopes and resources', { 'spec.scopes': ['BestEffort'], 'spec.hard': { cpu: '1' } }],
  [
    'scope selector',
    {
      'spec.scopeSelector': {
        matchExpressions: [
          { scopeName: 'x', operator: 'y' },
          { scopeName: 'PriorityClass', operator: 'In' },
          { scopeName: 'Terminating', operator: 'In', values: ['x'] },
          { scopeName: 'PriorityClass', operator: 'Exists', values: ['a'] },
        ],
      },
    },
  ],
  ['status', { status: { hard: { pods: '5' } } }],
];

const range = core('LimitRange', 'limitranges', {
  spec: { limits: [{ type: 'Container', max: { cpu: '2' } }] },
});
const limit = (more: object): Case[1] => ({ 'spec.limits': [more] });
const ranges: readonly Case[] = [
  ['no type', limit({ max: { cpu: '1' } })],
  ['type', limit({ type: 'a b' })],
  ['types twice', { 'spec.limits': [{ type: 'Pod' }, { type: 'Pod' }] }],
  ['pod defaults', limit({ type: 'Pod', default: { cpu: '1' }, defaultRequest: { cpu: '1' } })],
  ['claim', limit({ type: 'PersistentVolumeClaim', max: { cpu: '1' } })],
  ['claim without', limit({ type: 'PersistentVolumeClaim' })],
  [
    'order',
    limit({
      type: 'Container',
      min: { cpu: '3' },
      max: { cpu: '2' },
      default: { cpu: '4' },
      defaultRequest: { cpu: '5' },
    }),
  ],
  [
    'below the least',
    limit({
      type: 'Container',
      min: { cpu: '3' },
      default: { cpu: '2' },
      defaultRequest: { cpu: '1' },
    }),
  ],
  ['ratio', limit({ type: 'Container', maxLimitRequestRatio: { cpu: '0' } })],
  [
    'ratio too large',
    limit({
      type: 'Container',
      min: { cpu: '1' },
      max: { cpu: '2' },
      maxLimitRequestRatio: { cpu: '3' },
    }),
  ],
  ['names', limit({ type: 'Container', max: { x: '1', 'a b': '1' } })],
  [
    'other resources',
    limit({
      type: 'Container',
      default: { 'example.com/x': '1' },
      defaultRequest: { 'example.com/x': '2' },
    }),
  ],
];

const secret = core('Secret', 'secrets', { data: { a: 'eA==' } });
const secrets: readonly Case[] = [
  ['keys', { data: { 'a b': 'eA==', '..': 'eA==' } }],
  ['no base64', { data: { a: '!' } }],
  ['strings', { stringData: { a: 'y', b: 'z' } }],
  ['too large', { stringData: { a: 'x'.repeat(1048577) } }],
  ['docker', { type: 'kubernetes.io/dockercfg' }],
  [
    'docker JSON',
    { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'eA==' } },
  ],
  ['basic', { type: 'kubernetes.io/basic-auth' }],
  ['ssh', { type: 'kubernetes.io/ssh-auth' }],
  ['tls', { type: 'kubernetes.io/tls' }],
  ['token', { type: 'kubernetes.io/service-account-token' }],
  ['bootstrap', { type: 'bootstrap.kubernetes.io/token' }],
];

const map = core('ConfigMap', 'configmaps', { data: { a: 'b' } });
const maps: readonly Case[] = [
  ['keys', { data: { 'a b': 'x', '': 'y' } }],
  ['both', { binaryData: { a: 'eA==', b: '!' } }],
  ['a key twice', { binaryData: { a: 'eA==' } }],
  ['too large', { data: { a: 'x'.repeat(1048577) } }],
];

const event = core('Event', 'events', {
  involvedObject: { kind: 'Pod', name: 'web', namespace: 'differential' },
  reason: 'Tried',
  type: 'Normal',
});
const events: readonly Case[] = [
  ['namespace', { 'involvedObject.namespace': 'other' }],
  ['no namespace', { 'involvedObject.namespace': '' }],
  ['a cluster object', { involvedObject: { kind: 'Node', name: 'n' } }],
  ['new style', { eventTime: '2026-11-21T12:00:00.000000Z' }],
  [
    'new style, full',
    {
      eventTime: '2026-11-21T12:00:00.000000Z',
      reportingComponent: 'a b',
      reportingInstance: 'x'.repeat(129),
      action: 'x'.repeat(129),
      reason: 'x'.repeat(129),
      message: 'x'.repeat(1025),
      type: 'x',
    },
  ],
  [
    'series',
    {
      eventTime: '2026-11-21T12:00:00.000000Z',
      reportingComponent: 'a.b/c',
      reportingInstance: 'x',
      action: 'y',
      series: { count: 1 },
    },
  ],
];

const endpoints = core('Endpoints', 'endpoints', {
  subsets: [{ addresses: [{ ip: '1.2.3.4' }], ports: [{ port: 80 }] }],
});
const subset = (more: object): Case[1] => ({ subsets: [more] });
const many: readonly Case[] = [
  ['empty', subset({})],
  [
    'addresses',
    subset({
      addresses: [
        { ip: 'x' },
        { ip: '127.0.0.1' },
        { ip: '0.0.0.0' },
        { ip: '169.254.1.1' },
        { ip: '224.0.0.5' },
        { ip: '1.2.3.4', hostname: 'A_', nodeName: 'B_' },
      ],
    }),
  ],
  ['zeros', subset({ addresses: [{ ip: '01.2.3.4' }] })],
  [
    'ports',
    subset({
      addresses: [{ ip: '1.2.3.4' }],
      ports: [{ port: 0 }, { port: 70000, name: 'A_', protocol: 'x', appProtocol: 'a b' }],
    }),
  ],
  ['not ready', subset({ notReadyAddresses: [{ ip: 'x' }] })],
  ['IPv6', subset({ addresses: [{ ip: '::ffff:1.2.3.4' }, { ip: 'FD00::1' }] })],
];

const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
const controller = core('ReplicationController', 'replicationcontrollers', {
  spec: { selector: labels, template },
});
const controllers: readonly Case[] = [
  ['no template', { 'spec.template': undefined }],
  ['no selector', { 'spec.selector': undefined }],
  ['no labels at all', { 'spec.selector': undefined, 'spec.template.metadata': {} }],
  ['other labels', { 'spec.selector': { app: 'other' } }],
  ['bad selector', { 'spec.selector': { 'a b': 'c' } }],
  ['replicas', { 'spec.replicas': -1, 'spec.minReadySeconds': -1 }],
  ['restart', { 'spec.template.spec.restartPolicy': 'Never' }],
  [
    'disks',
    {
      'spec.replicas': 2,
      'spec.template.spec.volumes': [{ name: 'a', gcePersistentDisk: { pdName: 'x' } }],
    },
  ],
  [
    'ephemeral containers',
    { 'spec.template.spec.ephemeralContainers': [{ name: 'a', image: 'b' }] },
  ],
  ['deadline', { 'spec.template.spec.activeDeadlineSeconds': 5 }],
  ['status', { status: { replicas: 5 } }],
];

const account = core('ServiceAccount', 'serviceaccounts', {});
const podTemplate = core('PodTemplate', 'podtemplates', { template });

const lists: readonly RequestList[] = [
  created(quota, quotas),
  updated(quota, [
    ['scopes', { 'spec.scopes': ['BestEffort'] }],
    ['hard', { 'spec.hard': { pods: '-2' } }],
  ]),
  updated(
    { ...quota, name: 'status-of-a-quota' },
    [['used', { status: { hard: { pods: '1' }, used: { pods: '-1', 'a b': '1' } } }]],
    'status',
  ),
  created(range, ranges),
  created(secret, secrets),
  updated({ ...secret, fields: { ...secret.fields, immutable: true } }, [
    ['data', { data: { a: 'eQ==' } }],
    ['mutable', { immutable: false }],
    ['type', { type: 'x/y' }],
    ['label', { 'metadata.labels': { a: 'b' } }],
  ]),
  updated({ ...secret, name: 'typed-secret' }, [
    ['type', { type: 'x/y' }],
    ['string', { stringData: { b: 'c' } }],
  ]),
  created(map, maps),
  updated({ ...map, fields: { ...map.fields, immutable: true } }, [
    ['data', { data: { a: 'c' } }],
    ['mutable', { immutable: undefined }],
    ['binary', { binaryData: { b: 'eA==' } }],
  ]),
  created(event, events),
  updated(event, [
    ['count', { count: 2 }],
    ['reason', { reason: 'Other' }],
    ['object', { 'involvedObject.name': 'x' }],
  ]),
  created(endpoints, many),
  created(controller, controllers),
  updated(controller, [
    ['selector', { 'spec.selector': { app: 'x' } }],
    ['template', { 'spec.template.spec.containers.0.image': 'x' }],
    ['replicas', { 'spec.replicas': -1 }],
  ]),
  updated(
    { ...controller, name: 'status-of-a-controller' },
    [
      [
        'numbers',
        {
          status: {
            replicas: -1,
            readyReplicas: 5,
            fullyLabeledReplicas: 6,
            availableReplicas: 7,
            observedGeneration: -1,
          },
        },
      ],
      ['generation', { status: { replicas: 1, observedGeneration: 9 } }],
    ],
    'status',
  ),
  created(account, [
    ['secrets', { secrets: [{ name: 'a' }, { name: 'a' }], imagePullSecrets: [{ name: '' }] }],
    [
      'annotation',
      { 'metadata.annotations': { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
    ],
    ['name', { 'metadata.name': 'A_' }],
  ]),
  created(podTemplate, [
    ['no containers', { 'template.spec.containers': [] }],
    ['restart', { 'template.spec.restartPolicy': 'x' }],
    ['ephemeral', { 'template.spec.ephemeralContainers': [{ name: 'a', image: 'b' }] }],
    ['labels', { 'template.metadata.labels': { 'a b': 'c' } }],
  ]),
];

export default lists;
