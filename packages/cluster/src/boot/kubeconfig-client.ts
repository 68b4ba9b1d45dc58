import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { systemWorld } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import { httpClient, loadKubeconfig } from '@coxswain/client/http';
import { Failure } from '../command/verb.ts';
import { coxswainVersion } from '../version.ts';

/** Which cluster is meant, as kubectl's flags of these names say it. */
export interface ClusterChoice {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** A client of the cluster that the user's kubeconfig means, and the namespace that it is at. */
export async function kubeconfigClient(
  { kubeconfig, context }: ClusterChoice,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly client: Client & Disposable; readonly namespace: string }> {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  const path =
    kubeconfig ??
    named.find((each) => existsSync(each)) ??
    named[0] ??
    join(env['HOME'] ?? homedir(), '.kube/config');
  const world = systemWorld();
  const target = await loadKubeconfig(path, { clock: world.clock, context }).catch(
    (cause: Error) => {
      throw new Failure(`cannot use ${path}: ${cause.message}`, {
        cause,
        advice: 'start a cluster (cox up), or name a file: --kubeconfig FILE',
      });
    },
  );
  const client = httpClient(target, { world, agent: `cox/${coxswainVersion}` });
  return { client, namespace: target.namespace };
}
