import type { Answers } from '../fixed-answers.ts';
import type { LineList } from '../line-list.ts';

const resource = (
  name: string,
  kind: string,
  namespaced: boolean,
): Readonly<Record<string, unknown>> => ({
  ...{ name, kind, namespaced, singularName: kind.toLowerCase() },
  verbs: ['get', 'list', 'watch'],
});

const served = {
  v1: [
    resource('nodes', 'Node', false),
    resource('pods', 'Pod', true),
    resource('events', 'Event', true),
  ],
  'metrics.k8s.io/v1beta1': [
    resource('nodes', 'NodeMetrics', false),
    resource('pods', 'PodMetrics', true),
  ],
  'autoscaling/v2': [resource('horizontalpodautoscalers', 'HorizontalPodAutoscaler', true)],
};

const groups = ['metrics.k8s.io/v1beta1', 'autoscaling/v2'].map((groupVersion) => {
  const [name, version] = groupVersion.split('/');
  return {
    name,
    versions: [{ groupVersion, version }],
    preferredVersion: { groupVersion, version },
  };
});

const discovery: Answers = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups },
  ...Object.fromEntries(
    Object.entries(served).map(([groupVersion, resources]) => [
      groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`,
      { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources },
    ]),
  ),
};

const list = (kind: string, apiVersion: string, items: readonly unknown[]): unknown => ({
  ...{ kind, apiVersion, items },
  metadata: { resourceVersion: '1' },
});

const time = '2026-01-02T03:04:05Z';

const node = (name: string, more: object): Readonly<Record<string, any>> => ({
  ...{
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, creationTimestamp: time },
  },
  ...more,
});

const amounts = {
  ...{ cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110' },
  ...{ 'hugepages-2Mi': '4Mi', 'example.com/gpu': '2' },
};

const nodes = [
  node('one', {
    metadata: {
      ...{ name: 'one', uid: 'uid-one', creationTimestamp: time },
      labels: { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'old', zone: 'a' },
    },
    spec: {
      ...{ podCIDR: '10.8.0.0/24', podCIDRs: ['10.8.0.0/24'], providerID: 'paper://1' },
      unschedulable: true,
      taints: [
        { key: 'b', effect: 'NoSchedule' },
        { key: 'a', value: 'c', effect: 'PreferNoSchedule' },
        { key: 'd', value: 'e', effect: 'NoExecute' },
      ],
    },
    status: {
      capacity: amounts,
      allocatable: { ...amounts, cpu: '3800m', memory: '7Gi' },
      addresses: [
        { type: 'InternalIP', address: '192.0.2.50' },
        { type: 'Hostname', address: 'one' },
      ],
      conditions: [
        {
          ...{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'all is well' },
          ...{ lastHeartbeatTime: time, lastTransitionTime: time },
        },
        { type: 'DiskPressure', status: 'Unknown', lastTransitionTime: time },
      ],
      nodeInfo: {
        ...{ machineID: 'm', systemUUID: 's', bootID: 'b', kernelVersion: '6.1' },
        ...{ osImage: 'Linux', operatingSystem: 'linux', architecture: 'amd64' },
        ...{ containerRuntimeVersion: 'containerd://2', kubeletVersion: 'v1.36.2' },
        ...{ kubeProxyVersion: '', swap: { capacity: 2147483648 } },
      },
    },
  }),
  node('two', { status: { capacity: amounts } }),
  node('silent', { status: { allocatable: amounts } }),
];

const pod = (name: string, containers: readonly object[], more: object = {}): unknown => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: time },
  spec: { nodeName: 'one', containers, ...more },
  status: { phase: 'Running' },
});

const pods = [
  pod('big', [
    {
      name: 'a',
      image: 'i',
      resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '1Gi' } },
    },
    {
      name: 'b',
      image: 'i',
      resources: {
        requests: { cpu: '250m', 'hugepages-2Mi': '2Mi', 'example.com/gpu': '1' },
        limits: { 'hugepages-2Mi': '2Mi', 'example.com/gpu': '1' },
      },
    },
  ]),
  pod('small', [{ name: 'a', image: 'i', resources: { limits: { 'ephemeral-storage': '1Gi' } } }], {
    initContainers: [
      { name: 'i', image: 'i', resources: { requests: { cpu: '300m', memory: '100Mi' } } },
    ],
    overhead: { cpu: '10m' },
  }),
];

const usage = (cpu: string, memory: string, swap?: string): object => ({
  usage: { cpu, memory, ...(swap && { swap }) },
});

const nodeMetrics = [
  { metadata: { name: 'two' }, timestamp: time, window: '30s', ...usage('1500m', '4Gi') },
  {
    metadata: { name: 'one' },
    timestamp: time,
    window: '30s',
    ...usage('123456789n', '1048577Ki', '1Gi'),
  },
];

const podMetrics = (
  [
    [
      'web',
      'default',
      [
        ['main', '250m', '64Mi'],
        ['aux', '1', '1500Ki'],
      ],
    ],
    ['app', 'default', [['main', '10500u', '700Mi']]],
    ['dns', 'kube-system', [['dns', '3m', '20Mi']]],
  ] as const
).map(([name, namespace, containers]) => ({
  ...{ metadata: { name, namespace }, timestamp: time, window: '30s' },
  containers: containers.map(([each, cpu, memory]) => ({ name: each, ...usage(cpu, memory) })),
}));

const metric = (type: string, field: string, of: object): object => ({ type, [field]: of });
const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } };
const external = (name: string, target: object): object =>
  metric('External', 'external', { metric: { name }, target });

const hpa = {
  ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  metadata: {
    name: 'hpa',
    namespace: 'default',
    uid: 'uid-hpa',
    creationTimestamp: time,
    labels: { a: 'b' },
  },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    ...{ minReplicas: 2, maxReplicas: 5 },
    metrics: [
      metric('Resource', 'resource', cpu),
      metric('Resource', 'resource', {
        name: 'memory',
        target: { type: 'AverageValue', averageValue: '100Mi' },
      }),
      metric('ContainerResource', 'containerResource', { ...cpu, container: 'c' }),
      metric('Pods', 'pods', {
        metric: { name: 'requests' },
        target: { type: 'AverageValue', averageValue: '10' },
      }),
      metric('Object', 'object', {
        metric: { name: 'hits' },
        describedObject: { kind: 'Service', name: 'web' },
        target: { type: 'Value', value: '1k' },
      }),
      metric('Object', 'object', {
        metric: { name: 'each' },
        describedObject: { kind: 'Service', name: 'web' },
        target: { type: 'AverageValue', averageValue: '7' },
      }),
      external('queue', { type: 'AverageValue', averageValue: '30' }),
      external('depth', { type: 'Value', value: '3' }),
    ],
    behavior: {
      scaleDown: {
        stabilizationWindowSeconds: 60,
        policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
      },
      scaleUp: { selectPolicy: 'Min', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }] },
    },
  },
  status: {
    ...{ currentReplicas: 3, desiredReplicas: 4 },
    currentMetrics: [
      metric('Resource', 'resource', {
        name: 'cpu',
        current: { averageUtilization: 63, averageValue: '630m' },
      }),
      metric('Resource', 'resource', { name: 'memory', current: { averageValue: '52428800' } }),
      metric('ContainerResource', 'containerResource', {
        name: 'cpu',
        container: 'c',
        current: { averageValue: '1' },
      }),
      metric('Pods', 'pods', { metric: { name: 'requests' }, current: { averageValue: '7500m' } }),
      metric('Object', 'object', {
        metric: { name: 'hits' },
        describedObject: { kind: 'Service', name: 'web' },
        current: { value: '1200' },
      }),
    ],
    conditions: [
      {
        type: 'AbleToScale',
        status: 'True',
        reason: 'ReadyForNewScale',
        message: 'recommended size matches',
        lastTransitionTime: time,
      },
      { type: 'ScalingLimited', status: 'False', lastTransitionTime: time },
    ],
  },
};

const slice = (driver: string, pool: string): object => ({
  metadata: { name: `${driver}-${pool}` },
  spec: {
    ...{ driver, nodeName: 'one', pool: { name: pool, generation: 1, resourceSliceCount: 1 } },
    devices: [{ name: 'd0' }, { name: 'd1' }],
  },
});

const slices = [
  slice('b.example.com', 'p'),
  slice('b.example.com', 'p'),
  ...Array.from({ length: 11 }, (_, at) => slice('a.example.com', `pool-${at}`)),
];

const seen = (name: string, count: number): object => ({
  ...{ metadata: { name, namespace: 'default' }, type: 'Normal', reason: 'Seen', count },
  ...{
    message: 'it was there',
    source: { component: 'kubelet' },
    involvedObject: { kind: 'Node' },
  },
  ...{ firstTimestamp: time, lastTimestamp: time },
});

const metricsPath = '/apis/metrics.k8s.io/v1beta1';

/** A server with metrics, nodes that stand still, and an autoscaler that knows its numbers. */
const answers: Answers = {
  ...discovery,
  '/api/v1/nodes': list('NodeList', 'v1', nodes),
  ...Object.fromEntries(nodes.map((each) => [`/api/v1/nodes/${each['metadata'].name}`, each])),
  '/api/v1/pods': list('PodList', 'v1', pods),
  '/api/v1/namespaces/idle/pods': list('PodList', 'v1', []),
  '/api/v1/namespaces/old/pods': list('PodList', 'v1', pods),
  '/api/v1/events': list('EventList', 'v1', [seen('a', 1), seen('b', 5)]),
  '/api/v1/namespaces/default/events': list('EventList', 'v1', []),
  '/apis/resource.k8s.io/v1/resourceslices': list(
    'ResourceSliceList',
    'resource.k8s.io/v1',
    slices,
  ),
  '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/one': {
    ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'one' } },
    spec: { holderIdentity: 'one', renewTime: '2026-01-02T03:04:05.123456Z' },
  },
  '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/hpa': hpa,
  [`${metricsPath}/nodes`]: list('NodeMetricsList', 'metrics.k8s.io/v1beta1', nodeMetrics),
  [`${metricsPath}/nodes/one`]: {
    kind: 'NodeMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    ...nodeMetrics[1],
  },
  [`${metricsPath}/pods`]: list('PodMetricsList', 'metrics.k8s.io/v1beta1', podMetrics),
  [`${metricsPath}/namespaces/default/pods`]: list(
    'PodMetricsList',
    'metrics.k8s.io/v1beta1',
    podMetrics.slice(0, 2),
  ),
  [`${metricsPath}/namespaces/default/pods/web`]: {
    kind: 'PodMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    ...podMetrics[0],
  },
  [`${metricsPath}/namespaces/idle/pods`]: list('PodMetricsList', 'metrics.k8s.io/v1beta1', []),
  [`${metricsPath}/namespaces/old/pods`]: list('PodMetricsList', 'metrics.k8s.io/v1beta1', []),
};

/** What is read of a server that has metrics; nodes and autoscalers whose numbers do not move. */
export const metrics: LineList = {
  name: 'metrics',
  files: {},
  answers,
  lines: [
    'top node',
    'top nodes --no-headers',
    'top no one',
    'top node nothing',
    'top node --sort-by=cpu',
    'top node --sort-by=memory --show-capacity',
    'top node --show-swap',
    'top node -l zone=a --use-protocol-buffers=false',
    'top pod',
    'top pods -A',
    'top po web',
    'top pod web --containers',
    'top pod nothing',
    'top pod --containers --sort-by=cpu -A',
    'top pod --sort-by=memory',
    'top pod -A --sum',
    'top pod --sum --containers --no-headers',
    'top pod --show-swap --sum',
    'top pod -n idle',
    'top pod -l a=b --field-selector=status.phase=Running',
    'describe node one',
    'describe node two',
    'describe nodes silent --show-events=false',
    'describe hpa hpa',
    'api-resources',
    'api-versions',
  ],
};
