import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValidatingAdmissionPolicies } from '@coxswain/api';
import type { Validation, Variable } from '@coxswain/api/types/admissionregistration-v1';
import { createTestCluster } from '../testing/index.ts';
import { policyStatus } from './policy-status.ts';

interface Case {
  readonly name: string;
  readonly resource?: readonly [group: string, version: string, resource: string];
  readonly validations: readonly Validation[];
  readonly variables?: readonly Variable[];
  readonly warnings: readonly (readonly [fieldRef: string, words: RegExp])[];
}

const at = (index: number): string => `spec.validations[${index}].expression`;

const cases: readonly Case[] = [
  {
    name: 'nothing to say',
    validations: [{ expression: 'object.spec.replicas > 1' }],
    warnings: [],
  },
  {
    name: 'types that do not fit, in expression and message',
    validations: [
      {
        expression: "object.spec.replicas > '1'",
        messageExpression: "'got ' + object.spec.replicas",
      },
    ],
    warnings: [
      [
        at(0),
        /^apps\/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '\(int, string\)'\n \| /,
      ],
      ['spec.validations[0].messageExpression', /'_\+_' applied to '\(string, int\)'/],
    ],
  },
  {
    name: 'fields, also of what is within itself, and what is more than one type',
    resource: ['', 'v1', 'pods'],
    validations: [
      { expression: 'object.spec.nope == 1' },
      { expression: 'object.spec.containers.all(c, c.resources.limits.cpu == 1)' },
      { expression: "object.metadata.labels['a'] == 1" },
      { expression: 'object.spec.containers[0].livenessProbe.httpGet.port == 80' },
    ],
    warnings: [
      [at(0), /^\/v1, Kind=Pod: ERROR: <input>:1:12: undefined field 'nope'\n/],
      [at(1), /undefined field 'limits'/],
      [at(2), /'_==_' applied to '\(string, int\)'/],
    ],
  },
  {
    name: 'a variable knows its type',
    variables: [{ name: 'n', expression: 'object.spec.replicas' }],
    validations: [{ expression: "variables.n == 'a'" }],
    warnings: [[at(0), /'_==_' applied to '\(int, string\)'/]],
  },
  {
    name: 'nobody serves it',
    resource: ['none', 'v1', 'nothing'],
    validations: [{ expression: 'object.a == 1' }],
    warnings: [],
  },
];

for (const { name, resource, validations, variables, warnings } of cases)
  test(name, async () => {
    await using cluster = await createTestCluster();
    const { signal } = cluster;
    cluster.start(policyStatus(cluster.server.engine));
    const [group, version, plural] = resource ?? ['apps', 'v1', 'deployments'];
    const rule = { apiGroups: [group], apiVersions: [version], resources: [plural] };
    await cluster.client.create(
      ValidatingAdmissionPolicies,
      {
        metadata: { name: 'policy' },
        spec: {
          matchConstraints: { resourceRules: [{ ...rule, operations: ['CREATE'] }] },
          ...{ validations, variables },
        },
      } as never,
      { signal },
    );
    await cluster.settle();
    const { metadata, status } = await cluster.client.get(ValidatingAdmissionPolicies, 'policy', {
      signal,
    });
    assert.equal(status?.observedGeneration, metadata.generation);
    const told = status?.typeChecking?.expressionWarnings ?? [];
    assert.deepEqual(
      told.map(({ fieldRef }) => fieldRef),
      warnings.map(([fieldRef]) => fieldRef),
    );
    for (const [index, [, words]] of warnings.entries()) assert.match(told[index]!.warning, words);
  });
