import {
  applyStrategicPatch,
  ControllerRevisions,
  ReplicaSets,
  type Resource,
  selectorOf,
  selectorText,
  typeOf,
} from '@coxswain/api';
import type { PodTemplateSpec } from '@coxswain/api/types/core-v1';
import type { LabelSelector } from '@coxswain/api/types/meta';
import { knownObject } from '../../objects/change.ts';
import { fetched } from '../../objects/fetched.ts';
import type { Info, Unstructured } from '../../objects/info.ts';
import { listOf } from '../../objects/pages.ts';
import { typed } from '../../objects/typed.ts';
import { accepts } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';
import { tabbedText } from '../describe/lines.ts';
import { templateLines } from '../describe/pod.ts';
import { revisionAnnotation } from './status-text.ts';

/** One revision of what an object runs. */
export interface Revision {
  readonly number: number;
  readonly changeCause: string;
  /** What is kept of it: a ReplicaSet or a ControllerRevision. */
  readonly kept: Kept;
  /** As `-o` shows it: the ReplicaSet, or the object as it was. */
  readonly shown: () => Unstructured;
  readonly template: () => PodTemplateSpec;
}

/** A ReplicaSet or ControllerRevision. */
export interface Kept extends Unstructured {
  readonly revision?: number;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface Owner extends Unstructured {
  readonly spec: { readonly selector?: LabelSelector; readonly template: PodTemplateSpec };
}

/** Whose revisions are kept, and in what. */
export const historyKinds: Readonly<Record<string, Resource>> = {
  Deployment: ReplicaSets,
  DaemonSet: ControllerRevisions,
  StatefulSet: ControllerRevisions,
};

/** A template as `describe` tells it, its cells not lined up. */
export const templateText = (template: PodTemplateSpec): string =>
  tabbedText(templateLines(template)).replaceAll(/^ +(?=\t)/gm, '');

const causeAnnotation = 'kubernetes.io/change-cause';
/** Kinds that run pods but keep no history. */
const podKinds = new Set(['Job', 'Pod', 'ReplicaSet', 'ReplicationController', 'CronJob']);

/** Refuses kinds without a history; `what` is what they would need. */
export function checkHistory(info: Info, what: string, lack: string): void {
  knownObject(info);
  const { group, kind } = info.resource;
  if (group === 'apps' && historyKinds[kind]) return;
  const groupKind = JSON.stringify(group ? `${kind}.${group}` : kind);
  throw new Error(
    podKinds.has(kind)
      ? `no ${lack} has been implemented for ${groupKind}`
      : `error retrieving ${what} for ${groupKind}, no visitor method exists for {${group} ${kind}}`,
  );
}

/** The object now, and what is kept of its revisions, oldest first. */
export async function revisionsOf(
  session: Session,
  info: Info,
): Promise<{ owner: Owner; revisions: readonly Revision[] }> {
  const owner = typed((await fetched(session, { accept: accepts.typed }, info)).object!) as Owner;
  const { uid } = owner.metadata;
  const isDeployment = info.resource.kind === 'Deployment';
  const labelSelector = selectorText(selectorOf(owner.spec.selector));
  const kind = historyKinds[info.resource.kind]!;
  const { items } = await listOf(
    ...([session, kind, info.namespace, { labelSelector }, accepts.typed] as const),
  );
  const revisions = (items as readonly Kept[])
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some((each) => each.controller && each.uid === uid),
    )
    .map((kept) => (isDeployment ? ofReplicaSet(kept) : ofRevision(owner, kept)))
    .toSorted((a, b) => a.number - b.number);
  return { owner, revisions };
}

function ofReplicaSet(item: Kept): Revision {
  const kept = typed({ ...item, apiVersion: 'apps/v1', kind: 'ReplicaSet' }) as Kept;
  const { annotations } = item.metadata;
  const cause = annotations?.[causeAnnotation] ?? '';
  const { template } = (kept as unknown as Owner).spec;
  const { metadata } = template;
  return {
    number: Number(annotations?.[revisionAnnotation] ?? 0),
    changeCause: cause || (metadata?.annotations?.[causeAnnotation] ?? ''),
    kept,
    shown: () => kept,
    template: () =>
      cause
        ? {
            ...template,
            metadata: {
              ...metadata,
              annotations: { ...metadata?.annotations, [causeAnnotation]: cause },
            },
          }
        : template,
  };
}

function ofRevision(owner: Owner, kept: Kept): Revision {
  const type = typeOf(owner.apiVersion!, owner.kind!)!;
  const shown = (): Owner => typed(applyStrategicPatch(type, owner, kept.data ?? {})) as Owner;
  return {
    number: kept.revision ?? 0,
    changeCause: kept.metadata.annotations?.[causeAnnotation] ?? '',
    ...{ kept, shown },
    template: () => shown().spec.template,
  };
}
