import { type KubeConfig, type KubernetesObject, Watch } from '@kubernetes/client-node';

export interface Watched {
  readonly labels?: string;
  readonly fields?: string;
}

type Objects<T> = readonly T[];

/**
 * Watches a collection, as streamed list and changes, until `is` holds of all its objects; gives them. Past the deadline it
 * throws with the last state seen.
 */
export async function watchUntil<T extends KubernetesObject>(
  config: KubeConfig,
  path: string,
  { labels, fields }: Watched,
  what: string,
  is: (objects: Objects<T>) => boolean,
  deadlineMs = 240_000,
): Promise<Objects<T>> {
  const endMs = Date.now() + deadlineMs;
  const objects = new Map<string, T>();
  let lastError: unknown;
  while (Date.now() < endMs) {
    objects.clear();
    const end = await watchOnce(config, path, { labels, fields }, objects, is, endMs);
    if (end === true) return [...objects.values()];
    lastError = end ?? lastError;
  }
  const states = [...objects.values()].map((object) =>
    JSON.stringify(object, (key, value: unknown) => (key === 'managedFields' ? undefined : value)),
  );
  const error = lastError === undefined ? '' : `; last error: ${String(lastError)}`;
  throw new Error(`not within ${deadlineMs} ms: ${what}${error}\n${states.join('\n')}`, {
    cause: lastError,
  });
}

/** One connection: true when `is` came to hold, else what ended it. */
async function watchOnce<T extends KubernetesObject>(
  config: KubeConfig,
  path: string,
  { labels, fields }: { readonly labels: string | undefined; readonly fields: string | undefined },
  objects: Map<string, T>,
  is: (objects: Objects<T>) => boolean,
  endMs: number,
): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  let complete = false;
  const query = {
    sendInitialEvents: true,
    resourceVersionMatch: 'NotOlderThan',
    allowWatchBookmarks: true,
    ...(labels !== undefined && { labelSelector: labels }),
    ...(fields !== undefined && { fieldSelector: fields }),
  };
  const seen = (type: string, object: T): void => {
    if (type === 'ERROR') return resolve(new Error(JSON.stringify(object)));
    if (type === 'BOOKMARK')
      complete ||= object.metadata?.annotations?.['k8s.io/initial-events-end'] === 'true';
    else if (type === 'DELETED') objects.delete(object.metadata!.uid!);
    else objects.set(object.metadata!.uid!, object);
    if (complete && is([...objects.values()])) resolve(true);
  };
  const watch = new Watch(config);
  const limit = setTimeout(() => resolve(undefined), endMs - Date.now());
  const connection = await watch.watch(path, query, seen, resolve);
  try {
    return await promise;
  } finally {
    clearTimeout(limit);
    connection.abort();
  }
}
