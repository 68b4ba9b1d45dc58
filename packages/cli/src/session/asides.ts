/**
 * Requests that kubectl makes and whose answers change nothing here: what a server of 1.27 or later can do is known, and what was asked once
 * is not asked again. They are sent where `-v` tells of requests, so that it tells of kubectl's.
 */
import type { KubeObject } from '@coxswain/api';
import { openApiDocument, openApiPaths } from './openapi.ts';
import type { Session } from './session.ts';
import { isTraced } from './trace.ts';

/** What is asked once a line, by server. */
const asked = new WeakMap<object, Map<string, Promise<unknown>>>();

function once<T>(session: Session, what: string, ask: () => Promise<T>): Promise<T | undefined> {
  const key = session.rest();
  const known = asked.get(key) ?? new Map<string, Promise<unknown>>();
  asked.set(key, known);
  const found = known.get(what) ?? ask().catch(() => undefined);
  known.set(what, found);
  return found as Promise<T | undefined>;
}

/** Whether the server checks fields of the kind itself: asked for each group version of what is created, applied or replaced. */
export async function checkedByServer(
  session: Session,
  { apiVersion = '', kind = '' }: KubeObject,
): Promise<void> {
  if (!isTraced(session) || (apiVersion === 'v1' && kind === 'List')) return;
  const paths = await once(session, '/openapi/v3', () => openApiPaths(session));
  if (!paths) return;
  const group = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
  const url = (paths[group] ?? paths['api/v1'])?.serverRelativeURL;
  if (!paths[group])
    await aside(session, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      place: 'simple.go:257',
    });
  if (url) await once(session, url, () => openApiDocument(session, url));
}

/** A request of which only the log is of interest. */
export async function aside(
  session: Session,
  path: string,
  how: { readonly accept?: string; readonly place?: string } = {},
): Promise<void> {
  if (isTraced(session))
    await once(session, path, () => session.rest().json({ method: 'GET', path, ...how }));
}
