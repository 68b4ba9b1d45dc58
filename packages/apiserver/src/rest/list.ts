import type { Verb } from './engine.ts';
import { listOptions } from './list-options.ts';
import { everything, negotiate } from './negotiate.ts';
import { readPage } from './page.ts';
import { listResponse } from './pieces.ts';
import { convertList } from './convert.ts';
import { selectionOf } from './select.ts';

/** Objects of one resource in order of their keys, page by page if asked. */
export const list: Verb = async (call) => {
  const { served, request, name } = call;
  const { as } = negotiate(request.headers.accept, everything);
  const options = listOptions(request.query);
  const selection = selectionOf(served, request.query, name);
  const page = await readPage(call, selection, options);
  const metadata = {
    resourceVersion: String(page.revision),
    ...(page.next && { continue: page.next }),
    ...(page.remaining !== undefined && { remainingItemCount: page.remaining }),
  };
  const { cached } = page;
  if (as) return convertList(call, as, metadata, cached);
  const kind = `${served.resource.kind}List`;
  return listResponse(served, { kind, apiVersion: served.apiVersion, metadata, cached });
};
