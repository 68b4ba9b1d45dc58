import { ApiError } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import type { Session } from '../session/session.ts';
import { isThere } from './find.ts';
import type { Info } from './info.ts';

/** Waits until the object is gone, or another one of its name has come. Servers that forbid looking are not waited for. */
export async function gone(
  session: Session,
  info: Info,
  uid: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const list = await session
      .rest()
      .json<{ metadata: { resourceVersion: string }; items: { metadata: { uid: string } }[] }>({
        method: 'GET',
        path: pathOf(info.resource, { namespace: info.namespace }),
        query: { fieldSelector: `metadata.name=${info.name}` },
      });
    if (!list.items.some(({ metadata }) => uid === undefined || metadata.uid === uid)) return;
    await seenGoing(session, info, list.metadata.resourceVersion, signal);
  } catch (error) {
    if (
      error instanceof ApiError &&
      (error.reason === 'Forbidden' || error.reason === 'MethodNotAllowed')
    )
      return;
    throw error;
  }
}

async function seenGoing(
  session: Session,
  info: Info,
  resourceVersion: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const timedOut = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () =>
      reject(
        new Error(`timed out waiting for the condition on ${info.resource.resource}/${info.name}`),
      ),
    );
  });
  const watched = async (): Promise<void> => {
    const batches = session.rest().lines({
      method: 'GET',
      path: pathOf(info.resource, { namespace: info.namespace }),
      query: { watch: 'true', fieldSelector: `metadata.name=${info.name}`, resourceVersion },
    });
    for await (const lines of batches)
      if (lines.some((line) => (JSON.parse(line) as { type: string }).type === 'DELETED')) return;
    if (await isThere(session, info)) await watched(); // the server ended the watch before the object
  };
  await Promise.race([watched(), timedOut]);
}
