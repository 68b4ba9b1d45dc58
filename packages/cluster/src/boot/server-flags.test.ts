import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from './go-duration.ts';
import { serverFlags, type ServerFlag } from './server-flags.ts';

for (const [text, want] of [
  ['5m0s', 300_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1.5s', 1500],
] as const)
  test(`duration: ${text}`, () => assert.equal(durationMs(text), want));

for (const [flag, wrong] of [
  ['authorization-mode', 'Node,RABC'],
  ['etcd-compaction-interval', '5'],
  ['service-cluster-ip-range', '10.96.0.0'],
  ['service-cluster-ip-range', '10.96.0.0/16,10.97.0.0/16'],
  ['service-cluster-ip-range', '10.96.0.0/16,fd00::/1000'],
  ['service-cluster-ip-range', '10.96.0.0/16,fd00::/112,fd01::/112'],
  ['service-node-port-range', '32767-30000'],
  ['feature-gates', 'Foo'],
  ['max-requests-inflight', 'many'],
  ['anonymous-auth', 'yes'],
] as const satisfies readonly (readonly [ServerFlag, string])[])
  test(`server flag refused: --${flag}=${wrong}`, () =>
    assert.throws(() => serverFlags[flag].parse(wrong)));
