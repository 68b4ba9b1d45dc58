import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parseReport, parseResults, printResults, rowsOf } from './results.ts';

test('a report is read, whatever is in its names', () => {
  const xml = `<testsuite><testcase name="[It] [sig-x] a &quot;b&quot; [Conformance] [sig-x, Conformance]" status="passed" time="1.5">
</testcase><testcase name="[It] [sig-x] c [Conformance]" status="failed" time="2"><failure/></testcase>
<testcase name="[It] [sig-x] d [Conformance]" status="skipped" time="0"></testcase></testsuite>`;
  assert.deepEqual(Object.fromEntries(parseReport(xml)), {
    '[sig-x] a "b" [Conformance]': { passed: true, seconds: 1.5 },
    '[sig-x] c [Conformance]': { passed: false, seconds: 2 },
  });
});

test('results are printed and read alike', () => {
  const results = [
    {
      ...{ test: 'a', store: 'etcd', passed: true, commit: '1234567' },
      ...{ seconds: 1.25, upstreamSeconds: 1 },
    },
    {
      ...{ test: 'b', store: 'sqlite', passed: false, commit: '1234567' },
      ...{ seconds: undefined, upstreamSeconds: undefined },
    },
  ];
  assert.deepEqual(parseResults(printResults(results)), results);
});

test('every test that needs no pod has its result on every store', async () => {
  const folder = new URL('.', import.meta.url);
  const wanted = rowsOf(await readFile(new URL('api-only.tsv', folder), 'utf8'));
  const results = parseResults(await readFile(new URL('../results.tsv', folder), 'utf8'));
  for (const store of ['sqlite', 'memory', 'etcd'])
    assert.deepEqual(
      results.filter((each) => each.store === store).map((each) => each.test),
      wanted.map(([name]) => name).toSorted((a, b) => a!.localeCompare(b!)),
    );
});
