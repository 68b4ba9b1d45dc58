import { readdir } from 'node:fs/promises';
import { Failure } from '../command/verb.ts';
import type { ClusterPaths } from '../home/paths.ts';
import { LayoutError, type Settings } from '../home/settings.ts';
import type { UpOptions } from './prepare.ts';

/** A running cluster takes no new flags: saying nothing about them would be a lie. */
export function refuseChanges(options: UpOptions, settings: Settings): void {
  const keys = ['port', 'nodes', 'runtime', 'datastore'] as const;
  const own = [
    ...keys.map((key) => [key, options[key], settings[key]] as const),
    ['clock', options.clock, settings.clock ?? 'real'] as const,
    ['threads', options.threads, settings.threads ?? 1] as const,
  ];
  const scheduler = [
    ['scheduler-config', options.schedulerConfig, settings.schedulerConfig] as const,
  ];
  const server = Object.entries(options.serverFlags).map(
    ([key, wanted]) => [key, wanted, settings.serverFlags[key]] as const,
  );
  const { simulated } = options;
  if (simulated !== undefined)
    throw new Failure(`cluster "${options.name}" is running`, {
      advice: `give it more nodes with: cox nodes add --simulated ${simulated} --name ${options.name}`,
    });
  const changed = [...own, ...scheduler, ...server].find(
    ([key, wanted, is]) =>
      wanted !== undefined && wanted !== is && !(key === 'port' && wanted === 0),
  );
  if (!changed) return;
  const [key, , is] = changed;
  const what =
    is === undefined
      ? `cluster "${options.name}" is running without --${key}`
      : `cluster "${options.name}" is running with --${key} ${is}`;
  throw new Failure(what, { advice: `stop it first: cox down --name ${options.name}` });
}

/** Whether the cluster's time is its own. That of what does not live in its process is the machine's, which cannot be moved. */
export function refuseClock(options: UpOptions, earlier: Settings | undefined): boolean {
  const clock = options.clock ?? earlier?.clock ?? 'real';
  if (clock === 'real') return false;
  const advice = 'leave --clock virtual out, or that';
  if ((options.runtime ?? earlier?.runtime) === 'containerd')
    throw new Failure(
      "real containers keep the machine's time: --clock virtual needs --runtime simulated",
      { advice },
    );
  if ((options.datastore ?? earlier?.datastore)?.includes('://'))
    throw new Failure(
      "etcd is a process of its own and keeps the machine's time: --clock virtual needs sqlite or memory",
      { advice },
    );
  if (options.threads === 2)
    throw new Failure(
      "the cluster's own time is taken step by step in one thread: --clock virtual needs --threads 1",
      { advice },
    );
  return true;
}

/** A cluster has one folder, and a folder one cluster; what else lies in a folder is not ours to remove later. */
export async function refuseFolder(
  { name }: UpOptions,
  { data }: ClusterPaths,
  earlier: Settings | undefined,
  registered: string | undefined,
): Promise<void> {
  if (earlier && earlier.name !== name)
    throw new Failure(`${data} holds cluster "${earlier.name}"`, {
      advice: `go on with it: cox up --name ${earlier.name} --data ${data}; or choose another folder with --data`,
    });
  if (registered !== undefined && registered !== data)
    throw new Failure(`cluster "${name}" has its data in ${registered}`, {
      advice: `leave --data out, choose another --name, or remove that cluster: cox down --name ${name} --wipe`,
    });
  if (earlier) return;
  const found = await readdir(data).catch(() => []);
  const foreign = found.find((entry) => entry !== 'log' && entry !== 'lost+found');
  if (foreign !== undefined)
    throw new Failure(`${data} holds no cluster, but is not empty: ${foreign}`, {
      advice: 'choose another folder with --data',
    });
}

/** What hinders reading a cluster's settings, and what to do about it. */
export function unreadable({ data }: ClusterPaths, cause: Error, name: string): Failure {
  if (cause instanceof LayoutError)
    return new Failure(cause.message, {
      cause,
      advice: 'use the version that wrote it, or another folder with --data',
    });
  if ('syscall' in cause)
    return new Failure(`cannot read ${data}: ${cause.message}`, {
      cause,
      advice: 'choose another folder with --data',
    });
  return new Failure(cause.message, {
    cause,
    advice: `mend or remove that file, or start afresh with: cox down --name ${name} --wipe`,
  });
}
