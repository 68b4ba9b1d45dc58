import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const child = fileURLToPath(new URL('./writer.child.ts', import.meta.url));

export const writerCommand = (
  file: string,
  writers: number,
  commits: number,
): readonly string[] => [process.execPath, child, file, String(writers), String(commits)];

/** Starts `command`; every line of its output goes to `seen`. Ends when it has ended and all was read. */
export async function run(
  command: readonly string[],
  seen: (line: string, process: ChildProcess) => void,
): Promise<void> {
  const started = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(started, 'exit');
  for await (const line of createInterface({ input: started.stdout })) seen(line, started);
  await ended;
}

/** False, with a skip that says so, where strace cannot be had; in CI that is a failure. */
export function strace(t: TestContext): boolean {
  const works = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;
  if (works) return true;
  if (process.env['CI']) throw new Error('CI needs a working strace');
  t.skip('needs strace: apt-get install strace');
  return false;
}
