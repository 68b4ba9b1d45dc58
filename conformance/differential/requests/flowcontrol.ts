/** Priority and fairness: what is refused of schemas and levels, in what words, and what is filled in. */
import { edits } from '../edits.ts';
import type { Request, RequestList } from '../request.ts';

const root = '/apis/flowcontrol.apiserver.k8s.io/v1';
const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
const level = (spec: object, name = 'level'): object => ({
  ...{ apiVersion, kind: 'PriorityLevelConfiguration', metadata: { name }, spec },
});
const schema = (spec: object, name = 'schema'): object => ({
  ...{ apiVersion, kind: 'FlowSchema', metadata: { name } },
  spec: { priorityLevelConfiguration: { name: 'exempt' }, ...spec },
});
const limited = (fields: object): object => level({ type: 'Limited', limited: fields });
const queuing = (fields: object): object =>
  limited({ limitResponse: { type: 'Queue', queuing: fields } });
const reject = { limitResponse: { type: 'Reject' } };

const group = { kind: 'Group', group: { name: 'system:masters' } };
const resourceRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true };
const rule = (fields: object): object => schema({ rules: [{ subjects: [group], ...fields }] });
const ruled = (fields: object): object => rule({ resourceRules: [{ ...resourceRule, ...fields }] });
const pathed = (fields: object): object =>
  rule({ nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'], ...fields }] });
const subject = (...subjects: readonly object[]): object =>
  schema({ rules: [{ subjects, resourceRules: [resourceRule] }] });
const account = (fields: object): object =>
  subject({ kind: 'ServiceAccount', serviceAccount: fields });

const levels = {
  nothing: level({}),
  'an odd type': level({ type: 'Odd' }),
  'limited, and how is not said': level({ type: 'Limited' }),
  'another exempt one': level({ type: 'Exempt' }),
  'exempt and limited': level({ type: 'Exempt', limited: reject }, 'exempt'),
  'limited and exempt': level({ type: 'Limited', limited: reject, exempt: {} }),
  'exempt, shares below zero': level(
    { type: 'Exempt', exempt: { nominalConcurrencyShares: -1, lendablePercent: 101 } },
    'exempt',
  ),
  'no response': limited({}),
  'an odd response': limited({ limitResponse: { type: 'Odd' } }),
  'rejects, with queues': limited({ limitResponse: { type: 'Reject', queuing: {} } }),
  'queues, without any': limited({ limitResponse: { type: 'Queue' } }),
  'filled in': queuing({}),
  'shares of nothing': limited({ nominalConcurrencyShares: 0, ...reject }),
  'shares below zero': limited({ nominalConcurrencyShares: -1, ...reject }),
  'lends too much': limited({ lendablePercent: 101, ...reject }),
  'lends below zero': limited({ lendablePercent: -1, ...reject }),
  'borrows below zero': limited({ borrowingLimitPercent: -1, ...reject }),
  'borrows much': limited({ borrowingLimitPercent: 1000, ...reject }),
  'queues below zero': queuing({ queues: -1, handSize: -1, queueLengthLimit: -1 }),
  'too many queues': queuing({ queues: 10_000_001, handSize: 1 }),
  'a hand of more than the deck': queuing({ queues: 4, handSize: 5 }),
  'a hand of too much chance': queuing({ queues: 512, handSize: 8 }),
  'a hand of just enough chance': queuing({ queues: 128, handSize: 8 }),
  'catch-all, changed': level({ type: 'Limited', limited: reject }, 'catch-all'),
  'a name that cannot be': level({ type: 'Limited', limited: reject }, 'A_b'),
};
const preserving = (): object => {
  const made = limited(reject) as { metadata: object };
  const annotations = {
    'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares': '',
  };
  return { ...made, metadata: { name: 'level', annotations } };
};

const schemas = {
  nothing: { apiVersion, kind: 'FlowSchema', metadata: { name: 'schema' }, spec: {} },
  'filled in': schema({}),
  'precedence below zero': schema({ matchingPrecedence: -1 }),
  'precedence of exempt': schema({ matchingPrecedence: 1 }),
  'precedence too high': schema({ matchingPrecedence: 10_001 }),
  'an odd way to tell flows apart': schema({ distinguisherMethod: { type: 'Odd' } }),
  'no way to tell flows apart': schema({ distinguisherMethod: {} }),
  'a level that cannot be': schema({ priorityLevelConfiguration: { name: 'A_b' } }),
  'a rule of nothing': schema({ rules: [{}] }),
  'a rule about nothing': rule({}),
  'a subject of nothing': subject({}),
  'odd subjects': subject({ kind: 'Odd' }, { kind: 'User' }, { kind: 'Group' }),
  'subjects without names': subject(
    { kind: 'User', user: { name: '' } },
    { kind: 'Group', group: { name: '' } },
    { kind: 'ServiceAccount' },
  ),
  'subjects of two kinds': subject(
    { ...group, user: { name: 'a' }, serviceAccount: { name: 'a', namespace: 'a' } },
    { kind: 'User', user: { name: 'a' }, group: { name: 'a' } },
    {
      kind: 'ServiceAccount',
      serviceAccount: { name: 'a', namespace: 'a' },
      user: { name: 'a' },
      group: { name: 'a' },
    },
  ),
  'an account without a name': account({}),
  'all accounts': account({ name: '*', namespace: 'a' }),
  'an account that cannot be': account({ name: 'A_b', namespace: 'A_b' }),
  'resources of nothing': rule({ resourceRules: [{}] }),
  'odd verbs': ruled({ verbs: ['get', 'odd'] }),
  'all verbs and more': ruled({ verbs: ['*', 'get'] }),
  'all groups and more': ruled({ apiGroups: ['*', 'apps'] }),
  'all resources and more': ruled({ resources: ['*', 'pods'] }),
  'all namespaces and more': ruled({ namespaces: ['*', 'default'] }),
  'namespaces that cannot be': ruled({ namespaces: ['A_b', ''] }),
  'no namespace': ruled({ clusterScope: false }),
  'paths of nothing': rule({ nonResourceRules: [{}] }),
  'all paths and more': pathed({ nonResourceURLs: ['*', '/a'] }),
  'paths that cannot be': pathed({
    nonResourceURLs: ['', '/', 'a', '/a b', '//a', '/a*', '/*/a', '/a/*', '/*/*'],
  }),
  'odd verbs of paths': pathed({ verbs: ['odd'] }),
  'exempt, changed': schema({ matchingPrecedence: 2 }, 'exempt'),
  'catch-all, changed': schema({ matchingPrecedence: 2 }, 'catch-all'),
};

const status = (name: string, conditions: readonly object[]): Request => ({
  ...{ name, method: 'PATCH', contentType: 'application/merge-patch+json' },
  path: `${root}/flowschemas/catch-all/status?dryRun=All`,
  body: { status: { conditions } },
});

const lists: readonly RequestList[] = [
  {
    name: 'prioritylevelconfigurations, refused and filled in',
    requests: edits(`${root}/prioritylevelconfigurations`, {
      ...levels,
      'an annotation of another version': preserving(),
    }),
  },
  {
    name: 'flowschemas, refused and filled in',
    requests: [
      ...edits(`${root}/flowschemas`, schemas),
      status('conditions without types', [{}, { type: 'A' }, { type: 'A' }]),
    ],
  },
];
export default lists;
