import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceClaim } from '@coxswain/api/types/resource-v1';
import { ClaimLedger } from './claim-ledger.ts';

const holding = (version: string, ...devices: readonly string[]): ResourceClaim =>
  ({
    metadata: { name: 'c', namespace: 'ns', uid: 'u', resourceVersion: version },
    status: devices.length
      ? {
          allocation: {
            devices: {
              results: devices.map((device) => ({ request: 'r', driver: 'd', pool: 'p', device })),
            },
          },
        }
      : {},
  }) as object as ResourceClaim;

type Step = (ledger: ClaimLedger) => void;
const choose: Step = (ledger) => ledger.choose(holding('1', 'x'));
const drop: Step = (ledger) => ledger.drop(holding('1'));
const written =
  (version: string, ...devices: readonly string[]): Step =>
  (ledger) =>
    ledger.written(holding(version, ...devices));
const shown =
  (version: string, ...devices: readonly string[]): Step =>
  (ledger) =>
    ledger.see({ now: holding(version, ...devices), before: undefined });
const gone: Step = (ledger) => ledger.see({ now: undefined, before: holding('9') });

for (const [name, steps, held, pending] of [
  ['shown', [shown('1', 'x')], true, false],
  ['chosen', [shown('1'), choose], true, true],
  ['chosen, then not', [shown('1'), choose, drop], false, false],
  ['written', [shown('1'), choose, written('2', 'x')], true, false],
  [
    'shown before it is known to be written',
    [choose, shown('2', 'x'), written('2', 'x')],
    true,
    false,
  ],
  ['written, and the past is shown late', [written('12', 'x'), shown('9')], true, false],
  ['written and then given back', [written('2', 'x'), shown('3')], false, false],
  ['gone', [written('2', 'x'), gone], false, false],
] as const)
  test(`claims: ${name}`, () => {
    const ledger = new ClaimLedger();
    for (const step of steps) step(ledger);
    assert.equal(ledger.allocated.isHeld('d/p/x'), held);
    assert.equal(ledger.isPending(holding('1')), pending);
    // Each counts once: what is given back is free.
    ledger.drop(holding('1'));
    gone(ledger);
    assert.equal(ledger.allocated.isUsed('d/p/x'), false);
  });
