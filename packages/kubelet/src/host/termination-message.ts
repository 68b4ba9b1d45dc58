import { open } from 'node:fs/promises';
import { terminationPathAnnotation, terminationPolicyAnnotation } from '../pods/labels.ts';
import type { RuntimeContainer } from '../runtime.ts';

const messageBytesMax = 4096;
const logBytesMax = 2048;
const logLinesMax = 80;

/** What the container wrote to its termination message file, else by its policy the end of its log; empty for neither. */
export async function terminationMessage(container: RuntimeContainer): Promise<string> {
  const path = container.annotations[terminationPathAnnotation];
  const mount = container.mounts?.find(({ containerPath }) => containerPath === path);
  const own = mount ? await endOf(mount.hostPath, messageBytesMax) : '';
  if (own) return own;
  const isFallback = container.annotations[terminationPolicyAnnotation] === 'FallbackToLogsOnError';
  if (!isFallback || container.exitCode === 0 || !container.logPath) return '';
  return logEnd(await endOf(container.logPath, logBytesMax * 8));
}

/** The last lines of a CRI log, without what the runtime put before each. */
export function logEnd(text: string): string {
  const lines = text
    .split('\n')
    .flatMap(
      (line) => /^\S+ (?:stdout|stderr) ([FP])\S* (.*)$/.exec(line)?.slice(1, 3).join('\0') ?? [],
    )
    .slice(-logLinesMax)
    .map((line) => (line.startsWith('F') ? `${line.slice(2)}\n` : line.slice(2)));
  return Buffer.from(lines.join('')).subarray(-logBytesMax).toString();
}

async function endOf(path: string, bytesMax: number): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const buffer = Buffer.alloc(Math.min(size, bytesMax));
      await file.read(buffer, 0, buffer.length, Math.max(0, size - bytesMax));
      return buffer.toString();
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    return `Error on reading termination log ${path}: ${(error as Error).message}`;
  }
}
