import type { WatchEvent } from '@coxswain/api';
import type { Request, Response } from '../chain/station.ts';
import { encodeResponse, type WireResponse } from '../rest/encode.ts';
import { jsonFrame } from '../rest/watch-frames.ts';
import { type Cached, type CacheEvent, placesOf, slotOf } from '../watch-cache/index.ts';

const encoder = new TextEncoder();
const end = encoder.encode('}\n');
const opens = Object.fromEntries(
  ['ADDED', 'MODIFIED', 'DELETED'].map((type) => [
    type,
    encoder.encode(`{"type":"${type}","object":`),
  ]),
);

/**
 * An answer in JSON for components: stored bytes without managed fields, which none of them reads and which are a third of an object.
 * Upstream's controllers drop them from their caches too; an update without them leaves them as they are.
 */
export function inPieces(
  request: Request,
  response: Exclude<Response, { as: 'upgrade' }>,
): Pick<WireResponse, 'code' | 'body'> {
  if (response.as === 'watch') return { code: 200, body: linesOf(response.events) };
  const cached = response.as === 'object' ? response.cached?.() : undefined;
  if (!cached) return encodeResponse(request, response);
  return { code: response.code, body: trimmed(cached) };
}

async function* linesOf(
  events: AsyncIterable<readonly WatchEvent[]>,
): AsyncGenerator<readonly Uint8Array[], void> {
  for await (const batch of events) {
    const pieces: Uint8Array[] = [];
    for (const event of batch) {
      const { cached } = event as CacheEvent;
      if (cached) pieces.push(opens[event.type]!, ...trimmed(cached), end);
      else pieces.push(...jsonFrame(event));
    }
    yield pieces;
  }
}

/** One that stands at no revision is a dry run's. */
function trimmed(cached: Cached): readonly Uint8Array[] {
  const { bytes, revision } = cached;
  const slot = revision === 0 ? 0 : slotOf(bytes);
  const version = revision === 0 ? [] : [encoder.encode(`"resourceVersion":"${revision}",`)];
  const { managedFrom, managedTo } = placesOf(cached);
  const rest = managedTo
    ? [bytes.subarray(slot, managedFrom), bytes.subarray(managedTo)]
    : [bytes.subarray(slot)];
  return [bytes.subarray(0, slot), ...version, ...rest];
}
