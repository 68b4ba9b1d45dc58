import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Io } from '@coxswain/cli';
import type { Signals } from './signals.ts';
import type { Terminal } from './verb.ts';

/** This process as the place where a command of kubectl reads and writes. */
export const processIo = (
  { out, err }: Pick<Terminal, 'out' | 'err'>,
  signals: Pick<Signals, 'lend'>,
): Io => ({
  ...{ out, err },
  stdin: process.stdin,
  async write(to, bytes) {
    const stream = to === 'out' ? process.stdout : process.stderr;
    if (!stream.write(bytes)) await once(stream, 'drain');
  },
  terminal: {
    raw() {
      process.stdin.setRawMode(true);
      // Node's raw mode still turns line feeds of the other side's terminal into two characters.
      spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
      return { [Symbol.dispose]: () => void process.stdin.setRawMode(false) };
    },
    lend: () => signals.lend(),
    size: () =>
      process.stdout.isTTY
        ? { Width: process.stdout.columns, Height: process.stdout.rows }
        : undefined,
    onResize(listener) {
      process.stdout.on('resize', listener);
      return { [Symbol.dispose]: () => void process.stdout.off('resize', listener) };
    },
  },
  isInTerminal: process.stdin.isTTY,
  isOutTerminal: process.stdout.isTTY,
  isErrTerminal: process.stderr.isTTY,
  columns: process.stdout.columns ?? 0,
});
