import { ApiError, type KubeObject, type Resource } from '@coxswain/api';
import type { Client, Recorder } from '@coxswain/client';
import type { Action, Controller } from './controller.ts';

/** What a write left behind, for the runtime to see again in its caches. */
export type Written =
  | { readonly resource: Resource; readonly object: KubeObject }
  | { readonly resource: Resource; readonly removed: KubeObject };

export interface Applying {
  readonly controller: Controller<any>;
  readonly client: Client;
  readonly recorder: Recorder;
  readonly signal: AbortSignal;
  readonly wrote: (written: Written) => void;
}

/** Applies `actions` in order; rejects with the first failure, after what ran beside it has ended. */
export async function applyActions(actions: readonly Action[], applying: Applying): Promise<void> {
  for (const action of actions) refuseUndeclared(action, applying.controller);
  for (let from = 0; from < actions.length;) {
    const first = actions[from]!;
    let to = from + 1;
    const isLike = (action: Action | undefined): boolean =>
      action?.do === first.do &&
      (first.do === 'create' ||
        first.do === 'remove' ||
        (action.do === 'patch' && action.isAlone === true));
    if (isLike(first)) while (isLike(actions[to])) to++;
    const group = actions.slice(from, to);
    await (first.do === 'create' ? slowStart(group, applying) : together(group, applying));
    from = to;
  }
}

/** Writes of one plan that are under way at once: more would wait in the server, and everything that they hold with them. */
const atOnceMax = 64;

/** 1, 2, 4 ... at once, as upstream starts pods: a template that the server refuses costs one request. */
async function slowStart(actions: readonly Action[], applying: Applying): Promise<void> {
  for (let from = 0, size = 1; from < actions.length; from += size, size *= 2)
    await together(actions.slice(from, from + size), applying);
}

async function together(actions: readonly Action[], applying: Applying): Promise<void> {
  for (let from = 0; from < actions.length; from += atOnceMax) {
    const some = actions.slice(from, from + atOnceMax);
    const ends = await Promise.allSettled(some.map((action) => applyOne(action, applying)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

async function applyOne(action: Action, applying: Applying): Promise<void> {
  const { recorder, wrote } = applying;
  if (action.do === 'event') return recorder.record(action);
  const { announce, resource } = action;
  try {
    const result = await send(action, applying);
    const said = announce?.done?.(result ?? action.object);
    if (said) recorder.record({ about: announce!.about, ...said });
    wrote(result ? { resource, object: result } : { resource, removed: action.object });
  } catch (error) {
    if (action.do === 'remove' && isGone(error)) return wrote({ resource, removed: action.object });
    const said = announce?.failed?.(error as Error);
    if (said) recorder.record({ about: announce!.about, ...said });
    throw error;
  }
}

/** Undefined for what removes. */
async function send(
  action: Exclude<Action, { do: 'event' }>,
  { client, signal }: Applying,
): Promise<KubeObject | undefined> {
  const { resource, object } = action;
  const { name, namespace, uid } = object.metadata;
  switch (action.do) {
    case 'create':
      return client.create(resource, object, { signal });
    case 'update':
      return client.update(resource, object, { subresource: action.subresource, signal });
    case 'patch': {
      const at = { namespace, subresource: action.subresource, signal };
      return client.patch(resource, name, action.type, action.patch, at);
    }
    case 'remove': {
      const { propagation, graceSeconds } = action;
      await client.remove(resource, name, { namespace, uid, propagation, graceSeconds, signal });
      return undefined;
    }
  }
}

/** It is not there any more, or another object has its name: what was to be removed is removed. */
const isGone = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === 404 || isOtherUid(error));

const isOtherUid = (error: ApiError): boolean =>
  error.code === 409 && error.message.includes('the UID in the precondition');

const verbOf = { create: 'create', update: 'update', patch: 'patch', remove: 'delete' } as const;

function refuseUndeclared(action: Action, { name, writes }: Controller<any>): void {
  if (action.do === 'event') return;
  const verb = verbOf[action.do];
  const subresource = 'subresource' in action ? action.subresource : undefined;
  const { group, resource } = action.resource;
  const declared = writes.some(
    (each) =>
      each.resource.group === group &&
      each.resource.resource === resource &&
      each.subresource === subresource &&
      each.verbs.includes(verb),
  );
  if (declared) return;
  const what = subresource ? `${resource}/${subresource}` : resource;
  throw new Error(`${name} does not declare that it may ${verb} ${what}`);
}
