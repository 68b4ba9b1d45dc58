import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorText, type KubeObject } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import { endpointSliceKind } from '../discovery/endpoint-slice.ts';
import type { Kind } from '../kind.ts';
import { priorityClassKind } from '../scheduling/priority-class.ts';
import { clusterRoleBindingKind } from '../rbac/cluster-role-binding.ts';
import { roleKind } from '../rbac/role.ts';
import { podDisruptionBudgetKind } from '../policy/pod-disruption-budget.ts';
import {
  context,
  createErrors,
  created,
  defaulted,
  earlier,
  row,
  updateErrors,
} from '../testing/index.ts';
import { bindingKind } from './binding.ts';
import { configMapKind } from './config-map.ts';
import { endpointsKind } from './endpoints.ts';
import { limitRangeKind } from './limit-range.ts';
import { namespaceKind } from './namespace.ts';
import { nodeKind } from './node.ts';
import { persistentVolumeClaimKind } from './persistent-volume-claim.ts';
import { resourceQuotaKind } from './resource-quota.ts';
import { secretKind } from './secret.ts';

const metadata = { name: 'a', namespace: 'shop', creationTimestamp: earlier(90) };

test('a namespace starts active, with its label and its finalizer', () =>
  assert.deepEqual(created(namespaceKind, { metadata: { name: 'shop' } }), {
    metadata: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }));

test('an update of a namespace cannot take its finalizer, only finalize can', () => {
  const before = created(namespaceKind, { metadata: { name: 'shop' } });
  const next = { ...before, spec: { finalizers: [] } };
  assert.deepEqual(namespaceKind.prepareForUpdate!(next, before, context).spec, before.spec);
  assert.deepEqual(
    namespaceKind.facets!['finalize']!.prepareForUpdate(next, before, context).spec,
    next.spec,
  );
});

test('a secret’s stringData becomes data', () =>
  assert.deepEqual(
    defaulted(secretKind, { metadata, data: { a: 'eA==' }, stringData: { b: 'é' } }),
    {
      metadata,
      data: { a: 'eA==', b: 'w6k=' },
      type: 'Opaque',
    },
  ));

interface Case {
  readonly name: string;
  readonly kind: Kind;
  readonly object: object;
  readonly before?: object;
  readonly errors: readonly string[];
}
const of = <T extends KubeObject>(kind: Kind<T>): Kind => kind as unknown as Kind;
const binding = (fields: object): object => ({
  metadata,
  roleRef: { kind: 'ClusterRole', name: 'view' },
  ...fields,
});
const frozen = 'field is immutable when `immutable` is set';
const cases: readonly Case[] = [
  {
    name: 'good data',
    kind: of(configMapKind),
    object: { metadata, data: { 'a.txt': 'x' } },
    errors: [],
  },
  {
    name: 'a key twice',
    kind: of(configMapKind),
    object: { metadata, data: { a: 'x' }, binaryData: { a: 'eA==' } },
    errors: ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
  },
  {
    name: 'a frozen config map',
    kind: of(configMapKind),
    before: { metadata, immutable: true, data: { a: 'x' } },
    object: { metadata, data: { a: 'y' } },
    errors: [`immutable: Forbidden: ${frozen}`, `data: Forbidden: ${frozen}`],
  },
  {
    name: 'too much data',
    kind: of(configMapKind),
    object: { metadata, data: { a: 'x'.repeat(2 ** 20 + 1) } },
    errors: ['[]: Too long: may not be more than 1048576 bytes'],
  },
  {
    name: 'a TLS secret without key',
    kind: of(secretKind),
    object: { metadata, type: 'kubernetes.io/tls', data: { 'tls.crt': 'eA==' } },
    errors: ['data[tls.key]: Required value'],
  },
  {
    name: 'another type of secret',
    kind: of(secretKind),
    before: { metadata },
    object: { metadata, type: 'mine' },
    errors: ['type: Invalid value: "mine": field is immutable'],
  },
  {
    name: 'endpoints of nothing',
    kind: of(endpointsKind),
    object: { metadata, subsets: [{ ports: [{ port: 80 }] }] },
    errors: ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`'],
  },
  {
    name: 'a slice of the wrong family',
    kind: of(endpointSliceKind),
    object: { metadata, addressType: 'IPv6', endpoints: [{ addresses: ['10.0.0.1'] }] },
    errors: ['endpoints[0].addresses: Invalid value: "10.0.0.1": must be an IPv6 address'],
  },
  {
    name: 'a rule of nothing',
    kind: of(roleKind),
    object: { metadata, rules: [{ verbs: [] }] },
    errors: [
      'rules[0].verbs: Required value: verbs must contain at least one value',
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
      'rules[0].resources: Required value: resource rules must supply at least one resource',
    ],
  },
  {
    name: 'a binding',
    kind: of(clusterRoleBindingKind),
    object: binding({ subjects: [{ kind: 'User', name: 'alice' }] }),
    errors: [],
  },
  {
    name: 'a binding to another role',
    kind: of(clusterRoleBindingKind),
    before: binding({}),
    object: binding({ roleRef: { kind: 'ClusterRole', name: 'edit' } }),
    errors: [
      'roleRef: Invalid value: {"kind":"ClusterRole","name":"edit","apiGroup":"rbac.authorization.k8s.io"}: cannot change roleRef',
    ],
  },
  {
    name: 'a binding of a service account of nowhere',
    kind: of(clusterRoleBindingKind),
    object: binding({ subjects: [{ kind: 'ServiceAccount', name: 'bot' }] }),
    errors: ['subjects[0].namespace: Required value'],
  },
  {
    name: 'a priority above users’',
    kind: of(priorityClassKind),
    object: { metadata: { name: 'high' }, value: 1_000_000_001 },
    errors: ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
  },
  {
    name: 'both bounds of a budget',
    kind: of(podDisruptionBudgetKind),
    object: { metadata, spec: { minAvailable: 1, maxUnavailable: '200%' } },
    errors: [
      'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":"200%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
      'spec.maxUnavailable: Invalid value: "200%": must not be greater than 100%',
    ],
  },
  {
    name: 'a binding to a shelf',
    kind: of(bindingKind),
    object: { metadata, target: { kind: 'Shelf' } },
    errors: [
      'target.kind: Unsupported value: "Shelf": supported values: "Node", "<empty>"',
      'target.name: Required value',
    ],
  },
  {
    name: 'a taint twice',
    kind: of(nodeKind),
    object: {
      metadata: { name: 'n' },
      spec: {
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
      },
    },
    errors: [
      'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
    ],
  },
  {
    name: 'a node’s range that moves',
    kind: of(nodeKind),
    before: { metadata: { name: 'n' }, spec: { podCIDRs: ['10.1.0.0/24'] } },
    object: { metadata: { name: 'n' }, spec: { podCIDRs: ['10.2.0.0/24'] } },
    errors: [
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    ],
  },
];
for (const { name, kind, object, before, errors } of cases)
  test(`${kind.resource.resource}: ${name}`, () =>
    assert.deepEqual(
      before ? updateErrors(kind, object, before) : createErrors(kind, object),
      errors,
    ));

test('the phase of a namespace follows its deletion', () => {
  const before = created(namespaceKind, { metadata: { name: 'shop' } });
  const next = { ...before, status: { phase: 'Terminating' } };
  assert.deepEqual(
    [...namespaceKind.status!.validateUpdate!(next, before, context)].map(fieldErrorText),
    [
      'status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
    ],
  );
});

test('columns of nodes', () => {
  const node = {
    metadata: {
      name: 'n1',
      creationTimestamp: earlier(86_400 * 3),
      labels: { 'node-role.kubernetes.io/control-plane': '' },
    },
    spec: { unschedulable: true },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
      nodeInfo: { kubeletVersion: 'v1.36.2' },
    },
  } as unknown as Node;
  assert.deepEqual(Object.values(row(nodeKind, node)), [
    ...['n1', 'Ready,SchedulingDisabled', 'control-plane', '3d', 'v1.36.2', '10.0.0.1', '<none>'],
    ...['<unknown>', '<unknown>', '<unknown>'],
  ]);
});

test('columns of endpoints', () => {
  const addresses = [1, 2, 3, 4].map((last) => ({ ip: `10.0.0.${last}` }));
  assert.deepEqual(
    row(endpointsKind, { metadata, subsets: [{ addresses, ports: [{ port: 80 }] }] }),
    { Name: 'a', Endpoints: '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...', Age: '90s' },
  );
  const slice = {
    metadata,
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'] }],
    ports: [{ port: 80 }],
  };
  assert.deepEqual(Object.values(row(endpointSliceKind, slice)), [
    'a',
    'IPv4',
    '80',
    '10.0.0.1',
    '90s',
  ]);
});

test('a limit range keeps its own order', () =>
  assert.deepEqual(
    createErrors(limitRangeKind, {
      metadata: { name: 'l', namespace: 'shop' },
      spec: { limits: [{ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }, { type: 'x' }] },
    }),
    [
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      'spec.limits[1].type: Invalid value: "x": must be a standard limit type or fully qualified',
    ],
  ));

test('a quota names resources and scopes that there are', () =>
  assert.deepEqual(
    createErrors(resourceQuotaKind, {
      metadata: { name: 'q', namespace: 'shop' },
      spec: { hard: { storage: '1' }, scopes: ['BestEffort', 'NotBestEffort'] },
    }),
    [
      'spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes',
    ],
  ));

test('a claim says in both fields where its data comes from', () => {
  const dataSource = { kind: 'PersistentVolumeClaim', name: 'old' };
  const claim = { metadata: { name: 'c', namespace: 'shop' }, spec: { dataSource } };
  assert.deepEqual(created(persistentVolumeClaimKind, claim).spec.dataSourceRef, dataSource);
  const other = { ...claim, spec: { dataSource: { kind: 'Secret', name: 'old' } } };
  assert.equal(created(persistentVolumeClaimKind, other).spec.dataSource, undefined);
});
