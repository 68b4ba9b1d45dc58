import type { Subresource } from '../engine.ts';

/** All subresources that the engine serves, by name. */
export const subresources: ReadonlyMap<string, Subresource> = new Map();
