import type { Subresource } from '../engine.ts';
import { binding } from './binding.ts';
import { eviction } from './eviction.ts';
import { approval, ephemeralContainers, finalize, resize } from './parts.ts';
import { scale } from './scale.ts';
import { status } from './status.ts';
import { token } from './token.ts';

/**
 * All subresources that the engine serves, by name. Those that connect to a node (exec, attach, portforward, log,
 * proxy) are stations in front of it.
 */
export const subresources: ReadonlyMap<string, Subresource> = new Map<string, Subresource>([
  ['approval', approval],
  ['binding', binding],
  ['ephemeralcontainers', ephemeralContainers],
  ['eviction', eviction],
  ['finalize', finalize],
  ['resize', resize],
  ['scale', scale],
  ['status', status],
  ['token', token],
]);
