import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { isatty } from 'node:tty';
import type { Io } from '@coxswain/cli';
import type { Signals } from './signals.ts';

/** Streams are made when first asked for, and cost time. */
let isInputUsed = false;

/** This process as the place where a command of kubectl reads and writes. */
export const processIo = (signals: Pick<Signals, 'lend'>): Io => ({
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  get stdin() {
    isInputUsed = true;
    return process.stdin;
  },
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
  isInTerminal: isatty(0),
  isOutTerminal: isatty(1),
  isErrTerminal: isatty(2),
  get columns() {
    return process.stdout.columns ?? 0;
  },
});

/** A read that nobody waits for any more would keep the process. */
export const letGoOfInput = (): void => void (isInputUsed && process.stdin.destroy());
