import { pathOf } from '@coxswain/client';
import type { Session } from '../session/session.ts';
import type { Info, Unstructured } from './info.ts';

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Unstructured;
}

/** What is waited for, asked of the object each time that it changes: undefined when it is not there. Throws to give up. */
export type Wanted = (object: Unstructured | undefined, isFirst: boolean) => boolean;

/** Watches one object until it is as wanted, and gives it as it was seen last. */
export async function until(
  session: Session,
  info: Info,
  isWanted: Wanted,
  signal: AbortSignal = session.signal,
): Promise<Unstructured | undefined> {
  const { resource, namespace, name } = info;
  const request = {
    ...{ method: 'GET' as const, path: pathOf(resource, { namespace }), signal },
    query: { fieldSelector: `metadata.name=${name}` },
  };
  const whole = (object: Unstructured): Unstructured =>
    object.kind
      ? object
      : ({
          apiVersion: groupVersionOf(info),
          kind: resource.kind,
          ...(object as object),
        } as Unstructured);
  let seen: Unstructured | undefined;
  for (let isFirst = true; ; isFirst = false) {
    const list = await session
      .rest()
      .json<Unstructured & { readonly items: readonly Unstructured[] }>(request);
    const [found] = list.items;
    if (found) seen = whole(found);
    if (isWanted(found && seen, isFirst)) return seen;
    const resourceVersion = (list.metadata as { resourceVersion?: string }).resourceVersion ?? '';
    const batches = session.rest().lines({
      ...request,
      query: { ...request.query, watch: 'true', resourceVersion },
    });
    // Where the server ends the watch, it begins anew.
    for await (const lines of batches)
      for (const line of lines) {
        const { type, object } = JSON.parse(line) as WatchEvent;
        if (type === 'ERROR' || type === 'BOOKMARK') continue;
        seen = whole(object);
        if (isWanted(type === 'DELETED' ? undefined : seen, false)) return seen;
      }
  }
}

const groupVersionOf = ({ resource: { group, version } }: Info): string =>
  group ? `${group}/${version}` : version;
