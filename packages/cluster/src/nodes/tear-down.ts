import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClusterPaths } from '../home/paths.ts';
import { type ContainerdPlace, containerdSocket, stopContainerd } from './containerd.ts';
import { tearDownCgroup } from './cgroups.ts';
import { nodeAddress, type AddressPlan } from './addresses.ts';
import { tearDownLinks } from './links.ts';
import { endContainers, unmountBelow } from './shims.ts';

/** Where node `number` of a cluster keeps its runtime. */
export const containerdPlace = (
  paths: ClusterPaths,
  plan: AddressPlan,
  number: number,
): ContainerdPlace => ({
  id: paths.id,
  node: number,
  address: nodeAddress(plan, number),
  root: join(paths.data, 'nodes', String(number), 'containerd'),
  state: join(paths.run, `node-${number}`),
  cniConfig: join(paths.data, 'nodes', String(number), 'cni'),
  registries: join(paths.data, 'registries'),
  log: join(paths.log, `containerd-${number}.log`),
});

/**
 * Ends everything of a cluster's real nodes that runs or is mounted on this machine, whatever state an
 * earlier process left it in. Data folders stay.
 */
export async function tearDownNodes(paths: ClusterPaths, plan: AddressPlan): Promise<void> {
  const places = (await nodesWithState(paths)).map((number) =>
    containerdPlace(paths, plan, number),
  );
  await Promise.all(
    places.map(async (place) => {
      await stopContainerd(place);
      await endContainers(containerdSocket(place));
    }),
  );
  await unmountBelow(paths.run);
  await unmountBelow(join(paths.data, 'nodes'));
  await tearDownLinks(paths.id);
  await tearDownCgroup(`/coxswain-${paths.id}`);
  await rm(paths.run, { recursive: true, force: true });
  await rmdir(dirname(paths.run)).catch(() => {}); // shared with the other clusters that still run
}

async function nodesWithState(paths: ClusterPaths): Promise<number[]> {
  const names = await readdir(paths.run).catch(() => []);
  return names.flatMap((name) => (/^node-\d+$/.test(name) ? [Number(name.slice(5))] : []));
}
