import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Clock } from '@coxswain/base';
import { RuntimeError } from '../runtime.ts';
import type { CommandEnded } from './events.ts';
import type { CriWire } from './wire.ts';

const callMs = 10_000;
const firstMs = 10;
const maxMs = 2_000;
/** How long clients get to take the last output: with containerd's end, what input it has not read resets its connection. */
const lastOutputMs = 500;
const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/**
 * Sees to it that containerd notices the end of a command that has not read all of its input. Containerd (1.6 to 2.x) ends
 * a session when all input is in the pipe to its shim; the shim holds both ends of the command's own pipe, so that what
 * the command leaves in there is never refused, and with more than the pipes hold the session would stand forever, and what
 * it holds in containerd with it. What nobody can read any longer is therefore read here.
 */
export async function dropUnreadInput(
  wire: CriWire,
  clock: Clock,
  { containerId, execId }: CommandEnded,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (let waitMs = firstMs; ; waitMs = Math.min(2 * waitMs, maxMs)) {
      await clock.sleep(waitMs, signal);
      const answer = await wire.call('GetProcess', { containerId, execId }, callMs, signal);
      const { stdin, stdout, stderr } = answer['process'] as Record<string, string>;
      if (!stdin) return;
      // Output that is still being taken is reason enough to stand, and with its end containerd takes no more input.
      if ((await isRead(stdout)) || (await isRead(stderr))) continue;
      await clock.sleep(lastOutputMs, signal);
      await empty(stdin);
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Containerd has forgotten the command, or is about to. */
const isGone = (error: unknown): boolean =>
  error instanceof RuntimeError ? error.code === 'notFound' : hasCode(error, 'ENOENT');

const hasCode = (error: unknown, code: string): boolean =>
  (error as NodeJS.ErrnoException).code === code;

/** Whether somebody has the named pipe open for reading. */
async function isRead(path: string | undefined): Promise<boolean> {
  if (!path) return false;
  try {
    await (await open(path, O_WRONLY | O_NONBLOCK)).close();
    return true;
  } catch (error) {
    if (hasCode(error, 'ENXIO')) return false;
    throw error;
  }
}

async function empty(path: string): Promise<void> {
  await using pipe = await open(path, O_RDONLY | O_NONBLOCK);
  try {
    while ((await pipe.read()).bytesRead > 0);
  } catch (error) {
    if (!hasCode(error, 'EAGAIN')) throw error;
  }
}
