import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Failure } from '../command/verb.ts';
import { makeFolder } from '../home/files.ts';
import type { ClusterPaths } from '../home/paths.ts';
import { identify, stopProcess } from '../system/process.ts';
import { readReports, type Reporter } from './report.ts';

export const daemonLog = (paths: ClusterPaths): string => join(paths.log, 'cox.log');

/** A cluster's objects may take half of the machine's memory: V8 alone would stop at four gigabytes. */
const heapFlag = (): string =>
  `--max-old-space-size=${Math.max(4096, Math.floor(totalmem() / 2 ** 21))}`;

/** Those of ours but for what `cox` sets for the sake of short lines. */
const ownFlags = (): readonly string[] =>
  process.execArgv.filter((flag) => !/^--(min-semi-space-size=|use-openssl-ca$)/.test(flag));

/** Descriptor on which a cluster's process tells of its start. */
export const reportDescriptor = 3;

/**
 * Starts the cluster's own process, which outlives this one, and hands on its reports until it is ready.
 * Throws Failure when it fails or ends before; it has then taken back what it had started.
 */
export async function startDaemon(
  paths: ClusterPaths,
  report: Reporter,
  signal: AbortSignal,
): Promise<string> {
  await makeFolder(paths.log);
  signal.throwIfAborted();
  const log = await open(daemonLog(paths), 'a');
  const child = spawn(
    process.execPath,
    [...ownFlags(), heapFlag(), process.argv[1]!, 'serve', 'cluster', '--data', paths.data],
    {
      detached: true,
      cwd: '/',
      stdio: ['ignore', log.fd, log.fd, 'pipe'],
      env: { ...process.env, COX_REPORT: String(reportDescriptor) },
    },
  );
  await log.close();
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const pipe = child.stdio[reportDescriptor] as Readable;
    for await (const news of readReports(pipe.setEncoding('utf8'))) {
      if (news.type === 'failed') await ended(child);
      if (news.type === 'failed' && signal.aborted) throw signal.reason; // it was told to stop
      if (news.type === 'failed')
        throw new Failure(news.message, {
          log: daemonLog(paths),
          ...(news.advice && { advice: news.advice }),
        });
      if (news.type === 'ready') {
        pipe.destroy();
        return news.server;
      }
      report(news);
    }
  } finally {
    child.unref();
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  throw new Failure('the cluster ended while it started', { log: daemonLog(paths) });
}

/** How long a process may take to end that has taken back all it had started. */
const endMaxMs = 5_000;

async function ended({ pid }: ChildProcess): Promise<void> {
  const process = await identify(pid!);
  if (process) await stopProcess(process, endMaxMs);
}
