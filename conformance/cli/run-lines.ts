import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WalkCluster } from '../testing/cluster.ts';
import { run } from '../testing/run.ts';
import { FixedServer } from './fixed-answers.ts';
import { type LineList, type Printed, settled, wordsOf } from './line-list.ts';

const root = new URL('../../', import.meta.url).pathname;

/** Without what a test runner adds to it. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A program that takes kubectl's lines. */
export interface Program {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `cox` under the name kubectl: what a link of that name starts, without the launcher's look at the sources for each line. */
export const ours: Program = {
  command: [`${root}node_modules/.bin/node`, `${root}dist/cox.mjs`],
  env: { COX_COMMAND: 'kubectl' },
};

/** Runs all lines of a list on a cluster of their own, and gives what each printed. */
export async function runLines(
  { files, lines, env, answers, isLogCompared }: LineList,
  program: Program,
): Promise<readonly Printed[]> {
  await using cluster = answers
    ? await FixedServer.start(answers)
    : await WalkCluster.start({ runtime: 'simulated', nodes: 1 });
  const folder = join(cluster.folder, 'files');
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await mkdir(folder, { recursive: true });
  const printed: Printed[] = [];
  for (const line of lines) {
    const { out, err, code } = await run([...program.command, ...wordsOf(line)], {
      cwd: folder,
      env: { ...cluster.env, PATH, ...env, ...program.env, HOME: cluster.folder },
    });
    printed.push({
      out: settled(out, line, isLogCompared),
      err: settled(err, line, isLogCompared),
      code,
    });
  }
  return printed;
}
