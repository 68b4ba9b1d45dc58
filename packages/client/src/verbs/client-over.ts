import {
  ApiError,
  groupVersion,
  type KubeObject,
  type Resource,
  type WatchEvent,
} from '@coxswain/api';
import type { ListMeta, Status } from '@coxswain/api/types/meta';
import type { Client, List, PatchType, RemoveAt, WatchAt, WriteAt } from '../client.ts';
import { pathOf, queryOf } from './path.ts';
import type { Transport } from './transport.ts';

const patchTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/** Every verb of `Client` in terms of one transport, so that both transports say the same to the server. */
export function clientOver(transport: Transport): Client {
  return {
    ...reads(transport),
    ...writes(transport),
    ...removals(transport),
    raw: (call) => transport.call({ ...call, query: call.query ?? {} }),
  };
}

const reads = (transport: Transport): Pick<Client, 'get' | 'list' | 'watch'> => ({
  get: async (resource, name, at) =>
    (await transport.call({
      method: 'GET',
      path: pathOf(resource, { ...at, name }),
      query: {},
      signal: at.signal,
    })) as never,
  async list(resource, at) {
    const { labels, fields, limit, resourceVersion, metadataOnly, signal } = at;
    const answer = await transport.call({
      method: 'GET',
      path: pathOf(resource, at),
      query: queryOf({
        labelSelector: labels,
        fieldSelector: fields,
        limit,
        continue: at.continue,
        resourceVersion,
      }),
      metadataOnly,
      signal,
    });
    return listOf(resource, answer as ListAnswer<never>);
  },
  watch: (resource, at) => watchOver(transport, resource, at),
});

const writes = (transport: Transport): Pick<Client, 'create' | 'update' | 'patch' | 'apply'> => {
  const write = <T extends KubeObject>(
    method: 'POST' | 'PUT' | 'PATCH',
    path: string,
    body: unknown,
    at: WriteAt,
    more: { readonly patchType?: string; readonly force?: boolean | undefined } = {},
  ): Promise<T> =>
    transport.call({
      method,
      path,
      query: queryOf({ ...writeQuery(at), force: more.force }),
      body,
      patchType: more.patchType,
      isUnread: at.isUnread,
      signal: at.signal,
    }) as Promise<T>;
  return {
    create(resource, object, at) {
      const namespace = at.namespace ?? object.metadata.namespace;
      return write('POST', pathOf(resource, { ...at, namespace }), object, at);
    },
    update: (resource, object, at) => write('PUT', objectPath(resource, object, at), object, at),
    patch: (resource, name, type, patch, at) =>
      write('PATCH', pathOf(resource, { ...at, name }), patch, at, { patchType: patchTypes[type] }),
    apply: (resource, object, at) =>
      write('PATCH', objectPath(resource, object, at), object, at, {
        patchType: 'application/apply-patch+yaml',
        force: at.force,
      }),
  };
};

const removals = (transport: Transport): Pick<Client, 'remove' | 'removeAll'> => ({
  async remove(resource, name, at) {
    await transport.call({
      method: 'DELETE',
      path: pathOf(resource, { ...at, name }),
      query: {},
      body: deleteOptions(at),
      isUnread: true,
      signal: at.signal,
    });
  },
  async removeAll(resource, at) {
    await transport.call({
      method: 'DELETE',
      path: pathOf(resource, at),
      query: queryOf({ labelSelector: at.labels, fieldSelector: at.fields }),
      body: deleteOptions(at),
      isUnread: true,
      signal: at.signal,
    });
  },
});

const objectPath = (resource: Resource, object: KubeObject, at: WriteAt): string =>
  pathOf(resource, {
    namespace: at.namespace ?? object.metadata.namespace,
    name: object.metadata.name,
    subresource: at.subresource,
  });

const writeQuery = ({ dryRun, manager }: WriteAt): Record<string, string | undefined> => ({
  dryRun: dryRun ? 'All' : undefined,
  fieldManager: manager,
});

function deleteOptions(at: RemoveAt): unknown {
  const { uid, resourceVersion, graceSeconds, propagation } = at;
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
    ...(propagation && { propagationPolicy: propagation }),
    ...((uid ?? resourceVersion) !== undefined && {
      preconditions: { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) },
    }),
  };
}

interface ListAnswer<T> {
  readonly metadata: ListMeta;
  readonly items: readonly T[] | null;
}

function listOf<T extends KubeObject>(resource: Resource<T>, list: ListAnswer<T>): List<T> {
  const next = list.metadata.continue;
  return {
    items: (list.items ?? []).map((item) => named(resource, item)),
    resourceVersion: list.metadata.resourceVersion ?? '',
    ...(next && { next }),
  };
}

/** Items of a list come without apiVersion and kind over the wire; caches want all objects alike. */
const named = <T extends KubeObject>(resource: Resource<T>, item: T): T =>
  item.kind ? item : { apiVersion: groupVersion(resource), kind: resource.kind, ...item };

async function* watchOver<T extends KubeObject>(
  transport: Transport,
  resource: Resource<T>,
  at: WatchAt,
): AsyncIterable<readonly WatchEvent<T>[]> {
  const initial = at.resourceVersion === undefined;
  const batches = transport.watch({
    method: 'GET',
    path: pathOf(resource, at),
    query: queryOf({
      watch: true,
      allowWatchBookmarks: true,
      labelSelector: at.labels,
      fieldSelector: at.fields,
      timeoutSeconds: at.timeoutSeconds,
      resourceVersion: at.resourceVersion,
      sendInitialEvents: initial,
      resourceVersionMatch: initial ? 'NotOlderThan' : undefined,
    }),
    metadataOnly: at.metadataOnly,
    signal: at.signal,
  });
  for await (const batch of batches) {
    const failed = batch.findIndex((event) => event.type === 'ERROR');
    if (failed < 0) yield batch as unknown as readonly WatchEvent<T>[];
    else {
      if (failed > 0) yield batch.slice(0, failed) as unknown as readonly WatchEvent<T>[];
      throw ApiError.fromStatus(batch[failed]!.object as unknown as Status);
    }
  }
}
