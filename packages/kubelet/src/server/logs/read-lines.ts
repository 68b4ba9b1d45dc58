import type { PodLogOptions } from '@coxswain/api/types/core-v1';
import type { LogLine, LogTarget } from '../../runtime.ts';
import { entryOf } from './entry.ts';
import type { LogReading } from './read-file.ts';
import { LogSelection } from './selection.ts';

/** What a runtime keeps of a log itself, as the options want it. */
export async function* readLogLines(
  log: Extract<LogTarget, { lines: unknown }>,
  options: PodLogOptions,
  { clock, signal, isRunning }: LogReading,
): AsyncGenerator<Uint8Array, void> {
  const selection = new LogSelection(options, clock.now());
  let last: LogLine | undefined;
  let tail = options.tailLines;
  for (;;) {
    const isLast = !options.follow || !(await isRunning());
    const lines = log.lines();
    const from = last ? lines.lastIndexOf(last) + 1 : 0;
    const fresh = lines.slice(tail === undefined ? from : Math.max(0, lines.length - tail));
    tail = undefined;
    last = fresh.at(-1) ?? last;
    const out: Uint8Array[] = [];
    for (const line of fresh) selection.take(entryOf(line), out);
    if (out.length > 0) yield Buffer.concat(out);
    if (isLast || selection.isDone || signal.aborted) return;
    await log.changed(signal).catch(() => undefined);
  }
}
