import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequestInfo } from '../chain/parse-request-info.ts';
import { policyOf, recorded } from './policy.ts';

const head = { kind: 'Policy', apiVersion: 'audit.k8s.io/v1' };
const policy = policyOf({
  ...head,
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', nonResourceURLs: ['/healthz*'] },
    { level: 'Request', resources: [{ resources: ['*/log'] }], omitManagedFields: true },
    { level: 'RequestResponse', namespaces: ['a'], verbs: ['get'], users: ['alice'] },
    { level: 'Metadata', userGroups: ['devs'], omitStages: ['Panic'] },
  ],
});
const alice = { name: 'alice', groups: ['devs'] };
const cases: readonly (readonly [method: string, path: string, level: string])[] = [
  ['GET', '/healthz/etcd', 'None'],
  ['GET', '/api/v1/namespaces/a/pods/x/log', 'Request'],
  ['GET', '/api/v1/namespaces/a/pods/x', 'RequestResponse'],
  ['POST', '/api/v1/namespaces/a/pods', 'Metadata'],
  ['GET', '/version', 'Metadata'],
];
for (const [method, path, level] of cases)
  test(`${method} ${path} is recorded at ${level}`, () => {
    const info = parseRequestInfo(method, path, new URLSearchParams());
    assert.equal(recorded(policy, alice, info).level, level);
  });

test('nobody in particular is recorded by no rule', () => {
  const info = parseRequestInfo('GET', '/version', new URLSearchParams());
  const nobody = { name: 'x', groups: [] };
  assert.equal(recorded(policy, nobody, info).level, 'None');
});

for (const [given, words] of [
  [{ ...head, rules: [] }, /^Error: loaded illegal policy with 0 rules$/],
  [{ ...head, rules: [{ level: 'All' }] }, /rules\[0\]\.level: Unsupported value: "All"/],
  [{ rules: [] }, /^Error: failed decoding: no kind ""/],
  [
    { ...head, rules: [{ level: 'None', nonResourceURLs: ['x'] }] },
    /rules\[0\]\.nonResourceURLs\[0\]: Invalid value: "x": non-resource URL rules must begin/,
  ],
] as const)
  test(`refused: ${words.source}`, () => assert.throws(() => policyOf(given), words));
