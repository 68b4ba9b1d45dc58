import { encodeJson, encodeProtobuf, type WatchEvent, watchFrame } from '@coxswain/api';
import type { CacheEvent } from '../watch-cache/index.ts';
import type { Format } from './negotiate.ts';

const encoder = new TextEncoder();
const end = encoder.encode('}\n');
const metadataOpen = encoder.encode('"metadata":{');

/** The frames of a watch, batch by batch: for JSON the stored bytes, shared by all who watch. */
export async function* watchFrames(
  events: AsyncIterable<readonly WatchEvent[]>,
  format: Format,
): AsyncGenerator<readonly Uint8Array[], void> {
  const frame = format === 'protobuf' ? protobufFrame : jsonFrame;
  for await (const batch of events) yield batch.flatMap(frame);
}

/** Length, type and object in its envelope; the envelope is made once for all who watch. */
function protobufFrame(event: WatchEvent): readonly Uint8Array[] {
  const { cached } = event as CacheEvent;
  if (!cached) return [watchFrame(event.type, encodeProtobuf(event.object))];
  cached.protobuf ??= encodeProtobuf(event.object);
  return [watchFrame(event.type, cached.protobuf)];
}

/** `{"type":"ADDED","object":{...}}` and a line feed. */
function jsonFrame(event: WatchEvent): readonly Uint8Array[] {
  const { cached } = event as CacheEvent;
  if (!cached)
    return [encoder.encode(`{"type":"${event.type}","object":${encodeJson(event.object)}}\n`)];
  const slot = slotOf(cached.bytes);
  return [
    encoder.encode(`{"type":"${event.type}","object":`),
    cached.bytes.subarray(0, slot),
    encoder.encode(`"resourceVersion":"${cached.revision}",`),
    cached.bytes.subarray(slot),
    end,
  ];
}

/** Where the resourceVersion goes: behind the first `"metadata":{`, since kind and apiVersion come before it. */
export function slotOf(bytes: Uint8Array): number {
  for (let at = 0; ; at++) {
    let same = 0;
    while (same < metadataOpen.length && bytes[at + same] === metadataOpen[same]) same++;
    if (same === metadataOpen.length) return at + same;
  }
}
