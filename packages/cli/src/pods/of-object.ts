import { type KubeObject, requirementText, selectorFromLabels, selectorOf } from '@coxswain/api';
import type { LabelSelector } from '@coxswain/api/types/meta';
import type { Pod, PodList } from '@coxswain/api/types/core-v1';
import type { Unstructured } from '../objects/info.ts';
import { accepts } from '../session/media.ts';
import type { Session } from '../session/session.ts';
import { podPath } from './named.ts';
import { watched } from '../objects/pages.ts';

/** Kinds whose `spec.selector` is a LabelSelector, and those where it is a map. */
const selecting: Readonly<Record<string, 'selector' | 'map'>> = {
  'apps/v1/ReplicaSet': 'selector',
  'apps/v1/StatefulSet': 'selector',
  'apps/v1/DaemonSet': 'selector',
  'apps/v1/Deployment': 'selector',
  'batch/v1/Job': 'selector',
  'v1/ReplicationController': 'map',
  'v1/Service': 'map',
};

/** A kind as Go prints its type. */
export const goType = ({ apiVersion = '', kind = '' }: KubeObject): string =>
  `*${apiVersion.split('/').at(-1)}.${kind}`;

/** The selector of the pods that an object stands for. Throws for kinds that stand for none. */
export function selectorOfPods(object: Unstructured): string {
  const form = selecting[`${object.apiVersion}/${object.kind}`];
  if (!form) throw new Error(`selector for ${goType(object)} not implemented`);
  const { selector } = object['spec'] as { selector?: LabelSelector | Record<string, string> };
  if (object.kind === 'Service' && Object.keys(selector ?? {}).length === 0)
    throw new Error(
      `invalid service '${object.metadata.name}': Service is defined without a selector`,
    );
  const read =
    form === 'map'
      ? selectorFromLabels(selector as Record<string, string>)
      : selectorOf(selector as LabelSelector);
  return read.requirements.map(requirementText).join(',');
}

/** Which pods are asked for, and how long until there is one. */
export interface PodQuery {
  readonly namespace: string;
  readonly labels: string;
  readonly timeoutMs: number;
  readonly order: (a: Pod, b: Pod) => number;
  /** Pods that are not so are passed over. */
  readonly isWanted?: (pod: Pod) => boolean;
}

/** The pods that match, best first; where there is none yet, the first that comes. */
export async function podsMatching(session: Session, query: PodQuery): Promise<readonly Pod[]> {
  const { namespace, labels, order, isWanted = () => true } = query;
  const path = podPath(namespace);
  const list = await session.rest().json<PodList>({
    ...{ method: 'GET', path, query: { labelSelector: labels }, accept: accepts.typed },
  });
  const wanted = list.items.filter(isWanted);
  if (wanted.length > 0)
    return wanted.map((pod) => ({ apiVersion: 'v1', kind: 'Pod', ...pod })).toSorted(order);
  const resourceVersion = list.metadata?.resourceVersion ?? '';
  return [await firstToCome(session, path, { labelSelector: labels, resourceVersion }, query)];
}

async function firstToCome(
  session: Session,
  path: string,
  parameters: Readonly<Record<string, string>>,
  { timeoutMs, isWanted = () => true }: PodQuery,
): Promise<Pod> {
  const late = Promise.withResolvers<never>();
  using _timer = session.world.clock.after(timeoutMs, () =>
    late.reject(new Error('timed out waiting for the condition')),
  );
  const reader = watched<Pod>(session, { path, query: parameters });
  for (;;) {
    const { done, value } = await Promise.race([reader.next(), late.promise]);
    if (done) throw new Error('watch closed before UntilWithoutRetry timeout');
    const { type, object } = value;
    if ((type === 'ADDED' || type === 'MODIFIED') && isWanted(object)) return object;
  }
}

/** The pod that an object is or stands for, for commands that work on one. */
export async function attachablePod(
  session: Session,
  object: Unstructured,
  query: Omit<PodQuery, 'namespace' | 'labels'>,
): Promise<Pod> {
  if (object.apiVersion === 'v1' && object.kind === 'Pod') return object as unknown as Pod;
  const namespace = object.metadata.namespace ?? '';
  let labels: string;
  try {
    labels = selectorOfPods(object);
  } catch (cause) {
    throw new Error(`cannot attach to ${goType(object)}: ${(cause as Error).message}`, { cause });
  }
  return (await podsMatching(session, { ...query, namespace, labels }))[0]!;
}
