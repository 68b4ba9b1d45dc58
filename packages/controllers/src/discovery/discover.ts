import { ApiError, type Resource } from '@coxswain/api';
import type { Client } from '@coxswain/client';
import type { APIGroupList, APIResource, APIResourceList } from '@coxswain/api/types/meta';

/** A resource that the server serves, with the verbs it takes. */
export interface Served extends Resource {
  readonly verbs: readonly string[];
}

export interface Discovered {
  readonly resources: readonly Served[];
  /** Groups that are served but could not be asked, e.g. because their server is down. */
  readonly failures: readonly { readonly groupVersion: string; readonly error: Error }[];
}

/** Every resource in its group's preferred version; subresources left out. */
export async function discover(client: Client, signal: AbortSignal): Promise<Discovered> {
  const groups = (await client.raw({ method: 'GET', path: '/apis', signal })) as APIGroupList;
  const versions = groups.groups.flatMap(({ preferredVersion, versions: [first] }) => {
    const groupVersion = (preferredVersion ?? first)?.groupVersion;
    return groupVersion ? [groupVersion] : [];
  });
  const ends = await Promise.all(
    ['v1', ...versions].map(async (groupVersion) => {
      try {
        return { groupVersion, resources: await resourcesOf(client, groupVersion, signal) };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { groupVersion, error };
      }
    }),
  );
  return {
    resources: ends.flatMap((end) => ('resources' in end ? end.resources : [])),
    failures: ends.flatMap((end) => ('error' in end && end.error ? [end] : [])) as never,
  };
}

async function resourcesOf(
  client: Client,
  groupVersion: string,
  signal: AbortSignal,
): Promise<readonly Served[]> {
  const [group, version] = groupVersion.includes('/')
    ? (groupVersion.split('/') as [string, string])
    : ['', groupVersion];
  const path = group ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
  const list = (await client.raw({ method: 'GET', path, signal })) as APIResourceList;
  return list.resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, verbs }: APIResource) => ({
      group,
      version,
      resource: name,
      kind,
      namespaced,
      verbs: verbs as readonly string[],
    }));
}

export const takes = ({ verbs }: Served, ...wanted: readonly string[]): boolean =>
  wanted.every((verb) => verbs.includes(verb));
