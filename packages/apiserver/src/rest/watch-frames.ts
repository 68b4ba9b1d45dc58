import { encodeJson, encodeProtobuf, type WatchEvent, watchFrame } from '@coxswain/api';
import { type Cached, type CacheEvent, protobufOf, slotOf } from '../watch-cache/index.ts';
import type { Format } from './negotiate.ts';

const encoder = new TextEncoder();
const end = encoder.encode('}\n');

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
  return [watchFrame(event.type, protobufOf(cached))];
}

/** `{"type":"ADDED","object":{...}}` and a line feed. */
export function jsonFrame(event: WatchEvent): readonly Uint8Array[] {
  const { cached } = event as CacheEvent;
  if (!cached)
    return [encoder.encode(`{"type":"${event.type}","object":${encodeJson(event.object)}}\n`)];
  let frame = recent.get(event);
  if (frame === undefined) {
    frame = cachedFrame(event.type, cached);
    if (frame.length <= recentBytesMax) recent.set(event, frame);
    if (recent.size > recentMax) recent.delete(recent.keys().next().value!);
  }
  return [frame];
}

/** Frames that were made last: those who watch the same thing come for them one after the other. */
const recent = new Map<WatchEvent, Uint8Array>();
const recentMax = 256;
const recentBytesMax = 64 * 1024;

function cachedFrame(type: string, { bytes, revision }: Cached): Uint8Array {
  const open = encoder.encode(`{"type":"${type}","object":`);
  const version = encoder.encode(`"resourceVersion":"${revision}",`);
  const slot = slotOf(bytes);
  const frame = new Uint8Array(open.length + bytes.length + version.length + end.length);
  frame.set(open);
  frame.set(bytes.subarray(0, slot), open.length);
  frame.set(version, open.length + slot);
  frame.set(bytes.subarray(slot), open.length + slot + version.length);
  frame.set(end, frame.length - end.length);
  return frame;
}
