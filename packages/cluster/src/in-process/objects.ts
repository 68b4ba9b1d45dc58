import { ApiError, DecodeError, type KubeObject, parseYamlDocuments } from '@coxswain/api';
import type { Client } from '@coxswain/client';
import type { AnyObject, NamedKinds } from './kinds.ts';
import type { Cluster, InNamespace } from './options.ts';

export const namespaceDefault = 'default';
const managerDefault = 'coxswain';

/** The objects in a YAML text, or as they are given; those of a List each by itself. */
function objectsIn(given: string | KubeObject | readonly KubeObject[]): readonly KubeObject[] {
  const found: readonly unknown[] =
    typeof given === 'string'
      ? parseYamlDocuments(given).map(({ value }) => value)
      : [given].flat();
  return found.flatMap((object) => {
    if (typeof object !== 'object' || object === null) throw new DecodeError('not an object');
    const { kind = '', items } = object as { kind?: string; items?: readonly KubeObject[] };
    return kind.endsWith('List') && items ? items : [object as KubeObject];
  });
}

/** Applies one after the other; `settle` lets the server come to know a kind that was only just defined. */
export async function applyAll(
  given: Parameters<Cluster['apply']>[0],
  { namespace = namespaceDefault, manager = managerDefault }: InNamespace & { manager?: string },
  parts: {
    readonly client: Client;
    readonly kinds: NamedKinds;
    readonly settle: () => Promise<void>;
    readonly signal: AbortSignal;
  },
): Promise<readonly AnyObject[]> {
  const { client, kinds, settle, signal } = parts;
  const stored: AnyObject[] = [];
  for (const object of objectsIn(given)) {
    if (!kinds.ofObject(object)) await settle();
    const resource = kinds.ofObject(object);
    const { apiVersion = 'v1', kind = '', metadata } = object;
    if (!resource) {
      const message = `no matches for kind "${kind}" in version "${apiVersion}"`;
      throw new ApiError(404, 'NotFound', message);
    }
    const place = resource.namespaced && !metadata?.namespace ? { namespace } : {};
    const placed = { ...object, apiVersion, metadata: { ...metadata, ...place } };
    stored.push(await client.apply(resource, placed, { manager, force: true, signal }));
  }
  return stored;
}
