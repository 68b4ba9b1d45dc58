import { ApiError, groupVersion } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import type { RestRequest } from '../session/rest.ts';
import type { Session } from '../session/session.ts';
import { traceReflector } from '../session/trace.ts';
import type { Info, Unstructured } from './info.ts';
import { listOf, watched } from './pages.ts';

/** One object as it is; undefined where it is not there. */
export interface State {
  readonly object: Unstructured | undefined;
  /** It is what a watch began with, and not news. */
  readonly isFirst: boolean;
}

/** Asks a watch to begin with what there is. */
const withBeginning = (session: Session): Readonly<Record<string, string>> => ({
  resourceVersionMatch: 'NotOlderThan',
  sendInitialEvents: 'true',
  timeoutSeconds: String(Math.floor(300 + 300 * session.world.random())),
});

/** A server that ends watches at once is not asked without a pause. */
const againMs = 1_000;

/** The states of one object, watched without an end: where the server ends the watch, it begins anew. */
export async function* statesOf(
  session: Session,
  { resource, namespace, name }: Info,
  signal: AbortSignal = session.signal,
): AsyncGenerator<State> {
  const fieldSelector = `metadata.name=${name}`;
  const request = {
    ...{ path: pathOf(resource, { namespace }), signal },
    place: 'simple.go:270',
  };
  const whole = (object: Unstructured): Unstructured =>
    object.kind ? object : { apiVersion: groupVersion(resource), kind: resource.kind, ...object };
  using told = traceReflector(session);
  for (let mayBegin = true, isAgain = false; ; isAgain = true) {
    if (isAgain) await session.world.clock.sleep(againMs, signal);
    told.began();
    if (mayBegin)
      try {
        const query = { allowWatchBookmarks: 'true', fieldSelector, ...withBeginning(session) };
        yield* fromBeginning(session, { ...request, query }, told.synced, whole);
        continue;
      } catch (error) {
        if (!(error instanceof ApiError) || error.code >= 500) throw error;
        mayBegin = false; // the server is too old for it, or does not say why not
      }
    const { items, metadata } = await listOf(session, resource, namespace, { fieldSelector });
    yield { object: items[0] && whole(items[0]), isFirst: true };
    const query = { fieldSelector, resourceVersion: metadata.resourceVersion ?? '' };
    for await (const { type, object } of watched(session, { ...request, query }))
      if (type !== 'ERROR' && type !== 'BOOKMARK')
        yield { object: type === 'DELETED' ? undefined : whole(object), isFirst: false };
  }
}

async function* fromBeginning(
  session: Session,
  request: Omit<RestRequest, 'method'>,
  synced: (events: number) => void,
  whole: (object: Unstructured) => Unstructured,
): AsyncGenerator<State> {
  let object: Unstructured | undefined;
  let isSynced = false;
  let events = 0;
  for await (const event of watched(session, request)) {
    events++;
    const { type, object: told } = event;
    if (type === 'ERROR') return;
    const marks = told.metadata.annotations?.['k8s.io/initial-events-end'] === 'true';
    if (type === 'BOOKMARK' && (!marks || isSynced)) continue;
    if (type !== 'BOOKMARK') object = type === 'DELETED' ? undefined : whole(told);
    else synced(events);
    if (isSynced || marks) yield { object, isFirst: !isSynced };
    isSynced ||= marks;
  }
}
