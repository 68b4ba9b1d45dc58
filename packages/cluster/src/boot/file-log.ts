import { appendFileSync, mkdirSync } from 'node:fs';
import { createLog, formatLogLine, systemClock, type World } from '@coxswain/base';
import type { ClusterPaths } from '../home/paths.ts';
import { daemonLog } from './spawn.ts';

/** The cluster's log, also when it runs in the foreground. */
export function fileLog(paths: ClusterPaths): World['log'] {
  mkdirSync(paths.log, { recursive: true });
  const file = daemonLog(paths);
  return createLog(
    (line) => {
      if (line.level !== 'debug') appendFileSync(file, `${formatLogLine(line)}\n`);
    },
    () => systemClock.now(),
  );
}
