import { readFileSync } from 'node:fs';
import { KubernetesObjectApi, loadAllYaml } from '@kubernetes/client-node';
import type { WalkCluster } from './cluster.ts';

/** Full path of a manifest of `examples/`. */
export const example = (name: string): string =>
  new URL(`../../examples/${name}.yaml`, import.meta.url).pathname;

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Creates the objects of a manifest of `examples/`, in its order. */
export async function applyExample(
  cluster: WalkCluster,
  namespace: string,
  name: string,
): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(cluster.config());
  for (const object of loadAllYaml(readFileSync(example(name), 'utf8')) as Manifest[])
    await api.create({ ...object, metadata: { ...object.metadata, namespace } });
}
