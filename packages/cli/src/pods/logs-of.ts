import type { Pod } from '@coxswain/api/types/core-v1';
import type { Unstructured } from '../objects/info.ts';
import type { Session } from '../session/session.ts';
import {
  defaultContainerAnnotation,
  defaultedText,
  findContainer,
  hasSeveral,
  noContainer,
} from './containers.ts';
import { goType, podsMatching, selectorOfPods } from './of-object.ts';
import { byLogging } from './order.ts';

/** One log of one container. */
export interface LogRequest {
  readonly pod: Pod;
  readonly container: string;
}

/** Which logs of an object are meant. */
export interface LogChoice {
  readonly container: string;
  readonly allContainers: boolean;
  readonly allPods: boolean;
  readonly timeoutMs: number;
}

/** The logs that are meant by an object, or by pods. */
export async function logsOf(
  session: Session,
  source: Unstructured | readonly Pod[],
  choice: LogChoice,
): Promise<readonly LogRequest[]> {
  const pods = Array.isArray(source)
    ? (source as readonly Pod[])
    : await podsOf(session, source as Unstructured, choice);
  return pods.flatMap((pod) => logsOfPod(session, pod, choice));
}

async function podsOf(
  session: Session,
  object: Unstructured,
  { allPods, timeoutMs }: LogChoice,
): Promise<readonly Pod[]> {
  if (object.apiVersion === 'v1' && object.kind === 'Pod') return [object as unknown as Pod];
  let labels: string;
  try {
    labels = selectorOfPods(object);
  } catch (cause) {
    throw new Error(`cannot get the logs from ${goType(object)}: ${(cause as Error).message}`, {
      cause,
    });
  }
  const namespace = object.metadata.namespace ?? '';
  const pods = await podsMatching(session, { namespace, labels, timeoutMs, order: byLogging });
  if (allPods || pods.length < 2) return pods;
  session.io.err(`Found ${pods.length} pods, using pod/${pods[0]!.metadata!.name}\n`);
  return pods.slice(0, 1);
}

function logsOfPod(session: Session, pod: Pod, choice: LogChoice): readonly LogRequest[] {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec!;
  if (choice.allContainers)
    return [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => ({
      ...{ pod, container: name },
    }));
  const { io } = session;
  const byAnnotation = pod.metadata!.annotations?.[defaultContainerAnnotation] ?? '';
  let name = choice.container;
  if (!name && byAnnotation)
    if (findContainer(pod, byAnnotation)) name = byAnnotation;
    else
      io.err(
        `Default container name ${JSON.stringify(byAnnotation)} not found in pod ${pod.metadata!.name}\n`,
      );
  if (!name) {
    name = containers[0]!.name;
    if (hasSeveral(pod) && !choice.allPods) io.err(defaultedText(pod, name));
  }
  if (!findContainer(pod, name)) throw noContainer(pod, name);
  return [{ pod, container: name }];
}
