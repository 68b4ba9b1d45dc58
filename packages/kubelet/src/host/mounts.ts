import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Mounts } from '../volumes/plugin.ts';

const run = promisify(execFile);

const unescape = (point: string): string =>
  point.replaceAll(/\\(\d{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );

/** Mount points at or below `folder`, deepest first. */
export async function mountsBelow(folder: string): Promise<string[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8');
  return text
    .split('\n')
    .map((line) => unescape(line.split(' ')[4] ?? ''))
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .toReversed();
}

/** Unmounts everything at or below `folder`. */
export async function unmountBelow(folder: string): Promise<void> {
  for (const point of await mountsBelow(folder)) await run('umount', [point]);
}

/** Mounts by the machine's own mount program; what is mounted already stays. */
export const machineMounts: Mounts = {
  async tmpfs(dir, options) {
    if ((await mountsBelow(dir)).includes(dir)) return;
    const text = options.length > 0 ? ['-o', options.join(',')] : [];
    await run('mount', ['-t', 'tmpfs', ...text, 'tmpfs', dir]);
  },
};
