import type { Response } from '../chain/station.ts';
import { convertList } from './convert.ts';
import type { Call, Verb } from './engine.ts';
import { listOptions } from './list-options.ts';
import { negotiate, offerOf } from './negotiate.ts';
import { type Page, readPage } from './page.ts';
import { listResponse } from './pieces.ts';
import { selectionOf } from './select.ts';

/** Objects of one resource in order of their keys, page by page if asked. */
export const list: Verb = async (call) => {
  const { served, request, name } = call;
  negotiate(request.headers.accept, offerOf(served));
  const options = listOptions(request.query);
  const selection = selectionOf(served, request.query, name);
  return respondPage(call, await readPage(call, selection, options));
};

/** A page in the form that was asked for. */
export function respondPage(call: Call, { cached, revision, next, remaining }: Page): Response {
  const { served, request } = call;
  const { as } = negotiate(request.headers.accept, offerOf(served));
  const metadata = {
    resourceVersion: String(revision),
    ...((next || (served.kind.custom && !as)) && { continue: next }),
    ...(remaining !== undefined && { remainingItemCount: remaining }),
  };
  if (as) return convertList(call, as, metadata, cached);
  const kind = served.kind.custom?.names.listKind ?? `${served.resource.kind}List`;
  return listResponse(served, { kind, apiVersion: served.apiVersion, metadata, cached });
}
