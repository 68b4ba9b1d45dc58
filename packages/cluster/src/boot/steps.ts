import type { Clock } from '@coxswain/base';
import type { Reporter } from './report.ts';

/** Runs the parts of a start one by one, telling of each with its time. */
export type Step = <T>(
  title: string,
  work: () => Promise<T>,
  note?: (result: T) => string,
) => Promise<T>;

export const steps =
  (clock: Clock, report: Reporter): Step =>
  async (title, work, note) => {
    const startMs = clock.now();
    report({ type: 'start', step: title });
    const result = await work();
    const text = note?.(result);
    report({
      type: 'done',
      step: title,
      tookMs: clock.now() - startMs,
      ...(text !== undefined && { note: text }),
    });
    return result;
  };
