import { hasReason } from '@coxswain/api';
import type { Session } from '../session/session.ts';
import { isNotFound, isThere } from './fetched.ts';
import { type Info, pathOfInfo, type Unstructured } from './info.ts';
import { until } from './until.ts';

/** Waits until the object is gone, or another one of its name has come. Servers that forbid looking are not waited for. */
export async function gone(
  session: Session,
  info: Info,
  uid: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const isIt = ({ metadata: of }: Unstructured): boolean => uid === undefined || of.uid === uid;
    const present = await session
      .rest()
      .json<Unstructured>({ method: 'GET', path: pathOfInfo(info), place: 'simple.go:242' })
      .catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    if (!present || !isIt(present)) return;
    await seenGoing(session, info, isIt, signal);
  } catch (error) {
    if (!hasReason(error, 'Forbidden', 'MethodNotAllowed')) throw error;
  }
}

/** Waits until nothing of that name is there. Throws when that takes longer than `timeoutMs`. */
export async function nameFree(session: Session, info: Info, timeoutMs: number): Promise<void> {
  if (!(await isThere(session, info))) return;
  const late = new AbortController();
  using _timer = session.world.clock.after(timeoutMs, () => late.abort());
  await gone(session, info, undefined, late.signal).catch((cause: unknown) => {
    throw late.signal.aborted ? new Error('context deadline exceeded', { cause }) : cause;
  });
}

async function seenGoing(
  session: Session,
  info: Info,
  isIt: (object: Unstructured) => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const timedOut = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () =>
      reject(
        new Error(`timed out waiting for the condition on ${info.resource.resource}/${info.name}`),
      ),
    );
  });
  const enough = new AbortController();
  const over = AbortSignal.any([session.signal, enough.signal]);
  const going = until(session, info, (object) => !object || !isIt(object), over);
  going.catch(() => {}); // it may lose the race, and is stopped then
  try {
    await Promise.race([going, timedOut]);
  } finally {
    enough.abort();
    await going.catch(() => {});
  }
}
