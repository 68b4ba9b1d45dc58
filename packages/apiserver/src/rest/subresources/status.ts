import type { Subresource } from '../engine.ts';
import { status as facet } from '../facet.ts';
import { ofFacet } from './of-facet.ts';

/** What controllers say of an object; its spec stays as it is. */
export const status: Subresource = ofFacet(facet);
