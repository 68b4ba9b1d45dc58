import type { Subresource } from '../engine.ts';
import { scale as facet } from '../scale.ts';
import { ofFacet } from './of-facet.ts';

/** The number of replicas, the same for all kinds that have one. */
export const scale: Subresource = ofFacet(facet);
