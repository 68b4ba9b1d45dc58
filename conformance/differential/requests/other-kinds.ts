/** Roles, classes, leases and slices of endpoints: what is refused, in what words, and what is warned of. */
import { edits } from '../edits.ts';
import type { RequestList } from '../request.ts';

const role = (kind: string, fields: object): object => ({
  ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name: 'role' } },
  ...fields,
});
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };

const lease = (spec: object): object => ({
  ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'lease' }, spec },
});
const priority = (name: string, fields: object): object => ({
  ...{ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name } },
  ...{ value: 1, ...fields },
});
const runtime = (fields: object): object => ({
  ...{ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'runtime' } },
  ...{ handler: 'runc', ...fields },
});
const slice = (fields: object): object => ({
  ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'slice' } },
  ...{ addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ...fields },
});
const endpoint = (fields: object): object =>
  slice({ endpoints: [{ addresses: ['10.0.0.1'], ...fields }] });

const roles = {
  nothing: {},
  'a rule of nothing': { rules: [{}] },
  'no verbs': { rules: [{ apiGroups: [''], resources: ['pods'] }] },
  paths: { rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }] },
  'paths and resources': {
    rules: [{ verbs: ['get'], nonResourceURLs: ['/a'], resources: ['pods'], apiGroups: [''] }],
  },
  'an aggregation of nothing': { aggregationRule: {} },
  'an aggregation that cannot be': {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { '-': 'x' } }] },
  },
};
const bindings = {
  nobody: { roleRef },
  'an odd role': { roleRef: { apiGroup: 'a', kind: 'Odd', name: 'a/b' } },
  'no role': { roleRef: { kind: 'Role', name: '' } },
  somebody: {
    roleRef,
    subjects: [
      { kind: 'User', name: 'a' },
      { kind: 'Group', name: 'a' },
      { kind: 'ServiceAccount', name: 'a', namespace: 'b' },
    ],
  },
  'somebody that cannot be': {
    roleRef,
    subjects: [
      { kind: 'User', name: '', apiGroup: 'a' },
      { kind: 'Odd', name: 'a' },
      { kind: 'ServiceAccount', name: 'A_b', apiGroup: 'a' },
      { kind: 'ServiceAccount', name: '' },
    ],
  },
};
const all = (kind: string, given: Readonly<Record<string, object>>): Record<string, object> =>
  Object.fromEntries(Object.entries(given).map(([name, fields]) => [name, role(kind, fields)]));

const lists: readonly RequestList[] = [
  {
    name: 'clusterroles, refused and filled in',
    requests: edits(`${rbac}/clusterroles`, all('ClusterRole', roles)),
  },
  {
    name: 'roles, refused and filled in',
    requests: edits(`${rbac}/namespaces/default/roles`, all('Role', roles)),
  },
  {
    name: 'clusterrolebindings, refused and filled in',
    requests: edits(`${rbac}/clusterrolebindings`, all('ClusterRoleBinding', bindings)),
  },
  {
    name: 'rolebindings, refused and filled in',
    requests: edits(`${rbac}/namespaces/default/rolebindings`, all('RoleBinding', bindings)),
  },
  {
    name: 'leases, refused and filled in',
    requests: edits('/apis/coordination.k8s.io/v1/namespaces/default/leases', {
      nothing: lease({}),
      'numbers below zero': lease({ leaseDurationSeconds: -1, leaseTransitions: -1 }),
      'a duration of nothing': lease({ leaseDurationSeconds: 0 }),
      'features that are off': lease({ strategy: 'OldestEmulationVersion', preferredHolder: 'a' }),
      'a preference alone': lease({ preferredHolder: 'a' }),
      'a time that is none': lease({ renewTime: '2026-01-01' }),
    }),
  },
  {
    name: 'priorityclasses, refused and filled in',
    requests: edits('/apis/scheduling.k8s.io/v1/priorityclasses', {
      good: priority('high', {}),
      'too high': priority('high', { value: 1_000_000_001 }),
      'an odd policy': priority('high', { preemptionPolicy: 'Odd' }),
      'an empty policy': priority('high', { preemptionPolicy: '' }),
      'a system class': priority('system-own', {}),
      'a system class of another value': priority('system-node-critical', { value: 5 }),
    }),
  },
  {
    name: 'runtimeclasses, refused and filled in',
    requests: edits('/apis/node.k8s.io/v1/runtimeclasses', {
      'no handler': runtime({ handler: '' }),
      'a handler that cannot be': runtime({ handler: 'A_b' }),
      overhead: runtime({ overhead: { podFixed: { cpu: '0.1', memory: '1Mi' } } }),
      'overhead that cannot be': runtime({ overhead: { podFixed: { cpu: '-1', odd: '1' } } }),
      'huge overhead': runtime({ overhead: { podFixed: { 'hugepages-2Mi': '2Mi' } } }),
      nodes: runtime({ scheduling: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } }),
      'nodes that cannot be': runtime({ scheduling: { nodeSelector: { '-': '-' } } }),
      tolerations: runtime({
        scheduling: { tolerations: [{ operator: 'Exists' }, { key: 'a' }, { key: 'a' }] },
      }),
      'tolerations that cannot be': runtime({
        scheduling: { tolerations: [{ key: '-', operator: 'Odd', effect: 'Odd' }, {}] },
      }),
    }),
  },
  {
    name: 'endpointslices, refused and filled in',
    requests: edits('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      good: slice({}),
      'no type': slice({ addressType: '' }),
      'an odd type': slice({ addressType: 'IP' }),
      names: slice({ addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com'] }] }),
      'names that cannot be': slice({
        addressType: 'FQDN',
        endpoints: [{ addresses: ['a', 'A.b', 'a.b.'] }],
      }),
      'no addresses': endpoint({ addresses: [] }),
      'too many addresses': endpoint({
        addresses: Array.from({ length: 101 }, (_, n) => `10.0.0.${n + 1}`),
      }),
      'addresses that cannot be': endpoint({
        addresses: ['x', '127.0.0.1', '169.254.1.1', '224.0.0.1', '0.0.0.0', '010.0.0.1', '::1'],
      }),
      'addresses of IPv6': slice({
        addressType: 'IPv6',
        endpoints: [
          { addresses: ['2001:db8::1', '2001:DB8::2', '10.0.0.1', '::ffff:1.2.3.4', 'fe80::1'] },
        ],
      }),
      'names of an endpoint': endpoint({ nodeName: 'A_b', hostname: 'A.b' }),
      topology: endpoint({ deprecatedTopology: { 'kubernetes.io/hostname': 'a', zone: 'b' } }),
      hints: endpoint({
        hints: { forZones: [{ name: 'a' }, { name: 'a' }], forNodes: [{ name: 'A_' }] },
      }),
      'too many hints': endpoint({
        hints: { forZones: Array.from({ length: 9 }, (_, n) => ({ name: `z${n}` })) },
      }),
      ports: slice({ ports: [{ port: 80 }, { name: 'a', port: 81, protocol: 'UDP' }] }),
      'ports that cannot be': slice({
        ports: [
          { name: 'A', port: 70_000 },
          { name: 'a', protocol: 'ICMP' },
          { name: 'a', appProtocol: '-' },
          { name: '', protocol: '' },
        ],
      }),
    }),
  },
];

export default lists;
