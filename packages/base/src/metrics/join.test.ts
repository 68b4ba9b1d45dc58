import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinExpositions } from './join.ts';
import { Metrics } from './registry.ts';

const own = { name: 'depth', help: 'How deep.', stability: 'ALPHA', labels: ['name'] } as const;

test('metrics of two threads are one text: families once, series of both, the first of two that are the same', () => {
  const [here, there] = [new Metrics(), new Metrics()];
  here.gauge(own).set(1, 'a');
  here.gauge({ name: 'up', help: 'Up.', stability: undefined }).set(1);
  there.gauge(own).set(2, 'b c');
  there.gauge(own).set(9, 'a');
  there.histogram({ ...own, name: 'took', buckets: [1] }).observe(2, 'x');
  assert.equal(
    joinExpositions([here.text(), there.text()]),
    `# HELP depth [ALPHA] How deep.
# TYPE depth gauge
depth{name="a"} 1
depth{name="b c"} 2
# HELP took [ALPHA] How deep.
# TYPE took histogram
took_bucket{name="x",le="1"} 0
took_bucket{name="x",le="+Inf"} 1
took_sum{name="x"} 2
took_count{name="x"} 1
# HELP up Up.
# TYPE up gauge
up 1
`,
  );
});

test('the text of one thread stays as it is', async () => {
  const metrics = new Metrics();
  metrics.gauge(own).set(1, 'a');
  assert.equal(await metrics.whole(), metrics.text());
  metrics.also(async () => '# HELP more [ALPHA] More.\n# TYPE more counter\nmore 3\n');
  assert.match(await metrics.whole(), /^depth\{name="a"\} 1\n# HELP more/m);
});
