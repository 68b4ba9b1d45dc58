import { padded } from '@coxswain/base';
import type { Terminal } from './verb.ts';

/** Steps of a longer command with their times: live lines on a terminal, one plain line each elsewhere. */
export interface Progress {
  start(step: string): void;
  done(step: string, tookMs: number, note?: string): void;
  failed(step: string): void;
}

export function progressOn({ err, words, live, colour }: Terminal): Progress {
  const mark = (symbol: string, code: number): string =>
    colour.err ? `\u001b[${code}m${symbol}\u001b[0m` : symbol;
  const clear = live ? '\r\u001b[2K' : '';
  return {
    start(step) {
      if (live) err(`${clear}  ${words(step)} ...`);
    },
    done(step, tookMs, note) {
      const time = duration(tookMs).padStart(8);
      const title = padded(words(step), titleWidth);
      err(`${clear}${mark('✓', 32)} ${title}${time}${note ? `  ${note}` : ''}\n`);
    },
    failed(step) {
      err(`${clear}${mark('✗', 31)} ${words(step)}\n`);
    },
  };
}

/** Columns of the longest title, and some blanks. */
const titleWidth = 34;

/** `85 ms`, `1.24 s`, `3 min 05 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
