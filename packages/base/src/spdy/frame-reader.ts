import {
  controlBytesMax,
  controlTypes,
  flagFin,
  flagUnidirectional,
  type Frame,
  headBytes,
  SpdyProtocolError,
  version,
} from './frame.ts';

const typeOfCode = new Map<number, keyof typeof controlTypes>(
  Object.entries(controlTypes).map(([name, code]) => [code, name as keyof typeof controlTypes]),
);
const fixedBytes: Readonly<Record<keyof typeof controlTypes, number>> = {
  synStream: 10,
  synReply: 4,
  rstStream: 8,
  settings: 4,
  ping: 4,
  goAway: 8,
  headers: 4,
  windowUpdate: 8,
};

/**
 * Cuts a stream of bytes into frames. The payload of a data frame is handed on in the pieces in which it comes, the last of
 * them with the frame's own `isFin`, so that nothing longer than `controlBytesMax` is ever held.
 */
export class FrameReader {
  #held: Uint8Array = new Uint8Array(0);
  #data: { readonly streamId: number; readonly isFin: boolean; left: number } | undefined;

  *read(chunk: Uint8Array): Generator<Frame, void> {
    let bytes = this.#held.length === 0 ? chunk : joined(this.#held, chunk);
    for (;;) {
      if (this.#data) {
        const piece = bytes.subarray(0, this.#data.left);
        const { streamId, isFin, left } = this.#data;
        if (piece.length === 0 && left > 0) break;
        bytes = bytes.subarray(piece.length);
        this.#data =
          piece.length === left ? undefined : { streamId, isFin, left: left - piece.length };
        yield { type: 'data', streamId, isFin: isFin && this.#data === undefined, data: piece };
        continue;
      }
      if (bytes.length < headBytes) break;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const first = view.getUint32(0);
      const flags = view.getUint8(4);
      const length = view.getUint32(4) & 0xffffff;
      if (first >>> 31 === 0) {
        this.#data = { streamId: first, isFin: (flags & flagFin) !== 0, left: length };
        bytes = bytes.subarray(headBytes);
        continue;
      }
      if (length > controlBytesMax)
        throw new SpdyProtocolError(`a control frame of ${length} bytes`);
      if (bytes.length < headBytes + length) break;
      const frame = controlFrame(first, flags, bytes.subarray(headBytes, headBytes + length));
      bytes = bytes.subarray(headBytes + length);
      if (frame) yield frame;
    }
    // A copy, so that a small rest does not keep a large chunk.
    this.#held = bytes.length === 0 ? bytes : bytes.slice();
  }
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}

/** Undefined for types that nobody knows: the draft wants them passed over. */
function controlFrame(first: number, flags: number, payload: Uint8Array): Frame | undefined {
  const spoken = (first >>> 16) & 0x7fff;
  if (spoken !== version) throw new SpdyProtocolError(`version ${spoken}`);
  const type = typeOfCode.get(first & 0xffff);
  if (!type) return undefined;
  if (payload.length < fixedBytes[type])
    throw new SpdyProtocolError(`a ${type} frame of ${payload.length} bytes`);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const id = view.getUint32(0) & 0x7fffffff;
  const isFin = (flags & flagFin) !== 0;
  switch (type) {
    case 'synStream':
      return {
        type,
        streamId: id,
        associatedId: view.getUint32(4) & 0x7fffffff,
        priority: view.getUint8(8) >>> 5,
        isFin,
        isUnidirectional: (flags & flagUnidirectional) !== 0,
        block: payload.slice(10),
      };
    case 'synReply':
    case 'headers':
      return { type, streamId: id, isFin, block: payload.slice(4) };
    case 'rstStream':
      return { type, streamId: id, status: view.getUint32(4) };
    case 'settings':
      return { type, settings: settingsOf(view) };
    case 'ping':
      return { type, id: view.getUint32(0) };
    case 'goAway':
      return { type, lastStreamId: id, status: view.getUint32(4) };
    case 'windowUpdate':
      return { type, streamId: id, delta: view.getUint32(4) & 0x7fffffff };
  }
}

function settingsOf(view: DataView): Extract<Frame, { type: 'settings' }>['settings'] {
  const count = view.getUint32(0);
  if (view.byteLength < 4 + 8 * count) throw new SpdyProtocolError(`${count} settings, cut off`);
  return Array.from({ length: count }, (_, at) => ({
    flags: view.getUint8(4 + 8 * at),
    id: view.getUint32(4 + 8 * at) & 0xffffff,
    value: view.getUint32(8 + 8 * at),
  }));
}
