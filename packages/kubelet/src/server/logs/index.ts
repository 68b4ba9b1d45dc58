import type { PodLogOptions } from '@coxswain/api/types/core-v1';
import type { LogTarget } from '../../runtime.ts';
import { type LogReading, readLogFile } from './read-file.ts';
import { readLogLines } from './read-lines.ts';

/** A container's log, as the options want it. */
export const readLog = (
  log: LogTarget,
  options: PodLogOptions,
  reading: LogReading,
): AsyncGenerator<Uint8Array, void> =>
  'path' in log ? readLogFile(log.path, options, reading) : readLogLines(log, options, reading);
