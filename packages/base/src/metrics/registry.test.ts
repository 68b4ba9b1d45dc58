import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goNumber, Metrics } from './registry.ts';

for (const [value, text] of [
  ...[
    [0, '0'],
    [1e5, '100000'],
    [1e6, '1e+06'],
    [1048576, '1.048576e+06'],
    [123456, '123456'],
  ],
  ...[
    [1e-4, '0.0001'],
    [1e-5, '1e-05'],
    [1.05e6, '1.05e+06'],
    [1e21, '1e+21'],
    [-2.5, '-2.5'],
  ],
  ...[
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NaN, 'NaN'],
    [1e-8, '1e-08'],
  ],
] as [number, string][])
  test(`a number as Go writes it: ${text}`, () => assert.equal(goNumber(value), text));

test('counters, gauges and histograms in text, by name, their labels sorted', () => {
  const metrics = new Metrics();
  const seconds = metrics.histogram({
    ...{
      name: 'b_seconds',
      help: 'Time.',
      stability: 'ALPHA',
      labels: ['verb'],
      buckets: [0.1, 1],
    },
  });
  for (const value of [0.1, 0.2, 3]) seconds.observe(value, 'GET');
  const total = metrics.counter({
    ...{ name: 'a_total', help: 'All.', stability: 'STABLE', labels: ['verb', 'code'] },
  });
  total.add(1, 'GET', '200');
  total.add(2, 'GET', '200');
  total.add(1, 'a"\n\\', '500');
  metrics.gauge({ name: 'unset', help: 'None.', stability: 'ALPHA', labels: ['x'] });
  assert.equal(metrics.counter({ name: 'a_total', help: '', stability: 'ALPHA' }), total);
  assert.equal(
    metrics.text(),
    `# HELP a_total [STABLE] All.
# TYPE a_total counter
a_total{code="200",verb="GET"} 3
a_total{code="500",verb="a\\"\\n\\\\"} 1
# HELP b_seconds [ALPHA] Time.
# TYPE b_seconds histogram
b_seconds_bucket{verb="GET",le="0.1"} 1
b_seconds_bucket{verb="GET",le="1"} 2
b_seconds_bucket{verb="GET",le="+Inf"} 3
b_seconds_sum{verb="GET"} 3.3
b_seconds_count{verb="GET"} 3
`,
  );
});
