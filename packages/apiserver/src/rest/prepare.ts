import type { KubeObject } from '@coxswain/api';
import { type Cached, objectOf } from '../watch-cache/index.ts';
import type { Call } from './engine.ts';

/**
 * Makes what the kind needs before `served.read` can be asked for these: a webhook may have to convert them. Undefined where
 * there is nothing to wait for.
 */
export const prepareRead = (
  { served, request }: Call,
  cached: readonly Cached[],
): Promise<void> | undefined =>
  served.kind.custom?.prepareRead?.(cached.map(objectOf), request.signal);

/** The same before `served.store`. */
export const prepareStore = (
  { served, request }: Call,
  object: KubeObject,
): Promise<void> | undefined => served.kind.custom?.prepareStore?.(object, request.signal);
