import { ApiError } from '@coxswain/api';
import type { ContainerStatus, Pod } from '@coxswain/api/types/core-v1';
import { Exit } from '../command/failure.ts';
import { until } from '../objects/until.ts';
import type { Session } from '../session/session.ts';
import { type Attachment, attachToPod } from '../verbs/attach.ts';
import { chosenContainer } from './containers.ts';
import { infoOfPod, podPath } from './named.ts';

const gone = (): ApiError => new ApiError(404, 'NotFound', 'pods "" not found');

/** Waits until a pod is as wanted. Throws when it goes, or when time is over. */
export async function podAs(
  session: Session,
  pod: Pod,
  isWanted: (pod: Pod) => boolean,
  timeoutMs = 0,
): Promise<Pod> {
  const late = new AbortController();
  using _timer =
    timeoutMs > 0 ? session.world.clock.after(timeoutMs, () => late.abort()) : undefined;
  const seen = await until(
    session,
    infoOfPod(pod),
    (object, isFirst) => {
      if (!object && !isFirst) throw gone();
      return object !== undefined && isWanted(object as unknown as Pod);
    },
    late.signal,
  ).catch((error: unknown) => {
    throw late.signal.aborted ? new Error('timed out waiting for the condition') : error;
  });
  return seen as unknown as Pod;
}

const hasEnded = ({ status }: Pod): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed';

const isReady = ({ status }: Pod): boolean =>
  status?.phase === 'Running' &&
  (status.conditions ?? []).some((each) => each.type === 'Ready' && each.status === 'True');

/** What a container has said so far. */
export async function showLog(session: Session, pod: Pod, container: string): Promise<void> {
  const { namespace, name } = pod.metadata!;
  const { body } = await session.rest().stream({
    ...{ method: 'GET', path: podPath(namespace ?? '', name, 'log'), query: { container } },
    accept: 'application/json, */*',
  });
  for await (const chunk of body) await session.io.write('out', chunk);
}

/** Attaches; where that cannot be, shows the log. */
export async function attachOrShowLog(
  session: Session,
  pod: Pod,
  attachment: Attachment,
): Promise<void> {
  try {
    await attachToPod(session, pod, attachment);
  } catch (error) {
    if (session.signal.aborted) throw error;
    session.io.err(
      `warning: couldn't attach to pod/${pod.metadata!.name}, falling back to streaming logs: ${(error as Error).message}\n`,
    );
    await showLog(session, pod, containerOf(session, pod, attachment));
  }
}

const containerOf = ({ io }: Session, pod: Pod, { container, quiet }: Attachment): string =>
  chosenContainer(pod, container, quiet ? () => {} : io.err).name;

/** How `run` attaches to the pod that it has made. */
export interface RunAttachment extends Attachment {
  readonly timeoutMs: number;
  readonly restart: string;
  readonly leavesStdinOpen: boolean;
}

/** Attaches to a pod once it runs. Throws Exit with the exit code of one that is not started again and has failed. */
export async function attachToRun(
  session: Session,
  created: Pod,
  attachment: RunAttachment,
): Promise<void> {
  const { timeoutMs, restart } = attachment;
  const pod = await podAs(session, created, (each) => hasEnded(each) || isReady(each), timeoutMs);
  if (hasEnded(pod)) await showLog(session, pod, containerOf(session, pod, attachment));
  else {
    await showLog(session, pod, containerOf(session, pod, attachment)).catch((error: Error) =>
      session.io.err(`warning: couldn't fetch pre-attach logs: ${error.message}\n`),
    );
    await attachOrShowLog(session, pod, attachment);
  }
  if (attachment.leavesStdinOpen || restart === 'Always') return;
  const isOver =
    restart === 'OnFailure' ? (each: Pod) => each.status?.phase === 'Succeeded' : hasEnded;
  throwFailureOf(await podAs(session, pod, isOver, timeoutMs));
}

function throwFailureOf({ metadata, status }: Pod): void {
  if (status!.phase === 'Succeeded') return;
  const { namespace, name } = metadata!;
  const [first] = status!.containerStatuses ?? ([] as readonly ContainerStatus[]);
  const ended = first?.state?.terminated;
  if (!ended?.exitCode) throw new Error(`pod ${namespace}/${name} failed with unknown exit code`);
  throw new Exit(
    ended.exitCode,
    `pod ${namespace}/${name} terminated (${ended.reason ?? ''})\n${ended.message ?? ''}`,
  );
}
