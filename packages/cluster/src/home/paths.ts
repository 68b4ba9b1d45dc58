import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where a cluster keeps what: `data` survives `cox down`, `run` does not survive it (nor a reboot). */
export interface ClusterPaths {
  readonly data: string;
  /** Six hex digits of the folder: names interfaces, namespaces and cgroups, which have little room. */
  readonly id: string;
  readonly settings: string;
  readonly store: string;
  readonly pki: string;
  readonly kubeconfig: string;
  readonly clock: string; // where a time of its own stands, as JSON
  readonly log: string;
  readonly run: string;
  readonly daemon: string; // who runs, as JSON
}

/** `$COX_HOME`, else `~/.coxswain`. */
export const coxHome = (env: NodeJS.ProcessEnv = process.env): string =>
  resolve(env['COX_HOME'] || join(homedir(), '.coxswain'));

export function clusterPaths(dataDir: string, isRoot: boolean): ClusterPaths {
  const data = resolve(dataDir);
  const id = createHash('sha256').update(data).digest('hex').slice(0, 6);
  // Sockets have paths of at most 107 bytes, so they live under a short folder where that can be written.
  const run = isRoot ? `/run/coxswain/${id}` : join(data, 'run');
  return {
    data,
    id,
    settings: join(data, 'cluster.json'),
    store: join(data, 'store'),
    pki: join(data, 'pki'),
    kubeconfig: join(data, 'kubeconfig'),
    clock: join(data, 'clock.json'),
    log: join(data, 'log'),
    run,
    daemon: join(run, 'daemon.json'),
  };
}
