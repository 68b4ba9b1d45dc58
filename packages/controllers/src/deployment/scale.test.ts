import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, ReplicaSet } from '@coxswain/api/types/apps-v1';
import { roll } from './scale.ts';
import type { View } from './sets.ts';

const d = {
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas: 10, strategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 3 } } },
} as unknown as Deployment;

const set = (replicas: number, availableReplicas: number): ReplicaSet =>
  ({ metadata: { name: 'set' }, spec: { replicas }, status: { availableReplicas } }) as ReplicaSet;

const steps: readonly {
  readonly name: string;
  readonly newest: readonly [replicas: number, available: number];
  readonly old: readonly (readonly [replicas: number, available: number])[];
  readonly becomes: readonly number[];
}[] = [
  { name: 'the newest grows first', newest: [3, 3], old: [[9, 9]], becomes: [4] },
  { name: 'what is to spare goes', newest: [10, 8], old: [[3, 3]], becomes: [1] },
  { name: 'what does not serve goes first', newest: [10, 8], old: [[3, 1]], becomes: [1] },
  { name: 'nothing to spare', newest: [10, 6], old: [[3, 3]], becomes: [] },
  { name: 'one that has yet to shrink is waited for', newest: [10, 8], old: [[2, 3]], becomes: [] },
  {
    name: 'also one that is to have none',
    newest: [10, 8],
    old: [
      [0, 1],
      [2, 2],
    ],
    becomes: [],
  },
];

for (const { name, newest, old, becomes } of steps)
  test(`a step of a rolling update: ${name}`, () => {
    const sets = old.map((each) => set(...each));
    const now = set(...newest);
    const view = { d, newest: now, old: sets, all: [...sets, now] } as unknown as View;
    const sizes = roll(view).flatMap((action) =>
      'object' in action ? [(action.object as ReplicaSet).spec!.replicas] : [],
    );
    assert.deepEqual(sizes, becomes);
  });
