import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@coxswain/api/types/core-v1';
import { usageOf } from './usage.ts';

test('what pods seem to use follows from their requests, or from annotations', () => {
  const status = {
    containerStatuses: [
      {
        name: 'c',
        containerID: 'simulated://x',
        state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
      },
    ],
  } as never;
  const requests = { cpu: '100m', memory: '100Mi' };
  const podOf = (resources: object, annotations = {}): Pod => ({
    metadata: { name: 'a', annotations },
    spec: { containers: [{ name: 'c', image: 'app:1', resources }] },
    status,
  });
  const nowMs = Date.UTC(2026, 0, 1, 0, 0, 10);
  const [one] = usageOf([podOf({ requests })], nowMs);
  const milliCpu = one!.cpuNanoseconds! / 10_000 / 1_000;
  assert.ok(milliCpu >= 30 && milliCpu <= 80, String(milliCpu));
  const told = podOf({}, { 'simulated.coxswain.dev/cpu-usage': '250m' });
  assert.equal(usageOf([told], nowMs)[0]!.cpuNanoseconds, 2_500_000_000);
});
