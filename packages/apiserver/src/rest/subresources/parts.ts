import type { Subresource } from '../engine.ts';
import { partOf } from '../facet.ts';
import { updateOf } from '../update.ts';
import { ofFacet } from './of-facet.ts';

/** Containers added to a running pod. */
export const ephemeralContainers: Subresource = ofFacet(partOf('ephemeralcontainers'));

/** Resources of a running pod's containers. */
export const resize: Subresource = ofFacet(partOf('resize'));

/** The decision on a certificate request. */
export const approval: Subresource = ofFacet(partOf('approval'));

/** A namespace's own finalizers; when the last one goes, so does a namespace that is being deleted. */
export const finalize: Subresource = { update: updateOf(partOf('finalize')) };
