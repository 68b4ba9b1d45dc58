/**
 * Runs upstream's own end-to-end suite, the conformance tests that need no pod, against a fresh cluster of ours, and writes
 * what became of each to `conformance/results.tsv`: `UPSTREAM=DIR node conformance/e2e/run.ts [sqlite|memory|etcd ...]`.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WalkCluster } from '../testing/cluster.ts';
import { findProgram } from '../testing/machine.ts';
import { mustRun, run } from '../testing/run.ts';
import { freePorts, upstreamProgram, whyNoUpstream } from '../testing/upstream.ts';
import { Running } from '../testing/run.ts';
import { parseReport, parseResults, printResults, type Result, rowsOf } from './results.ts';

const deadlineMs = 90 * 60_000;
const here = new URL('.', import.meta.url);
const resultsFile = new URL('../results.tsv', here);
/** As upstream's own run was measured. */
const compaction = ['--etcd-compaction-interval', '60s'];

interface Wanted {
  readonly test: string;
  readonly upstreamSeconds: number;
}

const wantedTests = async (): Promise<readonly Wanted[]> =>
  rowsOf(await readFile(new URL('api-only.tsv', here), 'utf8')).map(([test, seconds]) => ({
    test: test!,
    upstreamSeconds: Number(seconds),
  }));

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

async function runSuite(cluster: WalkCluster, wanted: readonly Wanted[]): Promise<string> {
  const report = join(cluster.folder, 'report');
  await mkdir(report, { recursive: true });
  const focus = `(${wanted.map(({ test }) => escaped(test)).join('|')})`;
  const kubectl = upstreamProgram('kubectl') ?? findProgram('kubectl');
  await run(
    [
      ...[upstreamProgram('e2e.test')!, `--kubeconfig=${cluster.kubeconfig}`],
      ...['--provider=skeleton', '--allowed-not-ready-nodes=-1', '--minStartupPods=0'],
      ...['--num-nodes=2', '--disable-log-dump', `--report-dir=${report}`],
      ...[`--ginkgo.focus=${focus}`, '--ginkgo.no-color', '--ginkgo.timeout=85m'],
      ...(kubectl === undefined ? [] : [`--kubectl-path=${kubectl}`]),
    ],
    { deadlineMs, cwd: report },
  );
  return readFile(join(report, 'junit_01.xml'), 'utf8');
}

/** The flags of a store, and what must run beside it. */
async function storeFlags(
  store: string,
  stack: AsyncDisposableStack,
  folder: string,
): Promise<readonly string[]> {
  if (store !== 'etcd') return ['--datastore', store];
  const [client, peer] = await freePorts(2);
  const [own, between] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  stack.use(
    new Running([
      ...[upstreamProgram('etcd') ?? 'etcd', '--data-dir', join(folder, 'etcd')],
      ...['--listen-client-urls', own, '--advertise-client-urls', own],
      ...['--listen-peer-urls', between, '--initial-advertise-peer-urls', between],
      ...['--initial-cluster', `default=${between}`, '--log-level', 'error'],
    ]),
  );
  return ['--datastore', own];
}

async function resultsOn(store: string, commit: string): Promise<readonly Result[]> {
  const wanted = await wantedTests();
  await using stack = new AsyncDisposableStack();
  const place = await WalkCluster.prepare();
  const flags = await storeFlags(store, stack, place.folder);
  const cluster = stack.use(
    await WalkCluster.start({ runtime: 'simulated', nodes: 2, flags: [...flags, ...compaction] }),
  );
  const report = parseReport(await runSuite(cluster, wanted));
  return wanted.map(({ test, upstreamSeconds }) => {
    const ran = report.get(test);
    return {
      ...{ test, store, commit, upstreamSeconds },
      passed: ran?.passed === true,
      seconds: ran?.seconds,
    };
  });
}

const why = whyNoUpstream('e2e.test');
if (why !== undefined) {
  process.stderr.write(`${why}\n`);
  process.exitCode = 1;
} else {
  const given = process.argv.slice(2);
  const commit = (await mustRun(['git', 'rev-parse', '--short', 'HEAD'])).trim();
  for (const store of given.length > 0 ? given : ['sqlite', 'memory', 'etcd']) {
    const results = await resultsOn(store, commit);
    const kept = parseResults(await readFile(resultsFile, 'utf8').catch(() => ''));
    const others = kept.filter((each) => each.store !== store);
    await writeFile(resultsFile, printResults([...others, ...results]));
    const failed = results.filter(({ passed }) => !passed);
    for (const { test } of failed) process.stdout.write(`failed  ${test}\n`);
    const slow = results.filter(
      ({ seconds = 0, upstreamSeconds }) =>
        upstreamSeconds !== undefined && seconds > 1.5 * upstreamSeconds + 1,
    );
    for (const { test, seconds, upstreamSeconds } of slow)
      process.stdout.write(`slow    ${test}: ${seconds} s, upstream ${upstreamSeconds} s\n`);
    const passed = results.length - failed.length;
    process.stdout.write(`${store}: ${passed} of ${results.length} passed\n`);
  }
}
