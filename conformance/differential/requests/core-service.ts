import { created, updated, type Case, type Good } from '../broken.ts';
import type { RequestList } from '../request.ts';

const service: Good = {
  apiVersion: 'v1',
  kind: 'Service',
  resource: 'services',
  fields: { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } },
};
const port = (more: object): Case[1] => ({ 'spec.ports': [{ port: 80, ...more }] });
const balanced = { 'spec.type': 'LoadBalancer' };

const cases: readonly Case[] = [
  ['no ports', { 'spec.ports': [] }],
  ['no ports, headless', { 'spec.ports': [], 'spec.clusterIP': 'None' }],
  ['port 0', port({ port: 0 })],
  [
    'port names',
    {
      'spec.ports': [
        { port: 80 },
        { port: 81, name: 'A_' },
        { port: 82, name: 'a' },
        { port: 83, name: 'a' },
      ],
    },
  ],
  [
    'ports twice',
    {
      'spec.ports': [
        { port: 80, name: 'a' },
        { port: 80, name: 'b' },
      ],
    },
  ],
  ['protocol', port({ protocol: 'x', appProtocol: 'a b', targetPort: 'A_' })],
  ['target port large', port({ targetPort: 70000 })],
  ['node port of a ClusterIP', port({ nodePort: 30000 })],
  [
    'node port out of range',
    { 'spec.type': 'NodePort', 'spec.ports': [{ port: 80, nodePort: 80 }] },
  ],
  [
    'node ports twice',
    {
      'spec.type': 'NodePort',
      'spec.ports': [
        { name: 'a', port: 80, nodePort: 31999 },
        { name: 'b', port: 81, nodePort: 31999 },
      ],
    },
  ],
  [
    'node port for two protocols',
    {
      'spec.type': 'NodePort',
      'spec.ports': [
        { name: 'a', port: 80, nodePort: 31998 },
        { name: 'b', port: 80, nodePort: 31998, protocol: 'UDP' },
      ],
    },
  ],
  ['type', { 'spec.type': 'x' }],
  ['affinity', { 'spec.sessionAffinity': 'x' }],
  [
    'affinity configuration without affinity',
    { 'spec.sessionAffinityConfig': { clientIP: { timeoutSeconds: 5 } } },
  ],
  [
    'affinity timeout',
    {
      'spec.sessionAffinity': 'ClientIP',
      'spec.sessionAffinityConfig': { clientIP: { timeoutSeconds: 0 } },
    },
  ],
  ['affinity, defaulted', { 'spec.sessionAffinity': 'ClientIP' }],
  ['selector', { 'spec.selector': { 'a b': 'c d' } }],
  ['external name', { 'spec.type': 'ExternalName' }],
  [
    'external name bad',
    { 'spec.type': 'ExternalName', 'spec.externalName': 'A_ b', 'spec.clusterIP': '10.96.5.5' },
  ],
  ['external name good', { 'spec.type': 'ExternalName', 'spec.externalName': 'example.com' }],
  ['external name as an address', { 'spec.type': 'ExternalName', 'spec.externalName': '1.2.3.4' }],
  ['headless NodePort', { 'spec.type': 'NodePort', 'spec.clusterIP': 'None' }],
  ['headless', { 'spec.clusterIP': 'None' }],
  ['headless without selector', { 'spec.clusterIP': 'None', 'spec.selector': undefined }],
  ['bad cluster IP', { 'spec.clusterIP': 'x' }],
  ['cluster IP with zeros', { 'spec.clusterIP': '010.096.0.1' }],
  ['cluster IP out of range', { 'spec.clusterIP': '1.2.3.4' }],
  ['cluster IP of the network', { 'spec.clusterIP': '10.96.0.0' }],
  ['cluster IP that is taken', { 'spec.clusterIP': '10.96.0.1' }],
  ['cluster IP given', { 'spec.clusterIP': '10.96.201.7' }],
  ['cluster IP of IPv6', { 'spec.clusterIP': 'fd00::5' }],
  [
    'cluster IPs that differ',
    { 'spec.clusterIP': '10.96.201.7', 'spec.clusterIPs': ['10.96.201.8'] },
  ],
  ['cluster IPs alone', { 'spec.clusterIPs': ['10.96.201.8'] }],
  [
    'three cluster IPs',
    {
      'spec.clusterIPs': ['10.96.201.8', 'fd00::1', '10.96.201.9'],
      'spec.clusterIP': '10.96.201.8',
    },
  ],
  ['families', { 'spec.ipFamilies': ['IPv4', 'IPv4', 'x'] }],
  ['family IPv6', { 'spec.ipFamilies': ['IPv6'] }],
  ['family policy', { 'spec.ipFamilyPolicy': 'x' }],
  ['prefer two', { 'spec.ipFamilyPolicy': 'PreferDualStack' }],
  ['require two', { 'spec.ipFamilyPolicy': 'RequireDualStack' }],
  [
    'external IPs',
    { 'spec.externalIPs': ['x', '127.0.0.1', '0.0.0.0', '169.254.0.1', '224.0.0.1'] },
  ],
  ['external IP with zeros', { 'spec.externalIPs': ['010.0.0.1'] }],
  ['load balancer', balanced],
  ['load balancer IP', { ...balanced, 'spec.loadBalancerIP': 'x' }],
  ['load balancer IP of another type', { 'spec.loadBalancerIP': '010.1.1.1' }],
  [
    'source ranges',
    {
      ...balanced,
      'spec.loadBalancerSourceRanges': ['x', '10.0.0.1/8', '010.0.0.0/8', ' 10.0.0.0/8 '],
    },
  ],
  ['source ranges of another type', { 'spec.loadBalancerSourceRanges': ['10.0.0.0/8'] }],
  [
    'source ranges by annotation',
    {
      ...balanced,
      'metadata.annotations': { 'service.beta.kubernetes.io/load-balancer-source-ranges': 'x' },
    },
  ],
  ['class', { ...balanced, 'spec.loadBalancerClass': 'A b' }],
  ['class of another type', { 'spec.loadBalancerClass': 'a' }],
  ['no node ports', { ...balanced, 'spec.allocateLoadBalancerNodePorts': false }],
  ['no node ports of another type', { 'spec.allocateLoadBalancerNodePorts': false }],
  ['external policy', { ...balanced, 'spec.externalTrafficPolicy': 'x' }],
  ['external policy of a ClusterIP', { 'spec.externalTrafficPolicy': 'Local' }],
  ['local', { ...balanced, 'spec.externalTrafficPolicy': 'Local' }],
  [
    'health port',
    { ...balanced, 'spec.externalTrafficPolicy': 'Local', 'spec.healthCheckNodePort': 80 },
  ],
  [
    'health port below zero',
    { ...balanced, 'spec.externalTrafficPolicy': 'Local', 'spec.healthCheckNodePort': -1 },
  ],
  ['health port of another', { 'spec.healthCheckNodePort': 31997 }],
  ['internal policy', { 'spec.internalTrafficPolicy': 'x' }],
  ['traffic distribution', { 'spec.trafficDistribution': 'x' }],
  ['traffic distribution good', { 'spec.trafficDistribution': 'PreferClose' }],
  ['traffic distribution by node', { 'spec.trafficDistribution': 'PreferSameNode' }],
  [
    'topology annotation',
    {
      'metadata.annotations': { 'service.kubernetes.io/topology-mode': 'Auto' },
      'spec.trafficDistribution': 'PreferClose',
    },
  ],
  ['publish not ready', { 'spec.publishNotReadyAddresses': true }],
  ['a name that begins with a digit', { 'metadata.name': '1-web' }],
  ['a long name', { 'metadata.name': 'a'.repeat(64) }],
  ['status is dropped', { status: { loadBalancer: { ingress: [{ ip: '1.1.1.1' }] } } }],
];

const updates: readonly Case[] = [
  ['nothing', {}],
  ['another cluster IP', { 'spec.clusterIP': '10.96.201.99' }],
  ['cluster IP empty', { 'spec.clusterIP': '' }],
  ['headless', { 'spec.clusterIP': 'None' }],
  ['to NodePort', { 'spec.type': 'NodePort' }],
  ['to LoadBalancer', { 'spec.type': 'LoadBalancer' }],
  ['to ExternalName', { 'spec.type': 'ExternalName', 'spec.externalName': 'a.b' }],
  ['families', { 'spec.ipFamilies': ['IPv6'] }],
  ['prefer two', { 'spec.ipFamilyPolicy': 'PreferDualStack' }],
  ['bad port', port({ port: 0 })],
  ['class', { 'spec.type': 'LoadBalancer', 'spec.loadBalancerClass': 'example.com/a' }],
  ['old revision', { 'metadata.resourceVersion': '1' }],
];

const status: readonly Case[] = [
  [
    'ingress',
    {
      status: {
        loadBalancer: {
          ingress: [
            { ip: 'x', hostname: 'A_', ipMode: 'y' },
            { hostname: '1.1.1.1' },
            { hostname: 'a.b', ipMode: 'VIP' },
          ],
        },
      },
    },
  ],
  [
    'conditions',
    {
      status: {
        conditions: [{ type: '', status: 'x', reason: '', lastTransitionTime: null, message: '' }],
      },
    },
  ],
  [
    'ports',
    {
      status: {
        loadBalancer: { ingress: [{ ip: '1.1.1.1', ports: [{ port: 0, protocol: 'x' }] }] },
      },
    },
  ],
];

const balancer: Good = {
  ...service,
  name: 'balanced',
  fields: {
    spec: {
      ...(service.fields['spec'] as object),
      type: 'LoadBalancer',
      loadBalancerClass: 'example.com/a',
      clusterIP: '10.96.202.8',
    },
  },
};

const lists: readonly RequestList[] = [
  created(service, cases),
  updated(
    {
      ...service,
      fields: { spec: { ...(service.fields['spec'] as object), clusterIP: '10.96.202.7' } },
    },
    updates,
  ),
  updated(balancer, [
    ['another class', { 'spec.loadBalancerClass': 'example.com/b' }],
    ['no class', { 'spec.loadBalancerClass': undefined }],
    ['no node ports', { 'spec.allocateLoadBalancerNodePorts': false }],
    ['to ClusterIP', { 'spec.type': 'ClusterIP', 'spec.loadBalancerClass': undefined }],
    ['local', { 'spec.externalTrafficPolicy': 'Local' }],
  ]),
  updated(
    {
      ...balancer,
      name: 'status-of-a-service',
      fields: { spec: { ...(balancer.fields['spec'] as object), clusterIP: '10.96.202.9' } },
    },
    status,
    'status',
  ),
];

export default lists;
