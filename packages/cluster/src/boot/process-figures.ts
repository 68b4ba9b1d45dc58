import { readdirSync, readFileSync } from 'node:fs';

/** What this process takes of the machine. */
export function processFigures(): {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly virtualBytes: number;
  readonly virtualBytesMax: number;
  readonly openFiles: number;
  readonly filesMax: number;
} {
  const { user, system } = process.cpuUsage();
  const status = read('/proc/self/status');
  const limits = read('/proc/self/limits');
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    virtualBytes: Number(/VmSize:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024,
    // Without a limit, the most that 64 bits count: as Go's client has it.
    virtualBytesMax: Number(/Max address space\s+(\d+)/.exec(limits)?.[1] ?? 2 ** 64),
    openFiles: count('/proc/self/fd'),
    filesMax: Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? 0),
  };
}

/** Nothing where there is no /proc. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function count(path: string): number {
  try {
    return readdirSync(path).length;
  } catch {
    return 0;
  }
}
