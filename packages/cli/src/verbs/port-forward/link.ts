import type { Pod } from '@coxswain/api/types/core-v1';
import type { SpdySession } from '@coxswain/base/spdy';
import { until } from '../../objects/until.ts';
import { getPod, infoOfPod, podPath } from '../../pods/named.ts';
import type { Session } from '../../session/session.ts';
import { openForward } from '../../streams/forward.ts';

/** The connection to one pod. */
export interface Link {
  readonly pod: Pod;
  readonly spdy: SpdySession;
  /** Resolves when the connection breaks off, or the pod is about to go. */
  readonly over: Promise<void>;
}

export const isRunning = ({ metadata, status }: Pod): boolean =>
  status?.phase === 'Running' && !metadata?.deletionTimestamp;

/** Connects to a pod, and keeps an eye on it. */
export async function linkTo(session: Session, pod: Pod): Promise<Link> {
  const { namespace = '', name, uid } = pod.metadata!;
  const spdy = await openForward(session, { path: podPath(namespace, name, 'portforward') });
  const done = new AbortController();
  void spdy.closed.then(() => done.abort());
  const isLeaving = (object: unknown): boolean => {
    const seen = object as Pod | undefined;
    return !seen || seen.metadata?.uid !== uid || !isRunning(seen);
  };
  // Who may not watch pods learns it from the connection.
  const left = until(session, infoOfPod(pod), isLeaving, done.signal).then(
    () => undefined,
    () => spdy.closed,
  );
  return { pod, spdy, over: Promise.race([spdy.closed, left]) };
}

const lost = (cause?: unknown): Error => new Error('lost connection to pod', { cause });

/**
 * Whom connections go on to when a pod is lost: the pod itself while it runs, one of the same name where a StatefulSet
 * makes it anew, or another one that `find` gives. Throws when none has come in time.
 */
export async function replacementOf(
  session: Session,
  pod: Pod,
  find: () => Promise<Pod>,
  timeoutMs: number,
): Promise<Pod> {
  const { namespace, name, ownerReferences = [] } = pod.metadata!;
  const same = await getPod(session, namespace!, name).catch(() => undefined);
  if (same && isRunning(same)) return same;
  const late = new AbortController();
  using _timer = session.world.clock.after(timeoutMs, () => late.abort());
  try {
    const found = await find();
    if (found.metadata!.name !== name) return found;
    if (!ownerReferences.some(({ kind }) => kind === 'StatefulSet')) throw lost();
    return await running(session, found, late.signal);
  } catch (cause) {
    throw lost(cause);
  }
}

/** Waits until a pod of this name runs. */
const running = async (session: Session, pod: Pod, signal: AbortSignal): Promise<Pod> =>
  (await until(
    session,
    infoOfPod(pod),
    (object) => object !== undefined && isRunning(object as unknown as Pod),
    signal,
  )) as unknown as Pod;
