import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressPlan, freeSlot, nodeAddress, overlaps, slotsMax } from './addresses.ts';

for (const [a, b, want] of [
  ['10.0.0.0/8', '10.200.0.0/16', true],
  ['10.200.1.7', '10.200.0.0/16', true],
  ['10.201.0.0/16', '10.200.0.0/16', false],
  ['0.0.0.0/0', '10.200.0.0/16', false],
  ['192.168.0.0/16', '192.168.200.0/24', true],
] as const)
  test(`overlap: ${a} ${b}`, () => {
    assert.equal(overlaps(a, b), want);
    assert.equal(overlaps(b, a), want);
  });

test('slots: the first free one that no route touches', () => {
  assert.equal(freeSlot(new Set(), []), 0);
  assert.equal(freeSlot(new Set([0]), ['172.30.1.0/24', '10.202.0.0/15']), 4);
  assert.equal(freeSlot(new Set(), ['10.0.0.0/8']), undefined);
});

test('plans of all slots are apart, and nodes lie in theirs', () => {
  const plans = Array.from({ length: slotsMax }, (_, slot) => addressPlan(slot));
  for (const plan of plans)
    for (const other of plans)
      if (plan !== other)
        assert.ok(!overlaps(plan.nodes, other.nodes) && !overlaps(plan.pods, other.pods));
  assert.ok(overlaps(plans[3]!.nodes, nodeAddress(plans[3]!, 200)));
  assert.notEqual(nodeAddress(plans[0]!, 1), plans[0]!.gateway);
});
