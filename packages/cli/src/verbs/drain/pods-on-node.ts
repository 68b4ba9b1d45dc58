import { DaemonSets, hasReason, Pods } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import type { Unstructured } from '../../objects/info.ts';
import { listPages } from '../../objects/pages.ts';
import { accepts } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';

/** A pod as a drain looks at it. */
export interface Pod extends Unstructured {
  readonly metadata: Unstructured['metadata'] & {
    readonly namespace: string;
    readonly uid: string;
  };
  readonly spec: { readonly volumes?: readonly { readonly emptyDir?: object }[] };
  readonly status?: { readonly phase?: string };
}

/** What the user lets a drain do. */
export interface Leave {
  readonly force: boolean;
  readonly 'ignore-daemonsets': boolean;
  readonly 'delete-emptydir-data': boolean;
  readonly 'pod-selector': string;
  readonly 'skip-wait-for-delete-timeout': number;
  readonly 'chunk-size': number;
}

/** Whether a pod goes, with what the user should know of it, or why it must not. */
type Verdict =
  | { readonly goes: boolean; readonly warning?: string }
  | { readonly goes: false; readonly refusal: string };

/** The pods of a node, sorted by what becomes of them. */
export interface Departures {
  readonly pods: readonly Pod[];
  readonly warnings: string;
  readonly errors: readonly Error[];
}

/** Whether a pod has been going for longer than it is waited for. */
export const isOverdue = (
  { metadata: { deletionTimestamp } }: Pod,
  seconds: number,
  nowMs: number,
): boolean =>
  seconds > 0 &&
  deletionTimestamp !== undefined &&
  Math.floor((nowMs - Date.parse(deletionTimestamp)) / 1000) > seconds;

/** Lists the pods of a node and judges each. */
export async function departures(
  session: Session,
  node: string,
  leave: Leave,
): Promise<Departures> {
  const pods = await podsOf(session, node, leave);
  const judged: { pod: Pod; verdict: Verdict }[] = [];
  for (const pod of pods) judged.push({ pod, verdict: await verdictOf(session, pod, leave) });
  const named = (words: (verdict: Verdict) => string | undefined): readonly string[] => {
    const byWords = new Map<string, string[]>();
    for (const { pod, verdict } of judged) {
      const said = words(verdict);
      const { namespace, name } = pod.metadata;
      if (said !== undefined)
        byWords.set(said, [...(byWords.get(said) ?? []), `${namespace}/${name}`]);
    }
    return [...byWords].map(([said, names]) => `${said}: ${names.join(', ')}`);
  };
  return {
    pods: judged.flatMap(({ pod, verdict }) => (verdict.goes ? [pod] : [])),
    warnings: named((verdict) => ('warning' in verdict ? verdict.warning : undefined)).join('; '),
    errors: named((verdict) => ('refusal' in verdict ? verdict.refusal : undefined)).map(
      (words) => new Error(`cannot delete ${words}`),
    ),
  };
}

async function podsOf(session: Session, node: string, leave: Leave): Promise<readonly Pod[]> {
  const pods: Pod[] = [];
  const query = {
    fieldSelector: `spec.nodeName=${node}`,
    ...(leave['pod-selector'] && { labelSelector: leave['pod-selector'] }),
  };
  for await (const { items } of listPages(
    ...([session, pathOf(Pods, {}), query, leave['chunk-size'], accepts.typed] as const),
  ))
    pods.push(...(items as Pod[]).map((pod) => ({ ...pod, apiVersion: 'v1', kind: 'Pod' })));
  return pods;
}

/** The last of the filters that let the pod go says how; the first that keeps it ends the matter. */
async function verdictOf(session: Session, pod: Pod, leave: Leave): Promise<Verdict> {
  const { annotations, ownerReferences } = pod.metadata;
  const phase = pod.status?.phase;
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const controller = ownerReferences?.find((each) => each.controller);
  const now = session.world.clock.now();
  if (isOverdue(pod, leave['skip-wait-for-delete-timeout'], now)) return { goes: false };
  if (!isOver && controller?.kind === 'DaemonSet' && controller.apiVersion === 'apps/v1') {
    const missing = await daemonSetError(session, pod, controller.name);
    if (missing && !(leave.force && hasReason(missing, 'NotFound')))
      return { goes: false, refusal: missing.message };
    if (!missing && !leave['ignore-daemonsets'])
      return {
        goes: false,
        refusal: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
      };
    if (!missing) return { goes: false, warning: 'ignoring DaemonSet-managed Pods' };
  }
  if (annotations?.['kubernetes.io/config.mirror'] !== undefined) return { goes: false };
  const hasLocal = pod.spec.volumes?.some(({ emptyDir }) => emptyDir !== undefined) ?? false;
  if (!isOver && hasLocal && !leave['delete-emptydir-data'])
    return {
      goes: false,
      refusal: 'Pods with local storage (use --delete-emptydir-data to override)',
    };
  if (isOver || controller) return { goes: true };
  return leave.force
    ? { goes: true, warning: 'deleting Pods that declare no controller' }
    : { goes: false, refusal: 'Pods that declare no controller (use --force to override)' };
}

async function daemonSetError(
  session: Session,
  { metadata: { namespace } }: Pod,
  name: string,
): Promise<Error | undefined> {
  try {
    await session.rest().json({
      ...{ method: 'GET', path: pathOf(DaemonSets, { namespace, name }), accept: accepts.typed },
    });
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
