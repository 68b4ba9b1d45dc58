/** What became of each conformance test, as `conformance/results.tsv` keeps it. */

/** One test on one store. */
export interface Result {
  readonly test: string;
  readonly store: string;
  readonly passed: boolean;
  readonly commit: string;
  /** Undefined: it did not run, which counts as failed. */
  readonly seconds: number | undefined;
  readonly upstreamSeconds: number | undefined;
}

const head = ['test', 'store', 'result', 'commit', 'seconds', 'upstream seconds'];
const figure = (seconds: number | undefined): string => seconds?.toFixed(2) ?? '';

export function printResults(results: readonly Result[]): string {
  const rows = results
    .toSorted((a, b) => order(a).localeCompare(order(b)))
    .map((each) => [
      ...[each.test, each.store, each.passed ? 'passed' : 'failed', each.commit],
      ...[figure(each.seconds), figure(each.upstreamSeconds)],
    ]);
  return `${[head, ...rows].map((row) => row.join('\t')).join('\n')}\n`;
}

const order = ({ test, store }: Result): string => `${test}\t${store}`;

export function parseResults(text: string): readonly Result[] {
  return rowsOf(text).map(([test, store, result, commit, seconds, upstream]) => ({
    ...{ test: test!, store: store!, commit: commit!, passed: result === 'passed' },
    seconds: seconds ? Number(seconds) : undefined,
    upstreamSeconds: upstream ? Number(upstream) : undefined,
  }));
}

/** A table of tab-separated values without its head. */
export const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map((line) => line.split('\t'));

/** What a suite's JUnit report says: seconds of each test that passed or failed, by name without its labels. */
export function parseReport(
  xml: string,
): ReadonlyMap<string, { passed: boolean; seconds: number }> {
  const found = new Map<string, { passed: boolean; seconds: number }>();
  for (const [, attributes] of xml.matchAll(/<testcase ([^>]*)>/g)) {
    const attribute = (name: string): string =>
      unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes!)?.[1] ?? '');
    const status = attribute('status');
    if (status === 'skipped' || status === 'pending') continue;
    const name = attribute('name').replace(/^\[It\] /, '');
    found.set(plainName(name), { passed: status === 'passed', seconds: Number(attribute('time')) });
  }
  return found;
}

/** Reports append labels to names in square brackets that newer releases order anew: `[sig-x, Conformance]`. */
export const plainName = (name: string): string => name.replace(/ \[[^\][]*,[^\][]*\]$/, '').trim();

const unescaped = (text: string): string =>
  text
    .replaceAll('&#34;', '"')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
