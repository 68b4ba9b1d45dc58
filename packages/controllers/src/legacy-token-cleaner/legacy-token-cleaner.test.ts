import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMaps, type KubeObject, type Resource, ServiceAccounts } from '@coxswain/api';
import type { PodSpec } from '@coxswain/api/types/core-v1';
import type { Observed } from '@coxswain/control';
import { namespace } from '../testing/objects.ts';
import { legacyTokenCleaner } from './legacy-token-cleaner.ts';

const now = Date.UTC(2026, 5, 1);
const used = 'kubernetes.io/legacy-token-last-used';
const invalid = 'kubernetes.io/legacy-token-invalid-since';
const secretOf = (labels: Record<string, string> = {}, more: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token' },
  metadata: {
    ...{ name: 'token', namespace, uid: 's1', creationTimestamp: '2020-01-01T00:00:00Z', labels },
    annotations: {
      'kubernetes.io/service-account.name': 'ann',
      'kubernetes.io/service-account.uid': 'a1',
    },
  },
  ...more,
});

interface Around {
  readonly since?: string;
  readonly account?: object;
  readonly pod?: Partial<PodSpec>;
}

/** What a plan sees of a cluster. */
const observedOf = ({ since = '2024-01-01', account = {}, pod }: Around): Observed => {
  const objects = new Map<Resource, KubeObject>([
    [ConfigMaps, { metadata: { name: 'x' }, data: { since } } as KubeObject],
    [
      ServiceAccounts,
      {
        metadata: { name: 'ann', uid: 'a1' },
        secrets: [{ name: 'token' }],
        ...account,
      } as KubeObject,
    ],
  ]);
  return {
    ...{ nowMs: now, random: () => 0, failure: undefined, since: () => now, holdBackMs: () => 0 },
    get: (resource: Resource) => objects.get(resource),
    all: () => (pod ? [{ metadata: { name: 'p' }, spec: pod }] : []),
    ...{ owned: () => [], by: () => [] },
  } as unknown as Observed;
};

const containers = [{ name: 'c', image: 'i' }];
for (const [name, secret, around, want] of [
  ['never used', secretOf(), {}, 'patch'],
  ['used two years ago', secretOf({ [used]: '2024-05-01' }), {}, 'patch'],
  ['used last month', secretOf({ [used]: '2026-05-01' }), {}, undefined],
  ['used on the day a year ago', secretOf({ [used]: '2025-06-01' }), {}, undefined],
  ['used on the day before', secretOf({ [used]: '2025-05-31' }), {}, 'patch'],
  ['a label that is no day', secretOf({ [used]: 'soon' }), {}, undefined],
  ['uses are noted since half a year', secretOf(), { since: '2025-12-01' }, undefined],
  ['since a year less a day', secretOf(), { since: '2025-06-01' }, undefined],
  ['since a year', secretOf(), { since: '2025-05-31' }, 'patch'],
  ['it is not known since when', secretOf(), { since: '' }, undefined],
  ['made by hand', secretOf(), { account: { secrets: [] } }, undefined],
  [
    'of an account of before',
    secretOf(),
    { account: { metadata: { name: 'ann', uid: 'a2' } } },
    undefined,
  ],
  [
    'in a volume',
    secretOf(),
    { pod: { containers, volumes: [{ name: 'v', secret: { secretName: 'token' } }] } },
    undefined,
  ],
  [
    'in a projected volume',
    secretOf(),
    {
      pod: {
        containers,
        volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'token' } }] } }],
      },
    },
    undefined,
  ],
  [
    'to pull images',
    secretOf(),
    { pod: { containers, imagePullSecrets: [{ name: 'token' }] } },
    undefined,
  ],
  [
    'another name',
    secretOf(),
    { pod: { containers, imagePullSecrets: [{ name: 'other' }] } },
    'patch',
  ],
  ['invalid since a month', secretOf({ [invalid]: '2026-05-01' }), {}, undefined],
  ['invalid since two years', secretOf({ [invalid]: '2024-05-01' }), {}, 'remove'],
  ['another sort of secret', secretOf({}, { type: 'Opaque' }), {}, undefined],
] as const)
  test(`a token of a secret: ${name}`, () => {
    const { actions } = legacyTokenCleaner.plan(secret, observedOf(around), `${namespace}/token`);
    assert.deepEqual(
      actions.map((action) => action.do),
      want ? [want] : [],
    );
  });
