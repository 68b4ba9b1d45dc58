import { conflict, formatTime, type KubeObject, parseTime } from '@coxswain/api';
import type { DeleteOptions } from '@coxswain/api/types/meta';
import { aboutOf, type Served } from './catalog.ts';
import type { Call } from './engine.ts';
import { specFinalizers, terminating } from './finalizers.ts';
import { withMeta } from './object-meta.ts';
import { innerGroup } from './validate.ts';
import { foregroundFinalizer, orphanFinalizer } from './validate-meta.ts';

/** What a delete does to the object as it stands. */
export type Deletion =
  | { readonly kind: 'pending' } // under way already, and this request does not shorten it
  | { readonly kind: 'mark'; readonly object: KubeObject } // written back, to be removed by others later
  | { readonly kind: 'remove'; readonly object: KubeObject };

/** Upstream's BeforeDelete with finalizers and propagation. Throws 409 when a precondition fails. */
export function planDeletion(call: Call, before: KubeObject, options: DeleteOptions): Deletion {
  checkPreconditions(call, before, options);
  const { markDeleted } = call.served.kind;
  if (markDeleted && !before.metadata.deletionTimestamp)
    return { kind: 'mark', object: markDeleted(before, call.context) };
  const graceful = planGrace(call, before, options);
  if (graceful === 'pending') return { kind: 'pending' };
  const object = withPropagation(call, graceful?.object ?? before, options);
  if (specFinalizers(call, object).length > 0)
    return { kind: 'mark', object: terminating(call, object) };
  const finalizers = object.metadata.finalizers?.length ?? 0;
  if (finalizers === 0)
    return graceful && graceful.seconds > 0 ? { kind: 'mark', object } : { kind: 'remove', object };
  return { kind: 'mark', object: graceful ? object : markedAsDeleting(call, object) };
}

function checkPreconditions(
  { served, name }: Call,
  { metadata }: KubeObject,
  { preconditions }: DeleteOptions,
): void {
  if (!preconditions) return;
  const { uid, resourceVersion } = preconditions;
  // Kinds that only their own finalizer lets go are looked at before all else.
  const isFirst = isKeptByFinalizer(served);
  if (isFirst && uid !== undefined && uid !== metadata.uid)
    throw conflict(
      aboutOf(served, name),
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`,
    );
  if (isFirst && resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      aboutOf(served, name),
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
    );
  const about = { group: innerGroup(served), resource: served.resource.kind, name };
  if (uid !== undefined && uid !== metadata.uid)
    throw conflict(
      about,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      about,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
}

const isKeptByFinalizer = ({ kind, resource }: Served): boolean =>
  kind.markDeleted !== undefined || (resource.group === '' && resource.resource === 'namespaces');

interface Graceful {
  readonly object: KubeObject;
  readonly seconds: number;
}

/** Undefined: the kind or the object knows no grace, or its grace is over. */
function planGrace(
  call: Call,
  before: KubeObject,
  { gracePeriodSeconds }: DeleteOptions,
): Graceful | 'pending' | undefined {
  const { served, engine } = call;
  if (!served.kind.graceSeconds) return undefined;
  const nowMs = engine.world.clock.now();
  const asked = gracePeriodSeconds !== undefined && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, generation = 0 } = before.metadata;
  if (!deletionTimestamp) {
    const seconds = served.kind.graceSeconds(before, gracePeriodSeconds);
    const object = withMeta(before, {
      deletionTimestamp: formatTime(nowMs + seconds * 1000),
      deletionGracePeriodSeconds: seconds,
      ...(generation > 0 && { generation: generation + 1 }),
    });
    return { object, seconds };
  }
  if (deletionGracePeriodSeconds === 0) return undefined;
  if (asked === undefined || asked >= deletionGracePeriodSeconds) return 'pending';
  const shorter = parseTime(deletionTimestamp) + (asked - deletionGracePeriodSeconds) * 1000;
  const seconds = shorter < nowMs && asked !== 0 ? 1 : asked;
  const object = withMeta(before, {
    deletionTimestamp: formatTime(Math.max(shorter, nowMs)),
    deletionGracePeriodSeconds: seconds,
  });
  return { object, seconds };
}

/** The finalizers by which the garbage collector orphans dependents or deletes them first. */
function withPropagation(call: Call, object: KubeObject, options: DeleteOptions): KubeObject {
  const { finalizers = [] } = object.metadata;
  const policy = policyOf(call, finalizers, options);
  const others = finalizers.filter(
    (each) => each !== orphanFinalizer && each !== foregroundFinalizer,
  );
  const wanted =
    policy === 'Orphan'
      ? [...others, orphanFinalizer]
      : policy === 'Foreground'
        ? [...others, foregroundFinalizer]
        : others;
  const same =
    wanted.length === finalizers.length && wanted.every((each) => finalizers.includes(each));
  return same ? object : withMeta(object, { finalizers: wanted });
}

function policyOf(
  { served }: Call,
  finalizers: readonly string[],
  { orphanDependents, propagationPolicy }: DeleteOptions,
): string {
  if (served.resource.resource === 'events') return 'Background';
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background';
  if (propagationPolicy !== undefined) return propagationPolicy;
  const standing = finalizers.find(
    (each) => each === orphanFinalizer || each === foregroundFinalizer,
  );
  if (standing) return standing === orphanFinalizer ? 'Orphan' : 'Foreground';
  return served.kind.defaultPropagation ?? 'Background';
}

/** Deleted as soon as its finalizers are gone. */
function markedAsDeleting({ engine }: Call, object: KubeObject): KubeObject {
  const nowMs = engine.world.clock.now();
  const { deletionTimestamp, generation = 0 } = object.metadata;
  const stands = deletionTimestamp !== undefined && parseTime(deletionTimestamp) <= nowMs;
  return withMeta(object, {
    ...(!deletionTimestamp && generation > 0 && { generation: generation + 1 }),
    deletionTimestamp: stands ? deletionTimestamp : formatTime(nowMs),
    deletionGracePeriodSeconds: 0,
  });
}
