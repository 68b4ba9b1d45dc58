import { readFile } from 'node:fs/promises';
import { systemClock } from '@coxswain/base';

/** A process of ours, safe against a pid that the kernel has given away again. */
export interface ProcessId {
  readonly pid: number;
  readonly started: string; // field 22 of /proc/PID/stat; '' where there is no /proc
}

/** Names the running process `pid`; undefined when there is none. */
export async function identify(pid: number): Promise<ProcessId | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : { pid, started: fields[19] ?? '' };
  } catch {
    return process.platform === 'linux' || !answers(pid) ? undefined : { pid, started: '' };
  }
}

export async function isRunning(id: ProcessId): Promise<boolean> {
  return (await identify(id.pid))?.started === id.started;
}

/** Asks `id` to end, kills it after `graceMs`; resolves when it is gone. */
export async function stopProcess(id: ProcessId, graceMs: number): Promise<void> {
  if (!(await isRunning(id))) return;
  signalProcess(id.pid, 'SIGTERM');
  const deadline = systemClock.now() + graceMs;
  let killed = false;
  while (await isRunning(id)) {
    if (!killed && systemClock.now() >= deadline) {
      signalProcess(id.pid, 'SIGKILL');
      killed = true;
    }
    await systemClock.sleep(10);
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between: what was wanted.
  }
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
