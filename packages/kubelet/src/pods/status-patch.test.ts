import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodCondition, PodStatus } from '@coxswain/api/types/core-v1';
import { statusPatch } from './status-patch.ts';

const ready = (status: string, more: object = {}): PodCondition => ({
  type: 'Ready',
  status,
  ...more,
});
const gate: PodCondition = { type: 'example.com/gate', status: 'True' };

const cases: readonly (readonly [string, PodStatus, PodStatus, unknown])[] = [
  ['nothing new', { phase: 'Running' }, { phase: 'Running' }, undefined],
  [
    'null is as good as absent',
    { phase: 'Running', reason: undefined },
    { phase: 'Running' },
    undefined,
  ],
  ['a field that goes', { phase: 'Failed', reason: 'x' }, { phase: 'Failed' }, { reason: null }],
  [
    'another address',
    { podIPs: [{ ip: '1' }] },
    { podIPs: [{ ip: '2' }] },
    { podIPs: [{ ip: '2' }, { $patch: 'replace' }] },
  ],
  [
    'conditions of others stay theirs',
    { conditions: [gate] },
    { conditions: [{ ...gate, status: 'False' }, ready('True')] },
    { conditions: [ready('True')] },
  ],
  [
    'a condition says less',
    { conditions: [ready('False', { reason: 'x' })] },
    { conditions: [ready('True')] },
    { conditions: [{ ...ready('True'), reason: null }] },
  ],
];

for (const [name, before, after, want] of cases)
  test(`status patch: ${name}`, () => assert.deepEqual(statusPatch(before, after), want));
