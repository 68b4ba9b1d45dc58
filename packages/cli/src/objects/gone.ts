import { hasReason } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import type { Session } from '../session/session.ts';
import { isThere } from './fetched.ts';
import type { Info } from './info.ts';
import { listOf, watched } from './pages.ts';

/** Waits until the object is gone, or another one of its name has come. Servers that forbid looking are not waited for. */
export async function gone(
  session: Session,
  info: Info,
  uid: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const { resource, namespace } = info;
    const { items, metadata } = await listOf(session, resource, namespace, onlyThis(info));
    if (!items.some(({ metadata: of }) => uid === undefined || of.uid === uid)) return;
    await seenGoing(session, info, metadata.resourceVersion ?? '', signal);
  } catch (error) {
    if (!hasReason(error, 'Forbidden', 'MethodNotAllowed')) throw error;
  }
}

/** Waits until nothing of that name is there. Throws when that takes longer than `timeoutMs`. */
export async function nameFree(session: Session, info: Info, timeoutMs: number): Promise<void> {
  const late = new AbortController();
  using _timer = session.world.clock.after(timeoutMs, () => late.abort());
  await gone(session, info, undefined, late.signal).catch((cause: unknown) => {
    throw late.signal.aborted ? new Error('context deadline exceeded', { cause }) : cause;
  });
}

const onlyThis = ({ name }: Info): Readonly<Record<string, string>> => ({
  fieldSelector: `metadata.name=${name}`,
});

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
  const request = {
    path: pathOf(info.resource, { namespace: info.namespace }),
    query: { ...onlyThis(info), resourceVersion },
  };
  const deleted = async (): Promise<void> => {
    for await (const { type } of watched(session, request)) if (type === 'DELETED') return;
    if (await isThere(session, info)) await deleted(); // the server ended the watch before the object
  };
  await Promise.race([deleted(), timedOut]);
}
