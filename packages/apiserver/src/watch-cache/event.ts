import type { KubeObject, WatchEvent } from '@coxswain/api';
import type { Revision } from '@coxswain/storage';
import { type Cached, lend, objectOf } from './cached.ts';

/** One change of a resource, the same value for all who watch it. */
export interface Change {
  readonly revision: Revision;
  readonly after: Cached | undefined; // undefined: removed
  readonly before: Cached | undefined; // undefined: created
  readonly bytes: number;
  /** Made on first use and shared by all watchers. */
  put: CacheEvent | undefined;
  gone: CacheEvent | undefined;
}

/** An event that can also give the stored bytes of its object. */
export interface CacheEvent extends WatchEvent {
  readonly cached: Cached | undefined; // undefined for bookmarks and errors
}

const eventOf = (type: 'ADDED' | 'MODIFIED' | 'DELETED', cached: Cached): CacheEvent => ({
  type,
  cached,
  get object(): KubeObject {
    return lend(cached);
  },
});

/** An object that stood before the watch began. */
export const initialEvent = (cached: Cached): CacheEvent => eventOf('ADDED', cached);

/** What a watcher sees of `change`, that sees only objects for which `matches` holds. */
export function seenAs(
  change: Change,
  matches: ((object: KubeObject) => boolean) | undefined,
): CacheEvent | undefined {
  const { after, before } = change;
  const is = after !== undefined && (!matches || matches(objectOf(after)));
  const was = before !== undefined && (!matches || matches(objectOf(before)));
  if (is && was) return plain(change);
  if (is) return before ? eventOf('ADDED', after) : plain(change);
  return was ? gone(change) : undefined;
}

function plain(change: Change): CacheEvent {
  const { after, before } = change;
  return (change.put ??= eventOf(before ? 'MODIFIED' : 'ADDED', after!));
}

/** The last state, with the revision of the change. */
function gone(change: Change): CacheEvent {
  return (change.gone ??= eventOf('DELETED', change.before!.asOf(change.revision)));
}

/** A mark that nothing at or before `revision` is still to come. */
export function bookmark(
  type: { readonly kind: string; readonly apiVersion: string },
  revision: Revision,
  initialEventsEnd = false,
): CacheEvent {
  const annotations = initialEventsEnd ? { 'k8s.io/initial-events-end': 'true' } : undefined;
  const metadata = { resourceVersion: String(revision), ...(annotations && { annotations }) };
  // As upstream sends it: a bookmark names nothing.
  return {
    type: 'BOOKMARK',
    cached: undefined,
    object: { ...type, metadata: metadata as unknown as KubeObject['metadata'] },
  };
}
