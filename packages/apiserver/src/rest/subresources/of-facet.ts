import type { Subresource } from '../engine.ts';
import type { Facet } from '../facet.ts';
import { readFresh } from '../get.ts';
import { patchOf } from '../patch.ts';
import { checkAccept, respondFacet } from '../respond.ts';
import { updateOf } from '../update.ts';

/** get, update and patch of the part of an object that `facet` is. */
export const ofFacet = (facet: Facet): Subresource => ({
  async get(call) {
    checkAccept(call);
    const resourceVersion = call.request.query.get('resourceVersion') ?? '';
    const cached = await readFresh(call, resourceVersion);
    return respondFacet(call, facet, { cached, created: false });
  },
  update: updateOf(facet),
  patch: patchOf(facet),
});
