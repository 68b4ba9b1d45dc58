import { FlowSchemas, PriorityLevelConfigurations } from '@coxswain/api';
import type {
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  Subject,
} from '@coxswain/api/types/flowcontrol-v1';
import { type Wanted, wanted } from './policy.ts';

const metadata = (name: string) => ({
  name,
  annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' },
});

/** Shares and lendable percent; then queues, hand size and queue length, for levels that queue. */
const levels: readonly (readonly [
  name: string,
  shares: number,
  lendable: number,
  queues?: readonly [number, number, number],
])[] = [
  ['catch-all', 5, 0],
  ['system', 30, 33, [64, 6, 50]],
  ['node-high', 40, 25, [64, 6, 50]],
  ['leader-election', 10, 0, [16, 4, 50]],
  ['workload-high', 40, 50, [128, 6, 50]],
  ['workload-low', 100, 90, [128, 6, 50]],
  ['global-default', 20, 50, [128, 6, 50]],
];

const level = ([name, shares, lendable, queues]: (typeof levels)[number]): Wanted =>
  wanted(PriorityLevelConfigurations, {
    metadata: metadata(name),
    spec: {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: shares,
        lendablePercent: lendable,
        limitResponse: queues
          ? {
              type: 'Queue',
              queuing: { queues: queues[0], handSize: queues[1], queueLengthLimit: queues[2] },
            }
          : { type: 'Reject' },
      },
    },
  });

const exempt: Wanted = wanted(PriorityLevelConfigurations, {
  metadata: metadata('exempt'),
  spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
});

const group = (name: string): Subject => ({ kind: 'Group', group: { name } });
const user = (name: string): Subject => ({ kind: 'User', user: { name } });
const systemAccounts: Subject = {
  kind: 'ServiceAccount',
  serviceAccount: { name: '*', namespace: 'kube-system' },
};
const everybody = [group('system:unauthenticated'), group('system:authenticated')];
const everything: readonly ResourcePolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true },
];
const all = (subjects: readonly Subject[]): PolicyRulesWithSubjects => ({
  subjects,
  resourceRules: everything,
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
});
const leases = (verbs: readonly string[]): ResourcePolicyRule => ({
  verbs,
  apiGroups: ['coordination.k8s.io'],
  resources: ['leases'],
  namespaces: ['*'],
});

interface Schema {
  readonly level: string;
  readonly precedence: number;
  readonly by?: 'ByUser' | 'ByNamespace';
  readonly rules: PolicyRulesWithSubjects;
}

const schemas: Readonly<Record<string, Schema>> = {
  exempt: { level: 'exempt', precedence: 1, rules: all([group('system:masters')]) },
  'catch-all': { level: 'catch-all', precedence: 10_000, by: 'ByUser', rules: all(everybody) },
  probes: {
    level: 'exempt',
    precedence: 2,
    rules: {
      subjects: everybody,
      nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
    },
  },
  'system-leader-election': {
    level: 'leader-election',
    precedence: 100,
    by: 'ByUser',
    rules: {
      subjects: [
        user('system:kube-controller-manager'),
        user('system:kube-scheduler'),
        systemAccounts,
      ],
      resourceRules: [leases(['get', 'create', 'update'])],
    },
  },
  'system-node-high': {
    level: 'node-high',
    precedence: 400,
    by: 'ByUser',
    rules: {
      subjects: [group('system:nodes')],
      resourceRules: [
        {
          verbs: ['*'],
          apiGroups: [''],
          resources: ['nodes', 'nodes/status'],
          namespaces: ['*'],
          clusterScope: true,
        },
        leases(['*']),
      ],
    },
  },
  'system-nodes': {
    level: 'system',
    precedence: 500,
    by: 'ByUser',
    rules: all([group('system:nodes')]),
  },
  'kube-controller-manager': {
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    rules: all([user('system:kube-controller-manager')]),
  },
  'kube-scheduler': {
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    rules: all([user('system:kube-scheduler')]),
  },
  'kube-system-service-accounts': {
    level: 'workload-high',
    precedence: 900,
    by: 'ByNamespace',
    rules: all([systemAccounts]),
  },
  'service-accounts': {
    level: 'workload-low',
    precedence: 9000,
    by: 'ByUser',
    rules: all([group('system:serviceaccounts')]),
  },
  'global-default': {
    level: 'global-default',
    precedence: 9900,
    by: 'ByUser',
    rules: all(everybody),
  },
};

const schema = ([name, { level, precedence, by, rules }]: readonly [string, Schema]): Wanted =>
  wanted(FlowSchemas, {
    metadata: metadata(name),
    spec: {
      priorityLevelConfiguration: { name: level },
      matchingPrecedence: precedence,
      ...(by && { distinguisherMethod: { type: by } }),
      rules: [rules],
    },
  });

/** Upstream's mandatory and suggested priority levels and flow schemas. */
export const flowControl: readonly Wanted[] = [
  exempt,
  ...levels.map(level),
  ...Object.entries(schemas).map(schema),
];
