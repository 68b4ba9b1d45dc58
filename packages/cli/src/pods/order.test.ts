import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@coxswain/api/types/core-v1';
import { byActivity, byLogging } from './order.ts';

const at = (minute: number): string => `2026-01-01T00:0${minute}:00Z`;

interface Traits {
  readonly isPlaced?: boolean;
  readonly phase?: string;
  readonly readySince?: number;
  readonly restarts?: number;
  readonly createdAt?: number;
  readonly isLeaving?: boolean;
}

const pod = (name: string, traits: Traits): Pod => ({
  metadata: {
    name,
    creationTimestamp: at(traits.createdAt ?? 0),
    ...(traits.isLeaving && { deletionTimestamp: at(9) }),
  },
  spec: { containers: [], ...(traits.isPlaced !== false && { nodeName: 'n' }) },
  status: {
    phase: (traits.phase ?? 'Running') as 'Running',
    ...(traits.readySince !== undefined && {
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at(traits.readySince) }],
    }),
    containerStatuses: [{ name: 'a', restartCount: traits.restarts ?? 0 } as never],
  },
});

const cases = [
  { name: 'placed first', first: {}, second: { isPlaced: false }, both: true },
  { name: 'running before pending', first: {}, second: { phase: 'Pending' }, both: true },
  { name: 'ready first', first: { readySince: 5 }, second: {}, both: true },
  { name: 'ready for longer', first: { readySince: 1 }, second: { readySince: 2 }, both: true },
  { name: 'older first', first: { createdAt: 1 }, second: { createdAt: 2 }, both: true },
  { name: 'more restarts say more', first: { restarts: 2 }, second: { restarts: 1 }, both: false },
];
for (const { name, first, second, both } of cases)
  test(name, () => {
    const [one, other] = [pod('one', first), pod('other', second)];
    assert.deepEqual([other, one].toSorted(byLogging), [one, other]);
    assert.deepEqual([other, one].toSorted(byActivity), both ? [one, other] : [other, one]);
  });

test('who leaves is the last to be attached to', () => {
  const [one, other] = [
    pod('one', { createdAt: 2 }),
    pod('other', { createdAt: 1, isLeaving: true }),
  ];
  assert.deepEqual([other, one].toSorted(byActivity), [one, other]);
});
