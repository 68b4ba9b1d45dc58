import { conflict, notFound, type Resource } from '@coxswain/api';
import type { DeleteOptions } from '@coxswain/api/types/meta';
import type { Response } from '../chain/station.ts';
import { type Cached, fromEntry, objectOf, knownText, unwritten } from '../watch-cache/index.ts';
import { admit, mutate } from './admit.ts';
import { aboutOf } from './catalog.ts';
import { commitPut, commitRemove, dryPut, keyOfCall } from './commit.ts';
import { deleteOptions } from './delete-options.ts';
import { type Deletion, planDeletion } from './deletion.ts';
import type { Call, Verb } from './engine.ts';
import { isSame } from './equal.ts';
import { plainResponse } from './pieces.ts';
import { prepareRead, prepareStore } from './prepare.ts';
import { checkAccept, respondObject } from './respond.ts';
import { removedBeside } from './stock.ts';

const roundsMax = 200;

const answeringObject: Readonly<Record<string, readonly string[]>> = {
  '': [
    ...['pods', 'services', 'serviceaccounts', 'podtemplates', 'resourcequotas'],
    ...['persistentvolumeclaims', 'persistentvolumes'],
  ],
  'storage.k8s.io': [
    ...['storageclasses', 'volumeattributesclasses', 'csidrivers', 'csinodes', 'volumeattachments'],
  ],
  'resource.k8s.io': [
    ...['deviceclasses', 'resourceclaims', 'resourceclaimtemplates', 'resourceslices'],
  ],
};

/** Whether a delete answers with the object itself rather than a Status. */
export const answersObject = ({ group, resource }: Resource): boolean =>
  answeringObject[group]?.includes(resource) ?? false;

/** Deletes one object, at once or when its grace period and finalizers are over. */
export const remove: Verb = async (call) => {
  checkAccept(call);
  const options = await deleteOptions(call);
  warnOfOrphans(call, options);
  const { cached, isGone } = await removeObject(call, options);
  return answerRemoved(call, cached, isGone, options);
};

/** Jobs alone are orphaned by default and say so: those who delete them seldom mean to keep their pods. */
export function warnOfOrphans(
  { served, request }: Call,
  { propagationPolicy, orphanDependents }: DeleteOptions,
): void {
  const { group, resource } = served.resource;
  if (group !== 'batch' || resource !== 'jobs') return;
  if (propagationPolicy === undefined && orphanDependents === undefined)
    request.warn(
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
    );
}

export interface Removed {
  readonly cached: Cached;
  readonly isGone: boolean;
}

/** Deletes what the call names. `isAdmitted`: admission has had its say already, on the request behind it. Throws 404, 409. */
export async function removeObject(
  call: Call,
  options: DeleteOptions,
  isAdmitted = false,
): Promise<Removed> {
  const { served, engine } = call;
  const key = keyOfCall(call);
  await engine.cache.level();
  let present = served.cache!.get(key);
  for (let round = 0; round < roundsMax; round++) {
    if (!present) throw notFound(aboutOf(served, call.name));
    const removed = await attempt(call, key, present, options, isAdmitted);
    if (!('done' in removed)) return removed;
    present = removed.found && fromEntry(removed.found);
  }
  throw conflict(aboutOf(served, call.name), 'the object is being changed by others all the time');
}

type Stale = Extract<Awaited<ReturnType<typeof commitPut>>, { done: false }>;

async function attempt(
  call: Call,
  key: string,
  present: Cached,
  options: DeleteOptions,
  isAdmitted: boolean,
): Promise<Removed | Stale> {
  await prepareRead(call, [present]);
  const before = call.served.read(objectOf(present));
  const dryRun = (options.dryRun?.length ?? 0) > 0;
  const admission = { operation: 'DELETE', dryRun, object: undefined, before, options } as const;
  const deletion = planDeletion(call, before, options);
  if (deletion.kind !== 'pending' && !isAdmitted) {
    await mutate(call, admission);
    await admit(call, admission);
  }
  return carryOut(call, key, present, deletion, dryRun);
}

async function carryOut(
  call: Call,
  key: string,
  present: Cached,
  deletion: Deletion,
  dryRun: boolean,
): Promise<Removed | Stale> {
  if (deletion.kind !== 'pending') await prepareStore(call, deletion.object);
  switch (deletion.kind) {
    case 'pending':
      return { cached: present, isGone: false };
    case 'mark': {
      if (isSame(deletion.object, objectOf(present))) return { cached: present, isGone: false };
      if (dryRun) return { cached: dryPut(call, key, deletion.object), isGone: false };
      const { object } = deletion;
      const known = knownText(present, object);
      const marked = await commitPut(call, key, object, present.revision, [], undefined, known);
      return 'done' in marked ? marked : { cached: marked, isGone: false };
    }
    case 'remove': {
      const last = unwritten(key, present.revision, call.served.store(deletion.object));
      if (dryRun) return { cached: last, isGone: true };
      const besides = removedBeside(call, objectOf(present));
      const removed = await commitRemove(call, key, present.revision, besides);
      return removed.done ? { cached: last, isGone: true } : removed;
    }
  }
}

function answerRemoved(
  call: Call,
  cached: Cached,
  isGone: boolean,
  options: DeleteOptions,
): Response {
  const { served, name } = call;
  const code = !isGone && options.orphanDependents === false ? 202 : 200;
  const { group, resource } = served.resource;
  if (!isGone || answersObject(served.resource)) return respondObject(call, code, cached);
  const { uid } = objectOf(cached).metadata;
  return plainResponse(code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group && { group }), kind: resource, ...(uid && { uid }) },
  });
}
