import type { KubeObject, Resource } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import type { RestRequest } from '../session/rest.ts';
import type { Session } from '../session/session.ts';
import { note } from '../session/trace.ts';
import type { Unstructured } from './info.ts';

/** A list as the server gives it, in pieces of so many objects; 0 for all at once. */
export async function* listPages(
  session: Session,
  path: string,
  query: Readonly<Record<string, string>>,
  chunkSize = 0,
  accept?: string,
): AsyncGenerator<Unstructured> {
  for (let next = ''; ;) {
    const page = await session.rest().json<Unstructured>({
      ...{ method: 'GET', path },
      query: {
        ...query,
        ...(chunkSize > 0 && { limit: String(chunkSize) }),
        ...(next && { continue: next }),
      },
      ...(accept && { accept }),
    });
    yield page;
    next = (page.metadata as { continue?: string }).continue ?? '';
    if (!next) return;
  }
}

/** A list in one piece. */
export interface List<T = Unstructured> extends KubeObject {
  readonly items: readonly T[];
}

/** All objects of a resource at once, in one namespace or in all. */
export const listOf = <T extends KubeObject = Unstructured>(
  session: Session,
  resource: Resource<T>,
  namespace = '',
  query: Readonly<Record<string, string>> = {},
  accept: string = 'application/json',
): Promise<List<T>> =>
  session.rest().json({ method: 'GET', path: pathOf(resource, { namespace }), query, accept });

/** What a watch tells. */
export interface WatchEvent<T = Unstructured> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

const brokenOff =
  '"Unable to decode an event from the watch stream" err="context deadline exceeded (Client.Timeout or context cancellation while reading body)"';

/** The events of a watch, until the server or the time for a request ends it. */
export async function* watched<T = Unstructured>(
  session: Session,
  request: Omit<RestRequest, 'method'>,
): AsyncGenerator<WatchEvent<T>> {
  const query = { ...request.query, watch: 'true' };
  try {
    for await (const lines of session.rest().lines({ method: 'GET', ...request, query }))
      for (const line of lines) yield JSON.parse(line) as WatchEvent<T>;
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
    note(session, 5, 'streamwatcher.go:123', brokenOff); // that was the time which `--request-timeout` gives
  }
}
