/** Writes down what kubectl prints: `UPSTREAM=DIR node conformance/cli/record.ts [LIST ...]`, with a kubectl 1.36 in that folder. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { mustRun } from '../testing/run.ts';
import { upstreamProgram, whyNoUpstream } from '../testing/upstream.ts';
import { lists } from './lists.ts';
import { runLines } from './run-lines.ts';

const missing = whyNoUpstream('kubectl');
if (missing) throw new Error(missing);
const path = upstreamProgram('kubectl')!;
const version = JSON.parse(await mustRun([path, 'version', '--client', '-o', 'json'])) as {
  readonly clientVersion: { readonly gitVersion: string };
};
const only = process.argv.slice(2);
mkdirSync(new URL('recorded/', import.meta.url), { recursive: true });
for (const list of lists.filter(({ name }) => only.length === 0 || only.includes(name))) {
  const printed = await runLines(list, { command: [path] });
  const recorded = {
    kubectl: version.clientVersion.gitVersion,
    printed: list.lines.map((line, at) => ({ line, ...printed[at] })),
  };
  writeFileSync(
    new URL(`recorded/${list.name}.json`, import.meta.url),
    `${JSON.stringify(recorded, null, 1)}\n`,
  );
  console.log(`${list.name}: ${printed.length} lines`);
}
