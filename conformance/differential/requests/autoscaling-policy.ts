import { created, updated, type Case, type Good } from '../broken.ts';
import type { RequestList } from '../request.ts';

const scaler = (version: string): Good => ({
  apiVersion: `autoscaling/${version}`,
  kind: 'HorizontalPodAutoscaler',
  resource: 'horizontalpodautoscalers',
  fields: {
    spec: {
      maxReplicas: 2,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    },
  },
});
const metric = (more: object): Case[1] => ({ 'spec.metrics': [more] });
const target = { type: 'Utilization', averageUtilization: 5 };

const both: readonly Case[] = [
  ['no target', { 'spec.scaleTargetRef': undefined }],
  ['target', { 'spec.scaleTargetRef': { apiVersion: 'a/b/c', kind: 'a/b', name: '..' } }],
  ['target without a version', { 'spec.scaleTargetRef': { kind: 'x', name: 'y' } }],
  ['most 0', { 'spec.maxReplicas': 0 }],
  ['least 0', { 'spec.minReplicas': 0 }],
  ['least above most', { 'spec.minReplicas': 5 }],
  ['status', { status: { currentReplicas: 3 } }],
];
const v2: readonly Case[] = [
  ['metric type', metric({ type: 'x' })],
  ['metric type empty', metric({ type: '' })],
  ['metric without source', metric({ type: 'Resource' })],
  [
    'metric of two sources',
    metric({
      type: 'Resource',
      resource: { name: 'cpu', target },
      pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '1' } },
    }),
  ],
  ['metric of another source', metric({ type: 'Pods', resource: { name: 'cpu', target } })],
  ['resource', metric({ type: 'Resource', resource: { name: '', target: { type: 'x' } } })],
  [
    'resource value',
    metric({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Value', value: '1' } } }),
  ],
  [
    'resource 0',
    metric({
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 0 } },
    }),
  ],
  [
    'resource two',
    metric({
      type: 'Resource',
      resource: {
        name: 'cpu',
        target: { type: 'Utilization', averageUtilization: 5, averageValue: '5' },
      },
    }),
  ],
  [
    'resource below zero',
    metric({
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '-5' } },
    }),
  ],
  [
    'container resource',
    metric({
      type: 'ContainerResource',
      containerResource: { name: '', container: '', target: { type: 'Value' } },
    }),
  ],
  [
    'pods',
    metric({ type: 'Pods', pods: { metric: { name: '' }, target: { type: 'Value', value: '1' } } }),
  ],
  [
    'pods selector',
    metric({
      type: 'Pods',
      pods: {
        metric: { name: 'a/b', selector: { matchLabels: { 'a b': 'c' } } },
        target: { type: 'AverageValue', averageValue: '1' },
      },
    }),
  ],
  [
    'object',
    metric({
      type: 'Object',
      object: {
        describedObject: { kind: '', name: '' },
        metric: { name: 'x' },
        target: { type: 'Value' },
      },
    }),
  ],
  [
    'external',
    metric({
      type: 'External',
      external: { metric: { name: '' }, target: { type: 'Value', value: '1', averageValue: '2' } },
    }),
  ],
  [
    'external neither',
    metric({ type: 'External', external: { metric: { name: 'x' }, target: { type: 'Value' } } }),
  ],
  [
    'behavior',
    {
      'spec.behavior': {
        scaleUp: { selectPolicy: 'x', stabilizationWindowSeconds: -1, policies: [] },
        scaleDown: {
          stabilizationWindowSeconds: 4000,
          policies: [
            { type: 'x', value: 0, periodSeconds: 0 },
            { type: 'Pods', value: 1, periodSeconds: 2000 },
          ],
        },
      },
    },
  ],
  [
    'behavior in part',
    { 'spec.behavior': { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 5 }] } } },
  ],
  ['tolerance', { 'spec.behavior': { scaleUp: { tolerance: '-1' } } }],
  [
    'good',
    {
      'spec.metrics': [
        {
          type: 'Resource',
          resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } },
        },
        {
          type: 'External',
          external: { metric: { name: 'x' }, target: { type: 'Value', value: '1' } },
        },
      ],
    },
  ],
];
const v1: readonly Case[] = [
  ['utilization', { 'spec.targetCPUUtilizationPercentage': 0 }],
  ['utilization good', { 'spec.targetCPUUtilizationPercentage': 50 }],
  [
    'metrics by annotation',
    {
      'metadata.annotations': {
        'autoscaling.alpha.kubernetes.io/metrics':
          '[{"type":"Pods","pods":{"metricName":"x","targetAverageValue":"5"}}]',
      },
    },
  ],
  [
    'bad annotation',
    { 'metadata.annotations': { 'autoscaling.alpha.kubernetes.io/metrics': '{' } },
  ],
  [
    'behavior by annotation',
    {
      'metadata.annotations': {
        'autoscaling.alpha.kubernetes.io/behavior': '{"ScaleUp":{"StabilizationWindowSeconds":5}}',
      },
    },
  ],
  [
    'all metrics by annotation',
    {
      'metadata.annotations': {
        'autoscaling.alpha.kubernetes.io/metrics':
          '[{"type":"Object","object":{"target":{"kind":"Service","name":"a","apiVersion":"v1"},"metricName":"x","targetValue":"5"}},{"type":"External","external":{"metricName":"y","targetValue":"3"}},{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}}]',
      },
    },
  ],
];

const life = (good: Good): RequestList => {
  const path = (version: string, more = ''): string =>
    `/apis/autoscaling/${version}/namespaces/differential/horizontalpodautoscalers${more}`;
  const body = {
    apiVersion: good.apiVersion,
    kind: good.kind,
    metadata: { name: 'both' },
    spec: {
      ...(good.fields['spec'] as object),
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target } },
        {
          type: 'Pods',
          pods: {
            metric: { name: 'x', selector: { matchLabels: { a: 'b' } } },
            target: { type: 'AverageValue', averageValue: '5' },
          },
        },
        {
          type: 'Object',
          object: {
            describedObject: { kind: 'Service', name: 'a' },
            metric: { name: 'y' },
            target: { type: 'Value', value: '5' },
          },
        },
        {
          type: 'External',
          external: { metric: { name: 'z' }, target: { type: 'AverageValue', averageValue: '5' } },
        },
        { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target } },
      ],
      behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 5 }] } },
    },
  };
  const status = {
    currentReplicas: 1,
    desiredReplicas: 2,
    lastScaleTime: '2026-11-21T12:00:00Z',
    currentMetrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', current: { averageUtilization: 5, averageValue: '5m' } },
      },
      { type: 'Pods', pods: { metric: { name: 'x' }, current: { averageValue: '3' } } },
    ],
    conditions: [
      {
        type: 'AbleToScale',
        status: 'True',
        reason: 'x',
        message: 'y',
        lastTransitionTime: '2026-11-21T12:00:00Z',
      },
    ],
  };
  return {
    name: 'autoscaling/v1 and v2',
    requests: [
      { name: 'create', method: 'POST' as const, path: path('v2'), body },
      {
        name: 'status',
        method: 'PATCH' as const,
        path: path('v2', '/both/status'),
        contentType: 'application/merge-patch+json',
        body: { status },
      },
      { name: 'as v1', method: 'GET' as const, path: path('v1', '/both') },
      {
        name: 'patch of v1',
        method: 'PATCH' as const,
        path: path('v1', '/both'),
        contentType: 'application/merge-patch+json',
        body: { spec: { maxReplicas: 7, targetCPUUtilizationPercentage: 60 } },
      },
      { name: 'as v2', method: 'GET' as const, path: path('v2', '/both') },
      { name: 'list v1', method: 'GET' as const, path: path('v1') },
      {
        name: 'table',
        method: 'GET' as const,
        path: path('v2', '/both'),
        accept: 'application/json;as=Table;g=meta.k8s.io;v=v1',
      },
      { name: 'delete', method: 'DELETE' as const, path: path('v1', '/both') },
    ],
  };
};

const budget: Good = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  resource: 'poddisruptionbudgets',
  fields: { spec: { selector: { matchLabels: { app: 'web' } }, minAvailable: 1 } },
};
const budgets: readonly Case[] = [
  ['both', { 'spec.maxUnavailable': 1 }],
  ['below zero', { 'spec.minAvailable': -1 }],
  ['percent', { 'spec.minAvailable': '200%' }],
  ['no percent', { 'spec.minAvailable': 'x' }],
  ['unavailable', { 'spec.minAvailable': undefined, 'spec.maxUnavailable': '-1%' }],
  ['selector', { 'spec.selector': { matchLabels: { 'a b': 'c' } } }],
  ['no selector', { 'spec.selector': undefined }],
  ['unhealthy', { 'spec.unhealthyPodEvictionPolicy': 'x' }],
  ['neither', { 'spec.minAvailable': undefined }],
  ['status', { status: { disruptionsAllowed: 1 } }],
];

const ip: Good = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  resource: 'ipaddresses',
  clusterWide: true,
  name: '10.97.5.5',
  fields: { spec: { parentRef: { group: '', resource: 'services', namespace: 'x', name: 'y' } } },
};
const cidr: Good = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  resource: 'servicecidrs',
  clusterWide: true,
  fields: { spec: { cidrs: ['10.123.0.0/24'] } },
};

const lists: readonly RequestList[] = [
  created(scaler('v2'), [...both, ...v2]),
  created(scaler('v1'), [...both, ...v1]),
  life(scaler('v2')),
  updated(
    { ...scaler('v2'), name: 'status-of-a-scaler' },
    [['numbers', { status: { currentReplicas: -1, desiredReplicas: -1 } }]],
    'status',
  ),
  created(budget, budgets),
  updated(budget, [
    ['selector', { 'spec.selector': { matchLabels: { app: 'x' } } }],
    ['bad', { 'spec.minAvailable': -1 }],
  ]),
  updated(
    { ...budget, name: 'status-of-a-budget' },
    [
      [
        'numbers',
        {
          status: {
            disruptionsAllowed: -1,
            currentHealthy: -1,
            desiredHealthy: -1,
            expectedPods: -1,
            observedGeneration: -1,
          },
        },
      ],
      [
        'conditions',
        {
          status: {
            disruptionsAllowed: 0,
            currentHealthy: 0,
            desiredHealthy: 0,
            expectedPods: 0,
            conditions: [{ type: 'x' }],
          },
        },
      ],
    ],
    'status',
  ),
  created(ip, [
    ['name', { 'metadata.name': 'x' }],
    ['zeros', { 'metadata.name': '010.97.5.5' }],
    ['IPv6', { 'metadata.name': 'FD00:0::1' }],
    ['no parent', { 'spec.parentRef': undefined }],
    ['empty parent', { 'spec.parentRef': {} }],
    [
      'parent',
      { 'spec.parentRef': { group: 'A_', resource: 'a/b', namespace: 'x/y', name: '..' } },
    ],
  ]),
  updated(ip, [
    ['parent', { 'spec.parentRef.name': 'z' }],
    ['no parent', { 'spec.parentRef': undefined }],
  ]),
  created(cidr, [
    ['none', { 'spec.cidrs': [] }],
    ['bad', { 'spec.cidrs': ['x'] }],
    ['host bits', { 'spec.cidrs': ['10.123.0.1/24'] }],
    ['zeros', { 'spec.cidrs': ['010.123.0.0/24'] }],
    ['two of a family', { 'spec.cidrs': ['10.123.0.0/24', '10.124.0.0/24'] }],
    ['both families', { 'spec.cidrs': ['10.123.0.0/24', 'fd00:123::/112'] }],
    ['three', { 'spec.cidrs': ['10.123.0.0/24', 'fd00:123::/112', '10.125.0.0/24'] }],
    ['not canonical', { 'spec.cidrs': ['FD00:123::/112'] }],
    [
      'status',
      {
        status: {
          conditions: [
            {
              type: 'Ready',
              status: 'True',
              reason: 'x',
              message: '',
              lastTransitionTime: '2026-11-21T12:00:00Z',
            },
          ],
        },
      },
    ],
  ]),
];

export default lists;
