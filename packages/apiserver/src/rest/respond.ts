import type { Response } from '../chain/station.ts';
import { type Cached, objectOf } from '../watch-cache/index.ts';
import { convertObject } from './convert.ts';
import type { Call } from './engine.ts';
import type { Facet } from './facet.ts';
import type { Modified } from './modify.ts';
import { negotiate, offerOf } from './negotiate.ts';
import { objectResponse, plainResponse } from './pieces.ts';

/** The object in the form that was asked for. */
export function respondObject(call: Call, code: number, cached: Cached): Response {
  const { as } = negotiate(call.request.headers.accept, offerOf(call.served));
  const { served } = call;
  if (as) return convertObject(call, as, code, served.read(objectOf(cached)));
  return objectResponse(served, code, cached);
}

/** What a write through `facet` answers: the object, or the facet's view of it. */
export function respondFacet(call: Call, facet: Facet, { cached, created }: Modified): Response {
  const code = created ? 201 : 200;
  if (!facet.view) return respondObject(call, code, cached);
  const view = facet.view(call.served.read(objectOf(cached)), call);
  const { managedFields: _, ...metadata } = view.metadata; // those of the whole object, which it does not show
  return plainResponse(code, { ...view, metadata });
}

/** A plain success, as upstream answers what gives no object back. */
export const success = (code: number): Response =>
  plainResponse(code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code });

/** The form of an answer is refused before anything is done. */
export function checkAccept(call: Call): void {
  negotiate(call.request.headers.accept, offerOf(call.served));
}
