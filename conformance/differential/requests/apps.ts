import { created, updated, type Case, type Good } from '../broken.ts';
import type { RequestList } from '../request.ts';

const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
const spec = { selector: { matchLabels: labels }, template };
const app = (kind: string, resource: string, more: object = {}): Good => ({
  apiVersion: 'apps/v1',
  kind,
  resource,
  fields: { spec: { ...spec, ...more } },
});

const every: readonly Case[] = [
  ['no selector', { 'spec.selector': undefined }],
  ['empty selector', { 'spec.selector': {} }],
  ['bad selector', { 'spec.selector': { matchLabels: { 'a b': 'c' } } }],
  ['selector operator', { 'spec.selector': { matchExpressions: [{ key: 'a', operator: 'x' }] } }],
  ['other labels', { 'spec.selector': { matchLabels: { app: 'other' } } }],
  ['no template', { 'spec.template': undefined }],
  ['template labels', { 'spec.template.metadata.labels': { app: 'web', 'a b': 'c' } }],
  ['restart', { 'spec.template.spec.restartPolicy': 'Never' }],
  ['restart on failure', { 'spec.template.spec.restartPolicy': 'OnFailure' }],
  ['deadline', { 'spec.template.spec.activeDeadlineSeconds': 5 }],
  ['ephemeral', { 'spec.template.spec.ephemeralContainers': [{ name: 'a', image: 'b' }] }],
  ['no containers', { 'spec.template.spec.containers': [] }],
  [
    'duplicate env',
    {
      'spec.template.spec.containers.0.env': [
        { name: 'a', value: 'b' },
        { name: 'a', value: 'c' },
      ],
    },
  ],
  ['replicas', { 'spec.replicas': -1 }],
  ['ready seconds', { 'spec.minReadySeconds': -1 }],
  ['history', { 'spec.revisionHistoryLimit': -1 }],
  ['status', { status: { replicas: 5 } }],
  ['image spaces', { 'spec.template.spec.containers.0.image': ' web ' }],
  [
    'disks',
    {
      'spec.replicas': 3,
      'spec.template.spec.volumes': [{ name: 'a', gcePersistentDisk: { pdName: 'x' } }],
    },
  ],
];
const everyUpdate: readonly Case[] = [
  ['nothing', {}],
  [
    'selector',
    {
      'spec.selector': { matchLabels: { app: 'x' } },
      'spec.template.metadata.labels': { app: 'x' },
    },
  ],
  ['selector that does not match', { 'spec.selector': { matchLabels: { app: 'x' } } }],
  ['image', { 'spec.template.spec.containers.0.image': 'web:2' }],
  ['replicas', { 'spec.replicas': -1 }],
  ['labels', { 'metadata.labels': { a: 'b' } }],
  ['generation', { 'metadata.generation': 9 }],
];
const numbers = {
  replicas: -1,
  readyReplicas: 5,
  availableReplicas: 7,
  updatedReplicas: -2,
  observedGeneration: -1,
  collisionCount: -1,
};

const deployments: readonly Case[] = [
  ['strategy', { 'spec.strategy': { type: 'x' } }],
  [
    'recreate with rolling',
    { 'spec.strategy': { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
  ],
  ['both 0', { 'spec.strategy': { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }],
  ['percent', { 'spec.strategy': { rollingUpdate: { maxSurge: 'x', maxUnavailable: '200%' } } }],
  ['below zero', { 'spec.strategy': { rollingUpdate: { maxSurge: -1, maxUnavailable: '-5%' } } }],
  ['0%', { 'spec.strategy': { rollingUpdate: { maxSurge: '0%', maxUnavailable: '0%' } } }],
  ['progress', { 'spec.progressDeadlineSeconds': -1 }],
  ['progress below ready', { 'spec.progressDeadlineSeconds': 5, 'spec.minReadySeconds': 10 }],
];

const daemons: readonly Case[] = [
  ['strategy', { 'spec.updateStrategy': { type: 'x' } }],
  ['both 0', { 'spec.updateStrategy': { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }],
  ['both more', { 'spec.updateStrategy': { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } }],
  [
    'percent',
    { 'spec.updateStrategy': { rollingUpdate: { maxSurge: 'x', maxUnavailable: '200%' } } },
  ],
  [
    'surge with host ports',
    {
      'spec.updateStrategy': { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      'spec.template.spec.containers.0.ports': [{ containerPort: 1, hostPort: 1 }],
    },
  ],
  [
    'generation',
    {
      'spec.templateGeneration': 5,
      'metadata.annotations': { 'deprecated.daemonset.template.generation': 'x' },
    },
  ],
];

const statefuls: readonly Case[] = [
  ['policy', { 'spec.podManagementPolicy': 'x' }],
  ['no policy', { 'spec.podManagementPolicy': '' }],
  ['strategy', { 'spec.updateStrategy': { type: 'x' } }],
  [
    'on delete with partition',
    { 'spec.updateStrategy': { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
  ],
  ['partition', { 'spec.updateStrategy': { rollingUpdate: { partition: -1 } } }],
  ['unavailable', { 'spec.updateStrategy': { rollingUpdate: { maxUnavailable: 0 } } }],
  [
    'retention',
    { 'spec.persistentVolumeClaimRetentionPolicy': { whenDeleted: 'x', whenScaled: 'y' } },
  ],
  ['retention in part', { 'spec.persistentVolumeClaimRetentionPolicy': { whenDeleted: 'Delete' } }],
  ['ordinals', { 'spec.ordinals': { start: -1 } }],
  ['service name', { 'spec.serviceName': 'A_' }],
  ['no service name', { 'spec.serviceName': undefined }],
  [
    'claims',
    {
      'spec.volumeClaimTemplates': [
        { metadata: { name: 'a' }, spec: { accessModes: [], resources: {} } },
      ],
    },
  ],
  [
    'good claims',
    {
      'spec.volumeClaimTemplates': [
        {
          metadata: { name: 'a' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  ],
  ['a name with dots', { 'metadata.name': 'a.b' }],
  ['long name', { 'metadata.name': 'a'.repeat(64) }],
];

const statefulSet = app('StatefulSet', 'statefulsets', { serviceName: 'web' });
const revision: Good = {
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  resource: 'controllerrevisions',
  fields: { revision: 1, data: { a: 1 } },
};
const of = (
  good: Good,
  cases: readonly Case[],
  statusMore: object = {},
): readonly RequestList[] => [
  created(good, [...every, ...cases]),
  updated(good, everyUpdate),
  updated(
    { ...good, name: `status-of-${good.resource}` },
    [
      ['numbers', { status: { ...numbers, ...statusMore } }],
      ['conditions', { status: { ...statusMore, conditions: [{ type: 'a b', status: 'x' }] } }],
      ['good', { status: { replicas: 3, observedGeneration: 1, ...statusMore } }],
    ],
    'status',
  ),
];

const lists: readonly RequestList[] = [
  ...of(app('Deployment', 'deployments'), deployments, {
    unavailableReplicas: -3,
    terminatingReplicas: -1,
  }),
  ...of(app('ReplicaSet', 'replicasets'), [], { fullyLabeledReplicas: 9, terminatingReplicas: -1 }),
  ...of(app('DaemonSet', 'daemonsets'), daemons, {
    currentNumberScheduled: -1,
    numberMisscheduled: -1,
    desiredNumberScheduled: -1,
    numberReady: -1,
    updatedNumberScheduled: -1,
    numberAvailable: -1,
    numberUnavailable: -1,
  }),
  ...of(statefulSet, statefuls, { currentReplicas: -1 }),
  updated({ ...statefulSet, name: 'fixed-parts' }, [
    ['service', { 'spec.serviceName': 'x' }],
    ['policy', { 'spec.podManagementPolicy': 'Parallel' }],
    [
      'claims',
      {
        'spec.volumeClaimTemplates': [
          {
            metadata: { name: 'a' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    ],
    [
      'history',
      { 'spec.revisionHistoryLimit': 3, 'spec.minReadySeconds': 4, 'spec.ordinals': { start: 2 } },
    ],
  ]),
  created(revision, [
    ['revision', { revision: -1 }],
    ['no data', { data: undefined }],
  ]),
  updated(revision, [
    ['data', { data: { a: 2 } }],
    ['revision', { revision: 2 }],
    ['below zero', { revision: -2 }],
  ]),
];

export default lists;
