import { groupVersion } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import type { Session } from '../session/session.ts';
import type { Info, Unstructured } from './info.ts';
import { type List, watched } from './pages.ts';

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
    ...{ path: pathOf(resource, { namespace }), signal },
    query: { fieldSelector: `metadata.name=${name}` },
  };
  const whole = (object: Unstructured): Unstructured =>
    object.kind ? object : { apiVersion: groupVersion(resource), kind: resource.kind, ...object };
  let seen: Unstructured | undefined;
  for (let isFirst = true; ; isFirst = false) {
    const { items, metadata } = await session.rest().json<List>({ method: 'GET', ...request });
    const [found] = items;
    if (found) seen = whole(found);
    if (isWanted(found && seen, isFirst)) return seen;
    const query = { ...request.query, resourceVersion: metadata.resourceVersion ?? '' };
    // Where the server ends the watch, it begins anew.
    for await (const { type, object } of watched(session, { ...request, query })) {
      if (type === 'ERROR' || type === 'BOOKMARK') continue;
      seen = whole(object);
      if (isWanted(type === 'DELETED' ? undefined : seen, false)) return seen;
    }
  }
}
