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
  /** Another server that the same credentials are shown to: a component of the cluster. */
  readonly at?: string | undefined;
}

/** A client of the cluster that the user's kubeconfig means, and the namespace that it is at. */
export async function kubeconfigClient(
  { kubeconfig, context, at }: ClusterChoice,
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
  // A component on this machine shows a certificate of its own making.
  const isHere =
    at !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(at).hostname);
  const server =
    at === undefined
      ? target
      : { ...target, url: at, ...(isHere && { ca: undefined, insecure: true }) };
  const client = httpClient(server, { world, agent: `cox/${coxswainVersion}` });
  return { client, namespace: target.namespace };
}
