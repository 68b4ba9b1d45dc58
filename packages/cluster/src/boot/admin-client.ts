import { systemWorld } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import { httpClient, loadKubeconfig } from '@coxswain/client/http';
import { Failure } from '../command/verb.ts';
import type { ClusterPaths } from '../home/paths.ts';
import { coxswainVersion } from '../version.ts';

/** A client of a running cluster, as its administrator. */
export async function adminClient(paths: ClusterPaths): Promise<Client & Disposable> {
  const world = systemWorld();
  const target = await loadKubeconfig(paths.kubeconfig, { clock: world.clock }).catch(
    (cause: Error) => {
      throw new Failure(`cannot read ${paths.kubeconfig}: ${cause.message}`, { cause });
    },
  );
  return httpClient(target, { world, agent: `cox/${coxswainVersion}` });
}
